//! Why Claude Code did not work, in words that say what to do.

use std::collections::BTreeMap;

use super::super::super::process::Guard;
use super::*;

fn program() -> Program {
    Program {
        name: "claude".to_owned(),
        command: vec!["claude".to_owned()],
        env: BTreeMap::new(),
        mode: None,
        install: "Install it with npm.".to_owned(),
        login: "Run `claude` in a terminal and log in.".to_owned(),
        guard: Guard::new("guard".into()),
    }
}

fn failed(said: &str) -> TurnResult {
    let result = Some(said.to_owned());
    TurnResult { subtype: "success".to_owned(), is_error: true, result, ..TurnResult::default() }
}

fn broke_off(subtype: &str, errors: &[&str]) -> TurnResult {
    let errors = errors.iter().map(|error| (*error).to_owned()).collect();
    TurnResult { subtype: subtype.to_owned(), is_error: true, errors, ..TurnResult::default() }
}

#[test]
fn each_failure_says_what_happened_and_what_to_do() {
    let no_session = broke_off("error_during_execution", &["No conversation found with session ID: 1"]);
    assert_eq!(trouble(&no_session, None), Some(Trouble::SessionLost));
    for (result, error, reason) in [
        (
            failed("Not logged in · Please run /login"),
            Some("authentication_failed"),
            "claude is not logged in. Run `claude` in a terminal and log in.",
        ),
        (
            failed("Please run /login"),
            None,
            "claude is not logged in. Run `claude` in a terminal and log in.",
        ),
        (
            TurnResult { api_error_status: Some(401), ..failed("Invalid API key") },
            None,
            "claude is not logged in. Run `claude` in a terminal and log in.",
        ),
        (
            TurnResult { api_error_status: Some(404), ..failed("There's an issue with the selected model") },
            Some("model_not_found"),
            "claude does not know the model `opus-9`. Change `model` in the agent's file, or remove it.",
        ),
        (failed("Credit balance is too low"), Some("billing_error"), "claude: Credit balance is too low"),
        (
            failed("API Error: Request rejected (429) · limit"),
            Some("rate_limit"),
            "claude: API Error: Request rejected (429) · limit",
        ),
        (
            broke_off("error_max_turns", &["Reached maximum number of turns (1)"]),
            None,
            "claude: it took as many turns as `max_turns` in the agent's file allows. Write “go on” to let it continue.",
        ),
        (
            broke_off("error_during_execution", &["[ede_diagnostic] x", "The tool broke."]),
            None,
            "claude: The tool broke.",
        ),
        (
            broke_off("error_during_execution", &["[ede_diagnostic] x"]),
            None,
            "claude: it broke off with an error that it does not name",
        ),
        (broke_off("error_tomorrow", &[]), None, "claude: it ended with `error_tomorrow`"),
    ] {
        let trouble = trouble(&result, error).unwrap();
        assert_eq!(trouble.reason(&program(), Some("opus-9")), reason);
    }
    assert_eq!(trouble(&TurnResult { subtype: "success".to_owned(), ..TurnResult::default() }, None), None);
}

#[test]
fn a_program_that_ends_by_itself_is_told_apart() {
    for (code, said, worked, reason) in [
        (
            127,
            "cannot start claude",
            false,
            "claude is not installed: there is no `claude`. Install it with npm.",
        ),
        (
            1,
            "error: unknown option '--tools=Read'",
            false,
            "claude has a version that does not fit: error: unknown option '--tools=Read'. Install it with npm.",
        ),
        (
            1,
            "Bad settings",
            false,
            "claude ended right after its start (exit code 1): Bad settings. Try it in a terminal; `adjutant engines check claude` shows more.",
        ),
        (137, "Killed", true, "claude: it ended in the middle of its work (exit code 137). Killed"),
        (137, "", true, "claude: it ended in the middle of its work (exit code 137)."),
    ] {
        assert_eq!(ended(&program(), code, said.to_owned(), worked).to_string(), reason);
    }
}
