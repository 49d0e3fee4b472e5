//! Patterns: which commands are so alike that one "always" may cover them. Owns the list of tools that have one.
//!
//! A pattern must not allow what a person who reads `cargo test …` would not foresee. So only tools known here
//! have patterns, and what follows the named words must stay inside the pattern's directory and must not be an
//! option that runs another program, writes a file of its choice, or destroys work. Whatever is in doubt has no
//! pattern: it is asked for every time, and can still be allowed as the exact action it is.

use serde::{Deserialize, Serialize};

/// Plain commands that begin with these words, in this directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pattern {
    /// The first words: the program, its subcommand, and what that runs, where it names something.
    pub prefix: Vec<String>,
    /// The directory.
    pub cwd: String,
}

impl Pattern {
    /// The pattern as a person reads it, such as `cargo test …`.
    #[must_use]
    pub fn label(&self) -> String {
        format!("{} …", self.prefix.join(" "))
    }

    /// The pattern that a command with these words is an example of.
    pub(super) fn of(words: &[String], cwd: &str) -> Option<Self> {
        let program = words.first()?;
        let (tool, named) = TOOLS
            .iter()
            .filter(|tool| tool.programs.contains(&program.as_str()))
            .find_map(|tool| tool.verbs.named(&words[1..]).map(|named| (tool, named)))?;
        let (prefix, rest) = words.split_at(1 + named);
        let harmless = rest.iter().all(|word| !reaches_out(word) && !tool.refuses(word));
        harmless.then(|| Self { prefix: prefix.to_vec(), cwd: cwd.to_owned() })
    }
}

/// Programs of which patterns are made, always under their bare name: a path could lead to anything.
struct Tool {
    programs: &'static [&'static str],
    verbs: Verbs,
    /// Options that no pattern covers, without dashes. Longer ones that begin so count too, and abbreviations.
    options: &'static [&'static str],
    /// One-letter options that no pattern covers, alone or in a cluster such as `-uf`.
    letters: &'static str,
    /// Characters that a word other than an option must not contain.
    characters: &'static [char],
}

/// Which words after the program belong to a pattern's prefix.
enum Verbs {
    /// None: the program does one thing.
    None,
    /// One of these.
    One(&'static [&'static str]),
    /// One of these, and the name after it of what is run.
    Naming(&'static [&'static str]),
    /// Any name: the tool runs targets that the project defines.
    Target,
}

/// What a project's own tools may do again, once a person has said so.
///
/// Not here, and why: programs whose first word is an operand (`cat README …` would read any file too),
/// interpreters and wrappers (they run what their arguments say), installers and containers (code from
/// elsewhere, or root).
const TOOLS: &[Tool] = &[
    Tool {
        programs: &["git"],
        verbs: Verbs::One(&["status", "diff", "log", "show", "blame", "ls-files", "add", "commit", "switch"]),
        options: &["output", "ext-diff", "force", "discard-changes"],
        letters: "fC",
        characters: &[],
    },
    Tool {
        programs: &["git"],
        verbs: Verbs::One(&["push", "fetch", "pull"]),
        options: &["force", "delete", "mirror", "prune", "repo", "exec", "receive-pack", "upload-pack"],
        letters: "fd",
        // Other repositories (`host:path`, `user@host`), other branches (`a:b`), and force (`+branch`).
        characters: &[':', '@', '+'],
    },
    Tool {
        programs: &["cargo"],
        verbs: Verbs::One(&["build", "check", "test", "clippy", "fmt", "doc", "bench", "run", "tree"]),
        options: &["config", "logfile"],
        letters: "",
        characters: &[],
    },
    Tool {
        programs: &["cargo"],
        verbs: Verbs::Naming(&["nextest"]),
        options: &["config", "tool-config-file"],
        letters: "",
        characters: &[],
    },
    Tool {
        programs: &["npm", "pnpm", "yarn", "bun"],
        verbs: Verbs::One(&["test"]),
        options: &["script-shell", "node-options", "config", "userconfig", "globalconfig"],
        letters: "",
        characters: &[],
    },
    Tool {
        programs: &["npm", "pnpm", "yarn", "bun"],
        verbs: Verbs::Naming(&["run"]),
        options: &["script-shell", "node-options", "config", "userconfig", "globalconfig"],
        letters: "",
        characters: &[],
    },
    Tool {
        programs: &["go"],
        verbs: Verbs::One(&["build", "test", "vet", "fmt"]),
        options: &[
            "exec",
            "toolexec",
            "vettool",
            "overlay",
            "modfile",
            "ldflags",
            "gcflags",
            "asmflags",
            "gccgoflags",
            "coverprofile",
            "cpuprofile",
            "memprofile",
            "blockprofile",
            "mutexprofile",
            "trace",
            "outputdir",
            "o",
        ],
        letters: "",
        characters: &[],
    },
    Tool {
        programs: &["make"],
        verbs: Verbs::Target,
        options: &["file", "makefile", "directory", "include-dir", "eval"],
        letters: "fCIE",
        // A variable of the makefile, such as `SHELL=…`.
        characters: &['='],
    },
    Tool {
        programs: &["just"],
        verbs: Verbs::Target,
        options: &["shell", "command", "justfile", "working-directory", "set"],
        letters: "cfd",
        characters: &['='],
    },
    Tool {
        programs: &["pytest"],
        verbs: Verbs::None,
        // `--basetemp` empties the directory it names; `--pastebin` publishes the output.
        options: &[
            "basetemp",
            "pastebin",
            "junitxml",
            "junit-xml",
            "log-file",
            "debug",
            "override-ini",
            "rootdir",
            "config-file",
            "confcutdir",
        ],
        letters: "pco",
        characters: &[],
    },
];

impl Verbs {
    /// How many words after the program belong to the prefix; `None` when they do not fit.
    fn named(&self, words: &[String]) -> Option<usize> {
        let first = words.first().map(String::as_str);
        match self {
            Self::None => Some(0),
            Self::One(verbs) => verbs.contains(&first?).then_some(1),
            Self::Naming(verbs) => (verbs.contains(&first?) && is_name(words.get(1)?)).then_some(2),
            Self::Target => is_name(first?).then_some(1),
        }
    }
}

impl Tool {
    fn refuses(&self, word: &str) -> bool {
        let Some(option) = word.strip_prefix('-') else {
            return word.contains(self.characters);
        };
        let name = option.trim_start_matches('-').split('=').next().unwrap_or_default();
        let cluster = !option.starts_with('-') && name.contains(|c: char| self.letters.contains(c));
        // Many programs take `--outp` for `--output`, and some take `-output` as well.
        let long = option.starts_with('-') || name.len() > 2;
        cluster
            || self.options.iter().any(|refused| {
                name == *refused
                    || long && !name.is_empty() && refused.starts_with(name)
                    || long && refused.len() > 1 && name.starts_with(refused)
            })
    }
}

/// A script's or target's name, as opposed to an option, a path or an assignment.
fn is_name(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_alphanumeric())
        && word.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':'))
}

/// Whether a word may name something outside the directory: an absolute path, or one that climbs.
fn reaches_out(word: &str) -> bool {
    let climbs =
        word.contains("../") || word.ends_with("/..") || word.starts_with('-') && word.ends_with("..");
    // `-I/usr/include`: the value begins right after the letter.
    let attached = word.starts_with('-') && word.get(2..).is_some_and(|value| value.starts_with('/'));
    climbs
        || attached
        || word.split(['=', ':', ',', ' ', '@']).any(|piece| piece == ".." || piece.starts_with('/'))
}
