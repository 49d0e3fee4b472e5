//! Guards that are killed themselves: whoever survives them is found again, and nobody else is hit.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use adjutant::engines::process::{Guard, Ledger, ProcessTree, Wire};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use super::guard::{escapes, ready, sleeps};
use super::support::{eventually, mark, processes_with, program, shell, soon, workspace};

/// A ledger, and a guard that keeps it.
fn ledger() -> (TempDir, Ledger, Guard) {
    let folder = workspace();
    let ledger = Ledger::open(&folder.path().join("made")).unwrap();
    let guard = Guard::new(program()).recording(ledger.clone());
    (folder, ledger, guard)
}

fn records(folder: &TempDir) -> Vec<PathBuf> {
    fs::read_dir(folder.path().join("made")).unwrap().map(|entry| entry.unwrap().path()).collect()
}

/// The numbers of the recorded processes, the guard's first.
fn recorded(record: &Path) -> Vec<i32> {
    let text = fs::read_to_string(record).unwrap_or_default();
    text.lines().skip(1).filter_map(|line| line.split(' ').next()?.parse().ok()).collect()
}

fn kill(pid: i32) {
    kill_process(Pid::from_raw(pid).unwrap(), Signal::KILL).unwrap();
}

#[tokio::test]
async fn a_tree_is_recorded_as_long_as_it_lives() {
    let (folder, ledger, guard) = ledger();
    let start = |command: &str| ProcessTree::spawn(&guard, &shell(folder.path(), command)).unwrap();
    let record_of_both = || records(&folder).iter().any(|record| recorded(record).len() == 2);
    for end in ["by itself", "stopped", "dropped"] {
        let mut tree = start("echo ready; [ -e go ] || sleep 1000; sleep 0.05");
        ready(&mut tree).await;
        eventually("it is recorded", record_of_both).await;
        match end {
            "stopped" => tree.stop().await,
            "dropped" => drop(tree),
            _ => {
                kill(recorded(&records(&folder)[0])[1]);
                tree.exit_code().await;
            }
        }
        eventually("the record is gone", || records(&folder).is_empty()).await;
    }
    let mut never = ProcessTree::spawn(
        &guard,
        &adjutant::engines::process::Launch { program: "no-such-program".into(), ..shell(folder.path(), "") },
    )
    .unwrap();
    assert_eq!(never.exit_code().await, 127);
    assert_eq!(records(&folder), [] as [PathBuf; 0]);
    assert_eq!(ledger.sweep().await, 0);
}

#[tokio::test]
async fn nothing_outlives_a_guard_that_is_killed_together_with_its_parent() {
    let mark = mark();
    for (command, count) in escapes(&mark) {
        let (folder, ledger, _) = ledger();
        let name = uuid::Uuid::new_v4().simple().to_string();
        let record = folder.path().join("made").join(&name);
        let script = "\"$PROGRAM\" guard $$ \"$RECORD\" -- sh -c \"$SCRIPT\" & wait";
        let mut parent = Command::new("sh")
            .args(["-c", script])
            .envs([("PROGRAM", program()), ("RECORD", record.clone())])
            .envs([("SCRIPT", &command), ("ADJUTANT_TREE", &name)])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        eventually(&command, || sleeps(&mark) == count && recorded(&record).len() == 2).await;
        // Whatever is below the guard outlives it for now: the test would show nothing otherwise.
        kill(recorded(&record)[0]);
        parent.kill().unwrap();
        parent.wait().unwrap();
        assert_eq!(sleeps(&mark), count, "{command}");
        assert!(ledger.sweep().await >= count, "{command}");
        assert_eq!(processes_with(&mark), 0, "{command}");
        assert!(!record.exists(), "{command}");
    }
}

#[tokio::test]
async fn a_process_that_wiped_its_environment_is_found_below_its_parent() {
    let (folder, ledger, guard) = ledger();
    let mark = mark();
    let command = format!("echo ready; env -i setsid sh -c 'sleep {mark}; true' & wait");
    let mut tree = ProcessTree::spawn(&guard, &shell(folder.path(), &command)).unwrap();
    ready(&mut tree).await;
    eventually("it sleeps", || sleeps(&mark) == 1).await;
    kill(recorded(&records(&folder)[0])[0]);
    ledger.sweep().await;
    assert_eq!(processes_with(&mark), 0);
}

/// A process that has nothing to do with any tree.
struct Bystander(Child);

impl Bystander {
    fn new() -> Self {
        Self(Command::new("sleep").arg("1000").spawn().unwrap())
    }

    /// Its number and its start time, this much later.
    fn seen(&self, later: u64) -> String {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.0.id())).unwrap();
        let start: u64 =
            stat.rsplit_once(')').unwrap().1.split_whitespace().nth(19).unwrap().parse().unwrap();
        format!("{} {}", self.0.id(), start + later)
    }

    fn lives(&mut self) -> bool {
        self.0.try_wait().unwrap().is_none()
    }
}

