//! A person's folder with its files, and the program run in it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// Part of a valid token; shown nowhere.
pub(crate) const KEY: &str = "AAbbCCddEEffGGhhIIjjKKllMMnnOOpp";

pub(crate) const ECHO: &str = "\
---
name: echo
description: Says it back. At once.
engine: script
---

```yaml steps
- say: \"{{prompt}}\"
```
";

/// A folder of its own, which is also the home directory. Nothing else of the environment is passed on.
pub(crate) struct Desk {
    folder: TempDir,
}

impl Desk {
    /// With a good `.env` and the agent `echo`.
    pub(crate) fn new() -> Self {
        let desk = Self { folder: tempfile::tempdir().unwrap() };
        desk.put(".env", &format!("TELOXIDE_TOKEN=123456:{KEY}\nADJUTANT_OWNERS=111\n"));
        desk.put("agents/echo.md", ECHO);
        desk
    }

    /// The folder, without symbolic links in its name.
    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().canonicalize().unwrap()
    }

    pub(crate) fn put(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn mode(&self, path: &str, mode: u32) {
        fs::set_permissions(self.path().join(path), fs::Permissions::from_mode(mode)).unwrap();
    }

    /// Installs a program: a script for the shell.
    pub(crate) fn install(&self, name: &str, script: &str) {
        let path = format!("bin/{name}");
        self.put(&path, &format!("#!/bin/sh\n{script}\n"));
        self.mode(&path, 0o755);
    }

    /// Runs `adjutant` where the installed programs are on `PATH`; otherwise none are.
    pub(crate) fn run_on_path(&self, arguments: &str) -> Ran {
        let path = self.path().join("bin");
        self.run_with(arguments, &[("PATH", path.to_str().unwrap())])
    }

    /// Runs `adjutant` with the arguments, which are separated by spaces.
    pub(crate) fn run(&self, arguments: &str) -> Ran {
        self.run_with(arguments, &[])
    }

    /// Runs `adjutant` with arguments that may hold spaces.
    pub(crate) fn run_words(&self, words: &[&str]) -> Ran {
        self.start(words, &[])
    }

    pub(crate) fn run_with(&self, arguments: &str, variables: &[(&str, &str)]) -> Ran {
        let words: Vec<&str> = arguments.split_whitespace().collect();
        self.start(&words, variables)
    }

    fn start(&self, words: &[&str], variables: &[(&str, &str)]) -> Ran {
        let output = self.command(words).envs(variables.iter().copied()).output().unwrap();
        Ran::of(&output, &self.path())
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_adjutant"));
        command.args(words).current_dir(self.path()).env_clear().env("HOME", self.path());
        command
    }

    /// Starts `adjutant` without waiting for its end; its output can be read.
    pub(crate) fn spawn(&self, words: &[&str]) -> Child {
        self.command(words).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }
}

/// What a run brought.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    /// Standard output; the folder's own path is written `DESK`.
    pub(crate) out: String,
    /// Standard error, likewise.
    pub(crate) err: String,
}

impl Ran {
    fn of(output: &Output, desk: &Path) -> Self {
        let text = |bytes: &[u8]| {
            let text = String::from_utf8(bytes.to_vec()).unwrap();
            assert!(!text.contains(KEY), "the token shows: {text}");
            text.replace(desk.to_str().unwrap(), "DESK")
        };
        let (out, err) = (text(&output.stdout), text(&output.stderr));
        Self { code: output.status.code().expect("killed by a signal"), out, err }
    }

    /// The output of a run that went well, with nothing on standard error.
    pub(crate) fn fine(self) -> String {
        assert_eq!((self.code, self.err.as_str()), (0, ""), "{}", self.out);
        self.out
    }

    /// What standard error says of a run that had nothing to print.
    pub(crate) fn refused(self, code: i32) -> String {
        assert_eq!((self.code, self.out.as_str()), (code, ""), "{}", self.err);
        self.err
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// Whether every line fits on a terminal.
pub(crate) fn fits(text: &str) -> bool {
    text.lines().all(|line| line.chars().count() <= 80)
}
