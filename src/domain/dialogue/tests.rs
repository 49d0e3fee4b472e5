//! What words, presses and commands mean while something is waited for.

use std::fmt::Write as _;

use proptest::prelude::*;
use uuid::Uuid;

use super::{AgentRef, Answer, Dialogue, Intent, Named, Utterance, step};
use crate::domain::command::Command;
use crate::domain::conversation::{Detail, Rings};
use crate::domain::ids::{ApprovalId, ChainId, RaceId, TaskId};
use crate::domain::press::{Choice, NameKey, Nonce, Press};

const TASK: TaskId = TaskId(7);

fn states() -> Vec<Dialogue> {
    vec![Dialogue::Idle, Dialogue::PickingAgent, Dialogue::PickingWorkspace, awaiting_prompt(), answering()]
}

fn awaiting_prompt() -> Dialogue {
    Dialogue::AwaitingPrompt { agent: "reviewer".into() }
}

fn answering() -> Dialogue {
    Dialogue::Answering { task: TASK, question: 2 }
}

fn commands() -> Vec<Command> {
    let name = || Some("tour".to_owned());
    vec![
        Command::Start,
        Command::Help,
        Command::Agents(None),
        Command::Agents(Some("go".to_owned())),
        Command::Agent { name: None, prompt: None },
        Command::Agent { name: name(), prompt: None },
        Command::Agent { name: name(), prompt: Some("go".into()) },
        Command::Chain("a > b: go".into()),
        Command::Race("a, b: go".into()),
        Command::New,
        Command::Continue,
        Command::Stop(None),
        Command::Stop(Some(TASK)),
        Command::Tasks,
        Command::Task(None),
        Command::Task(Some(TASK)),
        Command::Status,
        Command::Approvals,
        Command::Usage,
        Command::Workspace(None),
        Command::Workspace(Some("api".into())),
        Command::Engine(None),
        Command::Engine(Some("claude".into())),
        Command::Settings,
        Command::Whoami,
    ]
}

fn presses() -> Vec<Press> {
    let id = ApprovalId(Uuid::from_u128(1));
    vec![
        Press::Stop(TASK),
        Press::Retry(TASK),
        Press::Continue(TASK),
        Press::Log(TASK),
        Press::RunNext(TASK),
        Press::Drop(TASK),
        Press::Steer(TASK),
        Press::Wait(TASK),
        Press::PickSession(NameKey(4)),
        Press::Approval { id, nonce: Nonce(9), choice: Choice::Allow },
        Press::Answer { task: TASK, question: 2, option: 0 },
        Press::Answer { task: TASK, question: 1, option: 0 },
        Press::Answer { task: TaskId(8), question: 2, option: 0 },
        Press::PickAgent(NameKey(1)),
        Press::TryAgent(NameKey(1)),
        Press::AgentsPage(3),
        Press::BrowseAgents(3),
        Press::ShowAgent(NameKey(1)),
        Press::UseAgent(NameKey(1)),
        Press::ReleaseAgent(NameKey(1)),
        Press::UseVersion(NameKey(5)),
        Press::KeepVersion(NameKey(5)),
        Press::PickWorkspace(NameKey(2)),
        Press::PickEngine(None),
        Press::PickEngine(Some(NameKey(3))),
        Press::TasksBefore(TASK),
        Press::ShowTask(TASK),
        Press::SetDetail(Detail::Full),
        Press::SetRings(Rings::Nothing),
        Press::RetryStep(TASK),
        Press::SkipStep(TASK),
        Press::StopChain(ChainId(1)),
        Press::StopRace(RaceId(1)),
        Press::Keep(TASK),
        Press::Discard(TASK),
        Press::Merge(TASK),
        Press::KeepNone(RaceId(1)),
        Press::HandOff { task: TASK, handoff: NameKey(5) },
        Press::PassOn { task: TASK, page: 1 },
        Press::PassTo { task: TASK, agent: NameKey(6) },
        Press::ShowAnswer(TASK),
    ]
}

/// What each state and utterance lead to; what all states share is said once.
fn table<T: std::fmt::Debug + Clone>(utterances: &[T], utter: impl Fn(T) -> Utterance) -> String {
    let mut table = String::new();
    for utterance in utterances {
        writeln!(table, "{utterance:?}").unwrap();
        let results: Vec<_> = states()
            .into_iter()
            .map(|state| (state.clone(), step(state, utter(utterance.clone()))))
            .collect();
        let (_, first) = &results[0];
        if results.iter().all(|(state, (next, _))| next == state) {
            writeln!(table, "    any state -> the same, {:?}", first.1).unwrap();
        } else if results.iter().all(|(_, result)| result == first) {
            writeln!(table, "    any state -> {:?}, {:?}", first.0, first.1).unwrap();
        } else {
            for (state, (next, intent)) in results {
                writeln!(table, "    {state:?} -> {next:?}, {intent:?}").unwrap();
            }
        }
    }
    table
}

