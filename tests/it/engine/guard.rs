//! Invariant 4: no process outlives stop, the end of its program, or a crash of the parent.

use std::process::{Command, Stdio};

use adjutant::engines::process::ProcessTree;
use rustix::process::{Pid, Signal, kill_process};

use super::support::{all_output, eventually, mark, processes_with, program, tree, workspace};

/// Ways in which a `sleep` gets away from its parents, with how many of them there are.
pub(super) fn escapes(mark: &str) -> Vec<(String, usize)> {
    vec![
        (format!("sleep {mark} & echo ready; wait"), 1),
        (format!("setsid sleep {mark} & echo ready; wait"), 1),
        (format!("(sleep {mark} & exec setsid sleep {mark}) & echo ready; wait"), 2),
        (
            format!(
                "sh -c 'setsid sh -c \"sleep {mark} & exit\" & exit'; echo ready; exec cat /dev/zero >/dev/null"
            ),
            1,
        ),
        (format!("trap '' TERM; sleep {mark} & echo ready; wait; wait; while :; do sleep {mark}; done"), 1),
        (
            format!(
                "trap '' TERM INT HUP; setsid sh -c 'trap \"\" TERM; sleep {mark} & wait; sleep {mark}' & echo ready; wait; wait"
            ),
            1,
        ),
        (format!("nohup sleep {mark} >/dev/null 2>&1 & echo ready; wait"), 1),
    ]
}

pub(super) async fn ready(tree: &mut ProcessTree) {
    assert!(tree.next_chunk().await.unwrap().starts_with("ready"));
}

/// The command line of every process below holds the mark, but for the shell's: it is counted by `sleep MARK`.
pub(super) fn sleeps(mark: &str) -> usize {
    processes_with(&format!("sleep\0{mark}"))
}

#[tokio::test]
async fn nothing_outlives_stop() {
    let directory = workspace();
    let mark = mark();
    for (command, count) in escapes(&mark) {
        let mut tree = tree(directory.path(), &command);
        ready(&mut tree).await;
        eventually(&command, || sleeps(&mark) == count).await;
        tree.stop().await;
        assert_eq!(processes_with(&mark), 0, "{command}");
    }
}

#[tokio::test]
async fn nothing_outlives_a_dropped_tree() {
    let directory = workspace();
    let mark = mark();
    for (command, count) in escapes(&mark) {
        let mut tree = tree(directory.path(), &command);
        ready(&mut tree).await;
        eventually(&command, || sleeps(&mark) == count).await;
        drop(tree);
        eventually(&command, || processes_with(&mark) == 0).await;
    }
}

#[tokio::test]
async fn a_tree_dropped_before_it_began_leaves_nothing() {
    let directory = workspace();
    let mark = mark();
    for _ in 0..20 {
        drop(tree(directory.path(), &format!("sleep {mark}")));
    }
    eventually("all are gone", || processes_with(&mark) == 0).await;
}

#[tokio::test]
async fn nothing_outlives_the_program_itself() {
    let directory = workspace();
    let mark = mark();
    for command in [
        format!("sleep {mark} & exit 3"),
        format!("setsid sleep {mark} & sleep 0.05; exit 3"),
        format!("setsid sh -c 'trap \"\" TERM; sleep {mark} & sleep {mark}' & sleep 0.05; exit 3"),
    ] {
        let mut tree = tree(directory.path(), &command);
        assert_eq!(all_output(&mut tree).await, "");
        assert_eq!(tree.exit_code().await, 3);
        assert_eq!(processes_with(&mark), 0, "{command}");
    }
}

#[tokio::test]
async fn nothing_outlives_a_parent_that_is_killed() {
    let mark = mark();
    for (command, count) in escapes(&mark) {
        let script = format!("\"{}\" guard $$ -- sh -c \"$SCRIPT\" & wait", program().display());
        let mut parent = Command::new("sh")
            .args(["-c", &script])
            .env("SCRIPT", &command)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        eventually(&command, || sleeps(&mark) == count).await;
        parent.kill().unwrap();
        parent.wait().unwrap();
        eventually(&command, || processes_with(&mark) == 0).await;
    }
}

#[tokio::test]
async fn a_signal_to_the_guard_takes_the_tree_with_it() {
    let directory = workspace();
    let mark = mark();
    for signal in [Signal::TERM, Signal::INT, Signal::HUP] {
        let mut tree = tree(directory.path(), &format!("echo ready $PPID; sleep {mark}"));
        let line = tree.next_chunk().await.unwrap();
        let guard: i32 = line.trim().rsplit(' ').next().unwrap().parse().unwrap();
        kill_process(Pid::from_raw(guard).unwrap(), signal).unwrap();
        all_output(&mut tree).await;
        assert_eq!(processes_with(&mark), 0);
    }
}

#[tokio::test]
async fn a_guard_that_someone_stopped_saves_nobody() {
    let directory = workspace();
    let mark = mark();
    let mut tree = tree(directory.path(), &format!("kill -STOP $PPID; echo ready; setsid sleep {mark}"));
    ready(&mut tree).await;
    eventually("it sleeps", || sleeps(&mark) == 1).await;
    tree.stop().await;
    assert_eq!(processes_with(&mark), 0);
}

#[tokio::test]
async fn orphans_are_no_zombies_while_the_program_goes_on() {
    let directory = workspace();
    let command = "for i in 1 2 3 4 5 6 7 8; do (sh -c 'exit 0' &) ; done; echo ready $PPID; exec sleep 1000";
    let mut tree = tree(directory.path(), command);
    let line = tree.next_chunk().await.unwrap();
    let guard = line.trim().rsplit(' ').next().unwrap().to_owned();
    let children = format!("/proc/{guard}/task/{guard}/children");
    eventually("only the program is left", || {
        std::fs::read_to_string(&children).is_ok_and(|pids| pids.split_whitespace().count() == 1)
    })
    .await;
    tree.stop().await;
}

#[test]
fn the_guard_refuses_to_work_for_a_stranger() {
    for args in [
        &["1", "--", "true"][..],
        &["1", "record", "--", "true"],
        &["-1", "--", "true"],
        &["x", "--", "true"],
        &["1", "true"],
        &["1", "--"],
        &[],
    ] {
        let output = Command::new(program()).arg("guard").args(args).output().unwrap();
        assert_eq!(output.status.code(), Some(125), "{args:?}");
        assert!(String::from_utf8_lossy(&output.stderr).starts_with("adjutant guard: "), "{args:?}");
    }
}
