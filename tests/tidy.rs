//! Rules of the house that the compiler does not know: who may import whom, how long a file may be, and what must
//! not stand in the code.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

use std::fs;
use std::path::{Path, PathBuf};

/// What each part of the crate may import of the others; see the text of `lib.rs`.
const IMPORTS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("ports", &["domain"]),
    ("telemetry", &[]),
    ("yaml", &[]),
    ("config", &["domain", "yaml"]),
    ("catalog", &["domain", "yaml"]),
    ("store", &["domain"]),
    ("view", &["domain"]),
    ("telegram", &["domain", "ports", "view"]),
    ("engines", &["domain", "ports"]),
    ("orchestrator", &["domain", "ports", "store", "telemetry"]),
    ("playground", &[]),
    ("app", ANY),
    ("cli", ANY),
    ("lib", ANY),
    ("main", ANY),
];

const ANY: &[&str] = &["*"];

/// What the pure parts must not know: runtimes, databases, chats, files, clocks and the environment.
const PURE: &[&str] = &["domain", "view"];
const IMPURE: &[&str] = &[
    "tokio",
    "sqlx",
    "teloxide",
    "reqwest",
    "axum",
    "std::fs",
    "std::net",
    "std::process",
    "std::thread",
    "std::env",
    "env::var",
    "SystemTime",
    "Instant::now",
    "Timestamp::now",
];

/// No file of code is longer, in lines.
const LONGEST: usize = 500;

/// What must not stand in the code.
const UNWANTED: &[&str] = &["todo!", "unimplemented!", "dbg!", "#[ignore", "TODO", "FIXME"];

/// These tests look again and again at `/proc` or into another program's database, which tell nobody about events.
const MAY_SLEEP: &[&str] = &[
    "tests/agents/support/processes.rs",
    "tests/crash/books.rs",
    "tests/crash/teams.rs",
    "tests/crash/trap.rs",
    "tests/it/engine/support.rs",
    "tests/tidy.rs",
];

struct Source {
    /// From the root of the repository, with slashes.
    path: String,
    text: String,
}

impl Source {
    /// The part of the crate that a file of `src` belongs to.
    fn part(&self) -> Option<&str> {
        let inside = self.path.strip_prefix("src/")?;
        inside.split('/').next().map(|part| part.trim_end_matches(".rs"))
    }

    /// Whether it is compiled for tests only.
    fn is_test(&self) -> bool {
        let of_tests =
            |part: &str| part == "tests" || part == "tests.rs" || part == "testing.rs" || part == "fake.rs";
        self.path.starts_with("tests/") || self.path.split('/').any(of_tests)
    }

    /// Its lines without comments, counted from 1.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().filter_map(|(at, line)| {
            let line = line.trim_start();
            (!line.starts_with("//")).then_some((at + 1, line))
        })
    }
}