impl Drop for Bystander {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

#[tokio::test]
async fn a_number_that_another_process_has_by_now_is_left_alone() {
    let (folder, ledger, _) = ledger();
    let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap();
    let boot = boot.trim();
    let mut bystander = Bystander::new();
    let write = |text: String| {
        fs::write(folder.path().join("made").join(uuid::Uuid::new_v4().simple().to_string()), text).unwrap();
    };
    for place in ["", "1 1\n"] {
        write(format!("{boot}\n{place}{}\n", bystander.seen(1)));
        write(format!("another-start-of-the-system\n{place}{}\n", bystander.seen(0)));
    }
    assert_eq!(ledger.sweep().await, 0);
    assert!(bystander.lives(), "a bystander was killed");
    assert_eq!(records(&folder), [] as [PathBuf; 0]);
    // With its own start time it is taken for what it is not: that is all that protects it.
    write(format!("{boot}\n1 1\n{}\n", bystander.seen(0)));
    assert_eq!(ledger.sweep().await, 1);
    assert!(!bystander.lives());
}

#[tokio::test]
async fn records_that_cannot_be_read_break_nothing() {
    let (folder, ledger, guard) = ledger();
    let made = folder.path().join("made");
    let name = || uuid::Uuid::new_v4().simple().to_string();
    for text in [&b""[..], b"\n\n\n", b"\xff\xfe\0", b"x\n-1 0\n0 0\n99999999999999999999 1\n1\n"] {
        fs::write(made.join(name()), text).unwrap();
    }
    fs::write(made.join("somebody's notes"), "1 1\n").unwrap();
    fs::create_dir(made.join(name())).unwrap();
    let mark = mark();
    let mut tree =
        ProcessTree::spawn(&guard, &shell(folder.path(), &format!("echo ready; sleep {mark}"))).unwrap();
    ready(&mut tree).await;
    let whole = || records(&folder).into_iter().find(|record| recorded(record).len() == 2);
    eventually("it is recorded", || whole().is_some()).await;
    let record = whole().unwrap();
    // The mark alone is enough.
    let guard = recorded(&record)[0];
    fs::write(&record, "not a word\n").unwrap();
    kill(guard);
    assert_eq!(ledger.sweep().await, 2);
    assert_eq!(processes_with(&mark), 0);
    let left: Vec<PathBuf> = records(&folder);
    assert_eq!(left.len(), 2, "{left:?}");
    assert!(left.contains(&made.join("somebody's notes")));
}

#[tokio::test]
async fn a_ledger_that_vanished_keeps_no_program_from_running() {
    let (folder, ledger, guard) = ledger();
    fs::remove_dir(folder.path().join("made")).unwrap();
    let (mut wire, _reader, _writer) = Wire::spawn(&guard, &shell(folder.path(), "exit 3")).unwrap();
    assert_eq!(soon("its end", wire.exit_code()).await, 3);
    assert!(wire.stderr().text().starts_with("adjutant guard: cannot record its processes: "));
    assert_eq!(ledger.sweep().await, 0);
}

#[tokio::test]
async fn a_guard_that_is_killed_alone_leaves_nothing() {
    let mark = mark();
    for (command, count) in escapes(&mark) {
        for end in ["waited for", "stopped", "dropped"] {
            let (folder, _ledger, guard) = ledger();
            let mut tree = ProcessTree::spawn(&guard, &shell(folder.path(), &command)).unwrap();
            ready(&mut tree).await;
            eventually(&command, || sleeps(&mark) == count).await;
            kill(recorded(&records(&folder)[0])[0]);
            match end {
                "waited for" => assert_eq!(soon("its end", tree.exit_code()).await, 137),
                "stopped" => soon("its end", tree.stop()).await,
                _ => {
                    drop(tree);
                    eventually(&command, || processes_with(&mark) == 0).await;
                }
            }
            assert_eq!(processes_with(&mark), 0, "{end}: {command}");
            eventually("the record is gone", || records(&folder).is_empty()).await;
        }
    }
}

#[tokio::test]
async fn output_ends_when_the_guard_is_killed() {
    let (folder, _ledger, guard) = ledger();
    let command = "setsid sh -c 'trap \"\" HUP; while :; do echo more; sleep 0.01; done' & wait";
    let (wire, mut reader, _writer) = Wire::spawn(&guard, &shell(folder.path(), command)).unwrap();
    soon("it speaks", reader.next()).await;
    kill(recorded(&records(&folder)[0])[0]);
    soon("its end", async { while reader.next().await.is_some() {} }).await;
    eventually("all is known to be gone", || !wire.is_alive()).await;
    assert_eq!(records(&folder), [] as [PathBuf; 0]);
}

#[tokio::test]
async fn a_program_that_holds_its_guard_up_is_ended_over_its_head() {
    let (folder, _ledger, guard) = ledger();
    let mark = mark();
    let command = format!(
        "trap '' TERM; setsid sleep {mark} & echo ready; sh -c 'while :; do kill -STOP $1; done' sh $PPID"
    );
    let mut tree = ProcessTree::spawn(&guard, &shell(folder.path(), &command)).unwrap();
    ready(&mut tree).await;
    eventually("it sleeps", || sleeps(&mark) == 1).await;
    soon("its end", tree.stop()).await;
    assert_eq!(processes_with(&mark), 0);
    assert_eq!(records(&folder), [] as [PathBuf; 0]);
}
