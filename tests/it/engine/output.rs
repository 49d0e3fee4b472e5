//! What a tree's output, exit code and environment are like.

use std::ffi::OsString;
use std::fs;

use adjutant::engines::process::{Launch, LaunchError, MAX_CHUNK, ProcessTree};

use super::support::{all_output, guard, peak_memory_kb, tree, workspace};

#[tokio::test]
async fn output_and_errors_come_in_the_order_in_which_they_were_written() {
    let directory = workspace();
    let mut tree = tree(directory.path(), "for i in 1 2 3; do echo out $i; echo err $i >&2; done; exit 7");
    assert_eq!(all_output(&mut tree).await, "out 1\nerr 1\nout 2\nerr 2\nout 3\nerr 3\n");
    assert_eq!(tree.exit_code().await, 7);
}

#[tokio::test]
async fn endings_have_the_codes_that_shells_use() {
    let directory = workspace();
    for (command, code) in [("true", 0), ("exit 255", 255), ("kill -KILL $$", 137), ("no-such-program", 127)]
    {
        let mut tree = tree(directory.path(), command);
        all_output(&mut tree).await;
        assert_eq!(tree.exit_code().await, code, "{command}");
    }
}

#[tokio::test]
async fn a_program_that_does_not_exist_says_so() {
    let directory = workspace();
    let launch = Launch {
        program: "no-such-program".into(),
        args: vec![OsString::from("x")],
        cwd: directory.path().to_owned(),
        env: Vec::new(),
    };
    let mut tree = ProcessTree::spawn(&guard(), &launch).unwrap();
    assert!(all_output(&mut tree).await.contains("cannot start no-such-program"));
    assert_eq!(tree.exit_code().await, 127);
}

#[tokio::test]
async fn a_hundred_megabytes_pass_in_small_pieces() {
    let directory = workspace();
    let mut tree = tree(directory.path(), "head -c 100000000 /dev/zero | tr '\\0' x");
    let before = peak_memory_kb();
    let mut count = 0;
    while let Some(chunk) = tree.next_chunk().await {
        assert!(chunk.len() <= MAX_CHUNK && chunk.bytes().all(|byte| byte == b'x'));
        count += chunk.len();
    }
    assert_eq!(count, 100_000_000);
    assert!(peak_memory_kb() - before < 50_000, "it was kept in memory");
}

#[tokio::test]
async fn binary_output_is_text_of_bounded_pieces() {
    let directory = workspace();
    fs::write(
        directory.path().join("binary"),
        (0..100_000_u32).map(|i| (i * 7 % 256) as u8).collect::<Vec<_>>(),
    )
    .unwrap();
    let mut tree = tree(directory.path(), "cat binary; printf 'gr\\303'; printf '\\274n \\000end'");
    let mut output = String::new();
    while let Some(chunk) = tree.next_chunk().await {
        assert!(chunk.len() <= MAX_CHUNK);
        output.push_str(&chunk);
    }
    assert!(output.contains('\u{fffd}'));
    assert!(output.ends_with("grün end"), "{:?}", &output[output.len() - 20..]);
}

#[tokio::test]
async fn output_that_nobody_reads_keeps_the_program_waiting_and_stop_ends_it() {
    let directory = workspace();
    let mut tree = tree(directory.path(), "yes; touch ended");
    assert!(tree.next_chunk().await.is_some());
    tree.stop().await;
    assert!(!directory.path().join("ended").exists());
}

#[tokio::test]
async fn a_program_sees_the_list_and_its_own_variables_only() {
    let directory = workspace();
    let launch = Launch {
        program: "env".into(),
        args: Vec::new(),
        cwd: directory.path().to_owned(),
        env: vec![("ANSWER".to_owned(), "42 and\nmore".to_owned())],
    };
    let mut tree = ProcessTree::spawn(&guard(), &launch).unwrap();
    let output = all_output(&mut tree).await;
    assert!(output.contains("ANSWER=42 and\nmore\n") && output.contains("TERM=dumb\n"), "{output}");
    // Set by cargo for this test: whatever else Adjutant's own environment holds is passed on as little.
    assert!(std::env::var_os("CARGO_MANIFEST_DIR").is_some());
    assert!(!output.contains("CARGO"), "{output}");
}

#[tokio::test]
async fn a_directory_that_vanished_is_named() {
    let directory = workspace();
    let path = directory.path().to_owned();
    drop(directory);
    let launch = Launch { program: "true".into(), args: Vec::new(), cwd: path.clone(), env: Vec::new() };
    let error = ProcessTree::spawn(&guard(), &launch).unwrap_err();
    assert!(matches!(error, LaunchError::WorkspaceGone(gone) if gone == path));
}