#[test]
fn parts_import_only_what_they_may() {
    let mut wrong = Vec::new();
    for source in sources("src") {
        let part = source.part().unwrap();
        let Some((_, allowed)) = IMPORTS.iter().find(|(name, _)| *name == part) else {
            wrong.push(format!("{}: `{part}` is in no rule; give it one", source.path));
            continue;
        };
        for (line, used) in imports(&source.text) {
            if used != part && *allowed != ANY && !allowed.contains(&used.as_str()) {
                wrong.push(format!("{}:{line}: `{part}` must not import `{used}`", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_pure_parts_are_pure() {
    let mut found = Vec::new();
    let pure = |source: &Source| !source.is_test() && PURE.contains(&source.part().unwrap_or_default());
    for source in sources("src").into_iter().filter(pure) {
        for (line, code) in source.code() {
            for word in IMPURE.iter().filter(|word| code.contains(**word)) {
                found.push(format!("{}:{line}: {word}", source.path));
            }
        }
    }
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn the_rules_of_imports_find_what_they_shall() {
    let text = "use crate::store::Tx;\n// crate::view\nuse crate::{domain::ids::Place, ports};\nlet x = crate::app::run();\n\
        use crate::{\n    telegram::{self, Api},\n    view,\n};\npub(in crate::orchestrator) fn f() {}";
    let found: Vec<String> = imports(text).into_iter().map(|(_, part)| part).collect();
    assert_eq!(found, ["store", "domain", "ports", "app", "telegram", "view", "orchestrator"]);
}

#[test]
fn files_are_short_enough_to_read() {
    let long = |source: &Source| source.text.lines().count() > LONGEST;
    let all = sources("src").into_iter().chain(sources("tests")).chain(sources("benches"));
    let long: Vec<String> = all.filter(long).map(|source| source.path).collect();
    assert!(long.is_empty(), "over {LONGEST} lines: {long:?}");
}

#[test]
fn every_module_says_what_it_is() {
    let all = sources("src").into_iter().chain(sources("tests")).chain(sources("benches"));
    let silent: Vec<String> =
        all.filter(|source| !source.text.starts_with("//!")).map(|source| source.path).collect();
    assert!(silent.is_empty(), "without `//!` at the top: {silent:?}");
}

#[test]
fn nothing_unfinished_is_left() {
    let mut found = Vec::new();
    for source in sources("src").into_iter().chain(sources("tests")).chain(sources("benches")) {
        if source.path == "tests/tidy.rs" {
            continue;
        }
        for (at, line) in source.text.lines().enumerate() {
            for word in UNWANTED.iter().filter(|word| line.contains(**word)) {
                found.push(format!("{}:{}: {word}", source.path, at + 1));
            }
        }
    }
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn no_test_sleeps() {
    let mut found = Vec::new();
    let tests = sources("src").into_iter().chain(sources("tests")).filter(Source::is_test);
    // With the clock stopped, to sleep is to let everything else happen first.
    let virtual_time = |source: &Source| source.text.contains("start_paused = true");
    let may = |source: &Source| virtual_time(source) || MAY_SLEEP.contains(&source.path.as_str());
    for source in tests.filter(|source| !may(source)) {
        for (line, code) in source.code() {
            if sleeps(code) {
                found.push(format!("{}:{line}: {code}", source.path));
            }
        }
    }
    assert!(found.is_empty(), "wait for an event instead:\n{}", found.join("\n"));
}

/// Whether a line waits for a while instead of for an event. A method of that name turns a clock of the tests' own.
fn sleeps(code: &str) -> bool {
    let mut calls = code.match_indices("sleep(").map(|(at, _)| &code[..at]);
    calls.any(|before| !before.ends_with('.') && !before.ends_with("fn "))
}

/// The parts of the crate that a text names by `crate::…`, each with its line.
fn imports(text: &str) -> Vec<(usize, String)> {
    let code: String = text
        .lines()
        .map(|line| if line.trim_start().starts_with("//") { "\n".to_owned() } else { format!("{line}\n") })
        .collect();
    let mut found = Vec::new();
    for (at, path) in code.match_indices("crate::") {
        // Not the end of a longer word.
        if code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_') {
            continue;
        }
        let line = code[..at].matches('\n').count() + 1;
        let rest = &code[at + path.len()..];
        for part in first_names(rest) {
            found.push((line, part));
        }
    }
    found
}

/// The first names of a path, or of each path in a group of paths.
fn first_names(rest: &str) -> Vec<String> {
    let name =
        |text: &str| -> String { text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect() };
    let Some(group) = rest.strip_prefix('{') else { return vec![name(rest)] };
    let mut names = Vec::new();
    let mut depth = 0;
    let mut start = true;
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => start = true,
            c if start && (c.is_alphanumeric() || c == '_') => {
                names.push(name(&group[at..]));
                start = false;
            }
            _ => {}
        }
    }
    names
}

/// All Rust files below a directory of the repository.
fn sources(directory: &str) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut waiting = vec![root.join(directory)];
    let mut sources = Vec::new();
    while let Some(directory) = waiting.pop() {
        let Ok(entries) = fs::read_dir(&directory) else { continue };
        for entry in entries {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                let path = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
                sources.push(Source { path, text });
            }
        }
    }
    assert!(directory == "benches" || !sources.is_empty(), "no sources in {directory}");
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    sources
}
