//! Programs that cannot be used: the ending says why, and what to do.

use adjutant::domain::agent::AgentSpec;
use adjutant::domain::event::{Ending, EngineEvent};
use adjutant::engines::acp::probe;
use adjutant::engines::program::Program;

use super::bench::{agent, engine, program, start, start_in, with};
use crate::engine::support::{failed, workspace};

fn command(words: &[&str]) -> Program {
    Program { command: words.iter().map(|word| (*word).to_owned()).collect(), ..program("") }
}

#[tokio::test]
async fn a_program_that_is_not_there_is_told_with_how_to_install_it() {
    let ending = start(command(&["no-such-program"])).ending().await;
    assert_eq!(ending, failed("odd is not installed: there is no `no-such-program`. Install it."));
}

#[tokio::test]
async fn a_program_that_ends_at_once_is_told_with_its_last_words() {
    let ending = start(program("exits")).ending().await;
    assert_eq!(
        ending,
        failed(
            "odd ended right after its start (exit code 3): something is missing. Try it in a terminal; \
             `adjutant engines check odd` shows more."
        )
    );
}

#[tokio::test]
async fn a_program_of_another_version_is_told() {
    let Ending::Failed { reason } = start(program("another version")).ending().await else { panic!() };
    assert!(reason.starts_with("odd has a version that does not fit: "), "{reason}");
    assert!(reason.ends_with(" Install it."), "{reason}");
}

#[tokio::test]
async fn a_login_that_is_missing_is_told_with_the_ways_there_are() {
    let ending = start(program("login")).ending().await;
    assert_eq!(ending, failed("odd is not logged in. Log in. It offers: Use a key."));
}

#[tokio::test]
async fn a_key_that_is_there_is_the_login() {
    let program = with(program("login"), &[("GEMINI_API_KEY", "secret")]);
    assert_eq!(start(program).ending().await, Ending::Completed);
}

#[tokio::test]
async fn modes_and_models_are_set_or_refused() {
    let model = |model: &str| AgentSpec { model: Some(model.to_owned()), ..agent("") };
    for (mode, spec, ending) in [
        (Some("careful"), model("LARGE"), Ending::Completed),
        (None, model("inherit"), Ending::Completed),
        (
            Some("other"),
            agent(""),
            failed("odd: it has no mode `other`. Change `mode` to one of: plain, careful."),
        ),
        (
            Some("yolo"),
            agent(""),
            failed("odd: the mode `yolo` asks nobody before it acts, so it is never used. Change `mode`."),
        ),
    ] {
        let program = Program { mode: mode.map(str::to_owned), ..program("plain") };
        let (engine, _) = engine(program);
        assert_eq!(start_in(&engine, workspace(), spec, None).ending().await, ending);
    }
}

#[tokio::test]
async fn a_model_that_is_not_there_is_told_and_the_run_goes_on() {
    let spec = AgentSpec { model: Some("huge".to_owned()), ..agent("") };
    let mut bench = start_in(&engine(program("plain")).0, workspace(), spec, None);
    assert_eq!(bench.ending().await, Ending::Completed);
    let words = "odd does not know the model `huge` of the agent's file; it works with its own.";
    assert!(bench.seen.contains(&EngineEvent::Warning(words.to_owned())), "{:?}", bench.seen);
}

#[tokio::test]
async fn a_program_says_who_it_is() {
    let directory = workspace();
    let probed = probe(&program("plain"), directory.path()).await.unwrap();
    assert_eq!(probed.version.as_deref(), Some("1.2.3"));
    assert_eq!(probed.remarks, [] as [&str; 0]);
    let refusal = probe(&program("login"), directory.path()).await.unwrap_err();
    assert_eq!(refusal.to_string(), "odd is not logged in. Log in. It offers: Use a key.");
    let refusal = probe(&program("exits"), directory.path()).await.unwrap_err();
    assert!(refusal.to_string().starts_with("odd ended right after its start (exit code 3)"), "{refusal}");
}
