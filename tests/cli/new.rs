//! `adjutant agents new`: a sound agent, and nothing overwritten.

use insta::assert_snapshot;

use crate::support::{Desk, fits};

#[test]
fn a_new_agent_is_sound_as_it_stands() {
    let desk = Desk::new();
    let told = desk.run("agents new Code-Reviewer --description Reads:it").fine();
    assert!(fits(&told), "{told}");
    assert_snapshot!(told, @r"
    agents/code-reviewer.md is written.
    Next: say in it how Code-Reviewer works; `adjutant agents check
    agents/code-reviewer.md` tells whether it is sound.
    In the chat: /agent Code-Reviewer …, or /code_reviewer …
    ");
    assert_snapshot!(desk.run("agents check agents/code-reviewer.md").fine(), @r"
    ok        agents/code-reviewer.md

    1 file: 1 ok
    No engine with a model is set up here, so 1 agent cannot run yet; `adjutant
    engines list` tells.
    ");
    assert_snapshot!(desk.run("agents show code-reviewer").fine());
}

#[test]
fn a_description_that_is_no_plain_yaml_is_quoted() {
    let desk = Desk::new();
    let words = ["agents", "new", "careful", "--description", "Use when: \"it\" breaks # or *not*"];
    assert_eq!(desk.run_words(&words).code, 0);
    let listed = desk.run("agents list --json").json();
    let description = listed["agents"][0]["description"].as_str().unwrap();
    assert_eq!(description, "Use when: \"it\" breaks # or *not*");
    assert_eq!(desk.run("agents check").code, 0);
}

#[test]
fn nothing_that_exists_is_overwritten_or_hidden() {
    let desk = Desk::new();
    assert_eq!(
        desk.run("agents new Echo").refused(1),
        "adjutant: there is an agent echo already (agents/echo.md); choose another name\n"
    );
    desk.put("agents/notes.md", "Notes, no agent.");
    let told = desk.run("agents new notes").refused(1);
    assert!(told.starts_with("adjutant: cannot write agents/notes.md: "), "{told}");
    assert_eq!(desk.run("agents new a/b").code, 2);
}

#[test]
fn a_directory_that_nobody_reads_is_told() {
    let desk = Desk::new();
    let told = desk.run("agents new writer --into drafts").fine();
    assert!(
        told.contains("drafts is no configured directory: add it to `agents` in adjutant.yaml."),
        "{told}"
    );
}
