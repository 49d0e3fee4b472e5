//! The bytes of an agent file, read in every dialect: nothing panics, and every message names a line of the file.
//!
//! `cargo +nightly fuzz run frontmatter fuzz/corpus/frontmatter tests/data/agents` begins with the files of the tests.

#![no_main]
// Most of what is compiled here is used by the program only.
#![allow(dead_code, unused_imports)]

use std::path::Path;

use libfuzzer_sys::fuzz_target;

#[path = "../../src/catalog/mod.rs"]
mod catalog;
#[path = "../../src/domain/mod.rs"]
mod domain;
#[path = "../../src/yaml.rs"]
mod yaml;

/// A file of each dialect.
const PATHS: [&str; 6] = [
    "/w/.claude/agents/a.md",
    "/w/.claude/skills/a/SKILL.md",
    "/w/.opencode/agents/a.md",
    "/w/.gemini/agents/a.md",
    "/w/.github/agents/a.agent.md",
    "/w/.codex/agents/a.toml",
];

fuzz_target!(|bytes: &[u8]| {
    let lines = 1 + bytes.iter().filter(|byte| **byte == b'\n').count();
    for path in PATHS {
        let report = catalog::read_bytes(Path::new(path), bytes);
        for message in &report.messages {
            assert!(message.line.is_none_or(|line| (1..=lines).contains(&line)), "{message:?}");
        }
    }
});
