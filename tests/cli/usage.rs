//! How the program is called, and how it says that it was called wrongly.

use insta::assert_snapshot;

use crate::support::{Desk, fits};

#[test]
fn help_names_every_command() {
    let help = Desk::new().run("--help").fine();
    for command in ["serve", "demo", "playground", "agents", "engines", "tasks", "doctor"] {
        assert!(help.contains(&format!("\n  {command} ")), "{help}");
    }
    assert!(help.contains("Exit codes: 0 fine, 1 it failed, 2 wrong usage or configuration."), "{help}");
    assert!(fits(&help), "{help}");
}

#[test]
fn the_version_is_the_packages() {
    assert_eq!(Desk::new().run("--version").fine(), format!("adjutant {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn wrong_usage_is_told_and_has_its_code() {
    let desk = Desk::new();
    for arguments in
        ["", "agents", "engines", "tasks", "nonsense", "tasks show", "tasks show x", "tasks list --limit 0"]
    {
        let told = desk.run(arguments).refused(2);
        assert!(told.contains("Usage") || told.contains("--help"), "{arguments}: {told}");
    }
}

#[test]
fn a_wrong_configuration_is_one_line_per_problem() {
    let desk = Desk::new();
    desk.put(".env", "TELOXIDE_TOKEN=not-a-token\nADJUTANT_OWNERS=me\n");
    desk.put("adjutant.yaml", "agent: [./agents]\nlimits: { running_tasks: none }\n");
    for command in ["agents list", "agents show echo", "agents check", "tasks list", "tasks log 1", "serve"] {
        let told = desk.run(command).refused(2);
        assert_eq!(told.lines().count(), 4, "{command}: {told}");
        assert!(told.lines().all(|line| line.starts_with("adjutant: ")), "{command}: {told}");
        assert!(!told.contains("not-a-token"), "{command}: {told}");
    }
    assert_snapshot!(desk.run("agents list").err);
}

#[test]
fn output_that_nobody_reads_to_its_end_is_no_failure() {
    let desk = Desk::new();
    let mut child = desk.spawn(&["agents", "list"]);
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}
