//! How long it takes to load 2,000 agent files as they are found in collections, and to read again one that changed.

use std::fmt::Write as _;
use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};

use adjutant::catalog::{Library, Places};
use criterion::{Criterion, criterion_group, criterion_main};

const FILES: usize = 2000;

/// Of so many files, one extends a base, preloads a skill, or is not quite YAML.
const SPECIAL: usize = 10;

fn load(criterion: &mut Criterion) {
    let Ok(folder) = tempfile::tempdir() else { return };
    let files = write(folder.path());
    let places = Places::shared(&[folder.path().to_owned()]);
    let mut group = criterion.benchmark_group("catalog");
    group.sample_size(20);
    group.bench_function("load 2,000 files", |bencher| {
        bencher.iter(|| black_box(Library::load(&places).catalog()));
    });
    let mut library = Library::load(&places);
    assert_eq!(library.catalog().agents().len(), FILES - 1, "all but the base can be called");
    for (name, changed) in [
        ("one file changed", &files[FILES / 2]),
        ("a base changed", &files[0]),
        ("a file appeared", &folder.path().join("new.md")),
    ] {
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                library.refresh(std::slice::from_ref(changed));
                black_box(library.catalog())
            });
        });
    }
    group.finish();
}

/// Writes the files, in folders of a hundred.
fn write(root: &Path) -> Vec<PathBuf> {
    (0..FILES)
        .map(|number| {
            let folder = root.join(format!("collection-{}", number / 100));
            let path = folder.join(format!("agent-{number}.md"));
            let written = fs::create_dir_all(&folder).and_then(|()| fs::write(&path, file(number)));
            assert!(written.is_ok(), "{written:?}");
            path
        })
        .collect()
}

/// About 6 KB: a description with examples, a few keys, and a long text.
fn file(number: usize) -> String {
    let mut text = format!("---\nname: agent-{number}\n");
    if number > 0 {
        let example = "<example>Context: a change is ready. user: \"Is this right?\" assistant: \"I'll look.\"\
                       <commentary>It reviews, so it is called.</commentary></example>";
        let quote = if number % SPECIAL == 3 { "" } else { "'" };
        let escaped = if quote.is_empty() { example.to_owned() } else { example.replace('\'', "''") };
        let _ = writeln!(
            text,
            "description: {quote}Use this agent when: something of kind {number} is to be done. \
             {escaped} {escaped} {escaped}{quote}"
        );
    }
    text += match number % SPECIAL {
        1 => "extends: agent-0\n",
        2 => "permission:\n  bash:\n    \"git *\": allow\n    \"*\": ask\n  edit: deny\n",
        4 => "disallowedTools:\n  - Write\n  - Edit\n",
        _ => "color: blue\n",
    };
    text += "tools: Read, Write, Edit, Bash, Glob, Grep\nmodel: sonnet\n---\n\n";
    for section in 0..9 {
        let _ = write!(text, "## Part {section}\n\n");
        text +=
            &"You look at what is there, say what is wrong with it, and how to put that right.\n".repeat(6);
        text += "\n- first this\n- then that\n\n---\n\n";
    }
    text
}

criterion_group!(benches, load);
criterion_main!(benches);