#[test]
fn every_state_and_every_text() {
    insta::assert_snapshot!(table(&["word", "two words", "word\nline", " "], |text| Utterance::Text(
        text.into()
    )));
}

#[test]
fn every_state_and_every_press() {
    insta::assert_snapshot!(table(&presses(), Utterance::Press));
}

#[test]
fn every_state_and_every_command() {
    insta::assert_snapshot!(table(&commands(), Utterance::Command));
}

#[test]
fn a_command_that_does_something_ends_what_was_waited_for_and_one_that_looks_does_not() {
    for command in commands() {
        let looks = matches!(
            command,
            Command::Help
                | Command::Agents(_)
                | Command::Tasks
                | Command::Task(_)
                | Command::Status
                | Command::Approvals
                | Command::Usage
                | Command::Settings
                | Command::Whoami
        );
        for state in states() {
            let (next, _) = step(state.clone(), Utterance::Command(command.clone()));
            if looks {
                assert_eq!(next, state, "{command:?}");
            } else {
                let waits = matches!(next, Dialogue::AwaitingPrompt { .. } | Dialogue::Answering { .. });
                assert!(!waits, "{command:?}");
            }
        }
    }
}

#[test]
fn no_press_but_its_own_loses_the_answer_or_the_prompt_that_is_waited_for() {
    for state in [answering(), awaiting_prompt()] {
        for press in presses() {
            let own = press == Press::Answer { task: TASK, question: 2, option: 0 } && state == answering();
            let (next, _) = step(state.clone(), Utterance::Press(press.clone()));
            assert_eq!(next == state, !own, "{state:?} {press:?}");
        }
    }
}

#[test]
fn words_are_never_an_answer_to_an_approval() {
    for state in states() {
        for words in ["yes", "ok", "allow", "no, that's not ok", "Allow"] {
            let (_, intent) = step(state.clone(), Utterance::Text(words.into()));
            assert!(!matches!(intent, Intent::Approval { .. }), "{words}");
        }
    }
}

#[test]
fn the_words_after_a_question_are_its_answer() {
    let (next, intent) = step(answering(), Utterance::Text("the second one".into()));
    assert_eq!(next, Dialogue::Idle);
    let answer = Answer::Words("the second one".into());
    assert_eq!(intent, Intent::Answer { task: TASK, question: 2, answer });
}

#[test]
fn the_words_after_a_choice_of_agent_are_its_prompt() {
    let (next, intent) = step(awaiting_prompt(), Utterance::Text("fix it".into()));
    assert_eq!(next, Dialogue::Idle);
    let agent = Some(AgentRef::Name("reviewer".into()));
    assert_eq!(intent, Intent::Run { agent, prompt: "fix it".into() });
}

#[test]
fn a_name_may_be_typed_while_a_picker_is_open() {
    let (next, intent) = step(Dialogue::PickingWorkspace, Utterance::Text("api".into()));
    assert_eq!((next, intent), (Dialogue::Idle, Intent::UseWorkspace(Named::Name("api".into()))));
    let (next, intent) = step(Dialogue::PickingAgent, Utterance::Text("tour".into()));
    assert_eq!((next, intent), (Dialogue::Idle, Intent::AskPrompt { agent: AgentRef::Name("tour".into()) }));
}

#[test]
fn a_command_of_the_session_is_no_name_and_no_answer() {
    for state in states() {
        let (next, intent) = step(state, Utterance::Offered("/compact now".into()));
        assert_eq!(next, Dialogue::Idle);
        assert_eq!(intent, Intent::Run { agent: None, prompt: "/compact now".into() });
    }
    for picking in [Dialogue::PickingAgent, Dialogue::PickingWorkspace] {
        let (_, intent) = step(picking, Utterance::Text("/review-pr".into()));
        assert_eq!(intent, Intent::Run { agent: None, prompt: "/review-pr".into() });
    }
}

proptest! {
    #[test]
    fn a_prompt_or_an_answer_is_passed_on_as_written(words in ".{0,30}") {
        for state in states() {
            let (_, intent) = step(state, Utterance::Text(words.clone()));
            let passed = match intent {
                Intent::EmptyPrompt => {
                    prop_assert!(words.trim().is_empty());
                    continue;
                }
                Intent::Run { prompt, .. } => prompt,
                Intent::Answer { answer: Answer::Words(answer), .. } => answer,
                Intent::AskPrompt { agent: AgentRef::Name(name) } | Intent::UseWorkspace(Named::Name(name)) => name,
                other => panic!("words became {other:?}"),
            };
            prop_assert_eq!(&passed, &words);
        }
    }
}
