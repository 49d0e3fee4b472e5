//! What engines say of their sessions: what they use, offer, are called, take back, and lose.

use super::chat::Call;
use super::engine::Run;
use super::world::{LIMITS, World, place};
use crate::domain::approval::{ApprovalStatus, Moot};
use crate::domain::card::{Card, Notice, Status, UsageReport};
use crate::domain::event::{Ending, EngineEvent, OfferedCommand, Offers, Usage};
use crate::domain::history::HistoryEntry;
use crate::domain::ids::{SessionId, TaskId, UserId};
use crate::domain::press::{Choice, Press};
use crate::domain::session::KnownSession;
use crate::domain::task::{Outcome, Phase};
use crate::domain::usage::Window;

fn told(text: &str) -> impl Fn(&[Call]) -> bool {
    move |calls| calls.iter().any(|call| call.text.contains(text))
}

fn used(cost: f64, tokens: u64) -> EngineEvent {
    EngineEvent::Usage(Usage { cost_usd: Some(cost), tokens: Some(tokens) })
}

fn offers(names: &[&str]) -> EngineEvent {
    let command = |name: &&str| OfferedCommand { name: (*name).to_owned(), description: String::new() };
    EngineEvent::Offers(Offers { steer: false, commands: names.iter().map(command).collect() })
}

/// A task is asked for and opens a session.
async fn begun(world: &mut World, words: &str, session: &str) -> Run {
    world.say(1, words).await;
    let run = world.run().await;
    run.open(session).await;
    run
}

async fn status(world: &mut World) -> Status {
    world.say(1, "/status").await;
    let mut status = None;
    let answered = |calls: &[Call]| calls.last().is_some_and(|call| call.text.starts_with("Status"));
    world.chat.until("the status", answered).await;
    for card in world.chat.cards() {
        if let Card::Notice(Notice::Status(latest)) = card {
            status = Some(*latest);
        }
    }
    status.unwrap()
}

async fn report(world: &mut World, chat: i64) -> UsageReport {
    let before = world.chat.cards().len();
    world.say(chat, "/usage").await;
    world
        .chat
        .until("the report", |calls| calls.iter().filter(|c| c.text.starts_with("Usage")).count() > 0)
        .await;
    let report = world.chat.cards().into_iter().skip(before).find_map(|card| match card {
        Card::Notice(Notice::Usage(report)) => Some(*report),
        _ => None,
    });
    report.unwrap()
}

fn sums(report: &UsageReport) -> Vec<(u64, Usage)> {
    report.windows.iter().flat_map(|(_, used)| used.iter().map(|one| (one.tasks, one.usage))).collect()
}

#[tokio::test]
async fn what_tasks_use_is_shown_and_summed_up() {
    let mut world = World::new().await;
    let run = begun(&mut world, "first", "s-1").await;
    run.report(EngineEvent::Titled("Fix the login test".to_owned())).await;
    run.report(used(0.25, 100)).await;
    run.report(used(0.5, 200)).await;
    run.heard().await;
    world.chat.until("a picture of it", told("#1 Working, 200 tokens")).await;
    run.answer("done").await;
    world.chat.until("the end", told("#1 folded")).await;
    begun(&mut world, "second", "s-1").await.answer("nothing used").await;
    world.chat.until("the end", told("#2 folded")).await;
    let run = begun(&mut world, "third", "s-1").await;
    run.report(used(0.125, 50)).await;
    run.answer("done").await;
    world.chat.until("the end", told("#3 folded")).await;

    let sum = Usage { cost_usd: Some(0.625), tokens: Some(250) };
    let status = status(&mut world).await;
    assert_eq!((status.session, status.title.as_deref()), (true, Some("Fix the login test")));
    assert_eq!(status.used, sum, "of the session");
    let here = report(&mut world, 1).await;
    assert!(here.everywhere, "an owner alone with the bot");
    assert_eq!(sums(&here), [(2, sum); 3]);
    assert_eq!(here.windows.iter().map(|(window, _)| *window).collect::<Vec<_>>(), Window::ALL);
}

#[tokio::test]
async fn a_group_sees_its_own_usage_only() {
    let mut world = World::new().await;
    for (chat, cost) in [(-1, 0.5), (-2, 0.25)] {
        world.say(chat, "work").await;
        let run = world.run().await;
        run.report(used(cost, 1)).await;
        run.answer("done").await;
    }
    world.chat.until("both ends", |calls| told("#1 folded")(calls) && told("#2 folded")(calls)).await;
    let report = report(&mut world, -2).await;
    assert!(!report.everywhere);
    assert_eq!(sums(&report)[0], (1, Usage { cost_usd: Some(0.25), tokens: Some(1) }));
}

#[tokio::test]
async fn what_was_used_before_a_crash_is_not_forgotten() {
    let mut world = World::new().await;
    let run = begun(&mut world, "work", "s-1").await;
    run.report(used(0.5, 200)).await;
    // A milestone takes with it what was used.
    run.ask("a").await;
    world.chat.until("the approval", told("approval Main")).await;
    let store = world.kill().await;
    let mut world = World::on(store, LIMITS);
    world.chat.until("the end", told("#1 folded: interrupted")).await;
    world.updates = 100;
    assert_eq!(sums(&report(&mut world, 1).await)[0].1.tokens, Some(200));
}

#[tokio::test]
async fn a_session_that_is_left_behind_takes_its_sum_with_it() {
    let mut world = World::new().await;
    let run = begun(&mut world, "first", "s-1").await;
    run.report(used(0.5, 200)).await;
    run.answer("done").await;
    world.chat.until("the end", told("#1 folded")).await;
    world.say(1, "/new").await;
    let run = begun(&mut world, "second", "s-2").await;
    assert_eq!(run.resumes(), None);
    run.report(used(0.25, 10)).await;
    run.answer("done").await;
    world.chat.until("the end", told("#2 folded")).await;
    assert_eq!(status(&mut world).await.used.tokens, Some(10));
}

#[tokio::test]
async fn what_works_while_a_person_starts_over_does_not_bring_its_session_back() {
    let mut world = World::new().await;
    world.say(1, "first").await;
    let run = world.run().await;
    world.sleep(std::time::Duration::from_secs(1));
    world.say(1, "/new").await;
    run.open("s-1").await;
    run.answer("done").await;
    world.chat.until("the end", told("#1 folded")).await;
    assert!(!status(&mut world).await.session);
    world.sleep(std::time::Duration::from_secs(1));
    begun(&mut world, "second", "s-2").await.answer("done").await;
    world.chat.until("the end", told("#2 folded")).await;
    world.say(1, "third").await;
    assert_eq!(world.run().await.resumes(), Some("s-2"));
}

#[tokio::test]
async fn a_session_that_was_chosen_while_another_works_stays_chosen_and_listed() {
    let mut world = World::new().await;
    begun(&mut world, "first", "s-1").await.answer("done").await;
    world.chat.until("the end", told("#1 folded")).await;
    world.say(1, "/new").await;
    world.sleep(std::time::Duration::from_secs(1));
    world.say(1, "second").await;
    let run = world.run().await;
    world.chat.until("the card", told("#2 Starting")).await;
    world.sleep(std::time::Duration::from_secs(1));
    let key = KnownSession::key_of("fake", "here", &SessionId("s-1".to_owned()));
    world.press(1, Press::PickSession(key)).await;
    world.chat.until("the choice", told("Continuing")).await;
    run.open("s-2").await;
    run.answer("done").await;
    world.chat.until("the end", told("#2 folded")).await;
    let status = status(&mut world).await;
    assert_eq!(status.title.as_deref(), Some("first"));
    world.say(1, "third").await;
    assert_eq!(world.run().await.resumes(), Some("s-1"));
}

#[tokio::test]
async fn the_commands_of_a_session_are_passed_on_to_it() {
    let mut world = World::new().await;
    let run = begun(&mut world, "first", "s-1").await;
    run.report(offers(&["compact", "help", "review-pr"])).await;
    run.answer("done").await;
    world.chat.until("the end", told("#1 folded")).await;
    for (words, prompt) in [
        ("/Compact  keep the plan", "/compact keep the plan"),
        ("/compact@bot", "/compact"),
        ("/review-pr 12", "/review-pr 12"),
        ("/mcp:files:read a.rs", "/mcp:files:read a.rs"),
    ] {
        world.say(1, words).await;
        let run = world.run().await;
        assert_eq!((run.request.prompt.as_str(), run.resumes()), (prompt, Some("s-1")));
        run.answer("fine").await;
    }
    world.say(1, "/help").await;
    let calls = world.chat.until("the help", told("Help")).await;
    assert!(told("Help { offered: [\"compact\", \"review-pr\"] }")(&calls), "{calls:#?}");
    world.say(1, "/kompact").await;
    world.chat.until("the refusal", told("UnknownCommand")).await;
    // Elsewhere nobody offers it.
    world.say(2, "/compact").await;
    world.chat.until("the refusal", |calls| told("UnknownCommand { command: \"/compact\"")(calls)).await;
}

#[tokio::test]
async fn a_lost_session_is_told_once_and_forgotten() {
    let mut world = World::new().await;
    let run = begun(&mut world, "first", "s-1").await;
    run.report(used(0.5, 200)).await;
    run.answer("done").await;
    world.chat.until("the end", told("#1 folded")).await;
    world.say(1, "second").await;
    let run = world.run().await;
    assert_eq!(run.resumes(), Some("s-1"));
    run.report(EngineEvent::SessionLost).await;
    run.report(EngineEvent::SessionLost).await;
    run.open("s-2").await;
    run.report(used(0.25, 10)).await;
    run.answer("done").await;
    let calls = world.chat.until("the end", told("#2 folded")).await;
    assert_eq!(calls.iter().filter(|call| call.text == "SessionLost").count(), 1, "{calls:#?}");
    let history = world.store.history(TaskId(2)).await.unwrap();
    assert_eq!(history.iter().filter(|(_, entry)| *entry == HistoryEntry::SessionLost).count(), 1);
    let status = status(&mut world).await;
    assert_eq!(
        (status.title.as_deref(), status.used.tokens),
        (Some("second"), Some(10)),
        "nothing of the old one"
    );
    let key = KnownSession::key_of("fake", "here", &SessionId("s-1".to_owned()));
    let mut tx = world.store.begin().await.unwrap();
    assert_eq!(tx.session(key).await.unwrap(), None, "it is offered no more");
}

#[tokio::test]
async fn an_approval_that_the_agent_takes_back_is_closed_and_the_work_goes_on() {
    let mut world = World::new().await;
    let run = begun(&mut world, "work", "s-1").await;
    run.ask("a").await;
    run.ask("b").await;
    let asked = |calls: &[Call]| calls.iter().filter(|call| call.text.contains("approval Main")).count() == 2;
    world.chat.until("both cards", asked).await;
    run.report(EngineEvent::Withdrawn { request: "unheard of".to_owned() }).await;
    run.report(EngineEvent::Withdrawn { request: "a".to_owned() }).await;
    world.chat.until("the closed card", told("approval Closed Superseded")).await;
    let approvals = world.store.task_approvals(TaskId(1)).await.unwrap();
    let [a, b] = approvals.try_into().unwrap();
    assert!(matches!(a.status, ApprovalStatus::Superseded { why: Moot::Withdrawn, .. }), "{:?}", a.status);
    assert_eq!(b.status, ApprovalStatus::Open);
    let phase = world.store.task(TaskId(1)).await.unwrap().unwrap().phase;
    assert!(matches!(phase, Phase::AwaitingApproval { approvals, .. } if approvals == [b.id]));
    run.report(EngineEvent::Withdrawn { request: "b".to_owned() }).await;
    run.heard().await;
    run.answer("done anyway").await;
    world.chat.until("the answer", told("#1 answers: done anyway")).await;
}

#[tokio::test]
async fn words_after_a_question_that_was_taken_back_are_a_request() {
    let mut world = World::new().await;
    let run = begun(&mut world, "work", "s-1").await;
    for request in ["a", "b"] {
        let (request, text) = (request.to_owned(), format!("Which {request}?"));
        run.report(EngineEvent::Question { request, text, options: Vec::new() }).await;
    }
    world.chat.until("the question", told("#1 asks: Which b?")).await;
    run.report(EngineEvent::Withdrawn { request: "b".to_owned() }).await;
    let closed = |calls: &[Call]| calls.iter().any(|c| c.edits.is_some() && c.text == "#1 asks: Which b?");
    world.chat.until("the closed question", closed).await;
    world.say(1, "something else").await;
    world.chat.until("the queued task", told("#2 queued")).await;
    let store = world.kill().await;
    // The other one still waited when Adjutant died.
    let world = World::on(store, LIMITS);
    let closed = |calls: &[Call]| calls.iter().any(|c| c.edits.is_some() && c.text == "#1 asks: Which a?");
    world.chat.until("the other one closed", closed).await;
}

/// A task that died with its session, on a world that has come up again.
async fn interrupted() -> (World, Run) {
    let mut world = World::new().await;
    begun(&mut world, "first", "s-1").await.answer("done").await;
    world.chat.until("the end", told("#1 folded")).await;
    let run = begun(&mut world, "work", "s-1").await;
    run.heard().await;
    world.chat.until("work", told("#2 Working")).await;
    let store = world.kill().await;
    let mut world = World::on(store, LIMITS);
    world.updates = 100;
    world.chat.until("the end", told("#2 folded: interrupted")).await;
    (world, run)
}

fn continues(world: &World) -> Option<bool> {
    world.chat.cards().iter().rev().find_map(|card| match card {
        Card::Unsuccessful { outcome: Outcome::Interrupted, continues, .. } => Some(*continues),
        _ => None,
    })
}

#[tokio::test]
async fn an_interrupted_task_can_go_on_in_its_very_session() {
    let (mut world, _died) = interrupted().await;
    assert_eq!(continues(&world), Some(true));
    // Meanwhile the conversation has gone elsewhere.
    world.say(1, "/new").await;
    begun(&mut world, "third", "s-3").await.answer("done").await;
    world.chat.until("the end", told("#3 folded")).await;
    world.press(1, Press::Continue(TaskId(2))).await;
    world.press(1, Press::Continue(TaskId(2))).await;
    let run = world.run().await;
    assert_eq!((run.request.task, run.resumes()), (TaskId(4), Some("s-1")));
    assert!(run.request.prompt.starts_with("Continue where you left off."), "{}", run.request.prompt);
    world.press(1, Press::Continue(TaskId(2))).await;
    run.open("s-1").await;
    run.answer("went on").await;
    world.chat.until("the answer", told("#4 answers: went on")).await;
    world.say(1, "next").await;
    let run = world.run().await;
    assert_eq!((run.request.task, run.resumes()), (TaskId(5), Some("s-1")), "no press filed a second one");
}

#[tokio::test]
async fn only_what_was_interrupted_in_a_session_can_go_on() {
    let mut world = World::new().await;
    world.say(1, "work").await;
    let _run = world.run().await;
    world.chat.until("the card", told("#1 Starting")).await;
    let store = world.kill().await;
    let mut world = World::on(store, LIMITS);
    world.updates = 100;
    world.chat.until("the end", told("#1 folded: interrupted")).await;
    assert_eq!(continues(&world), Some(false), "it had not opened a session");
    let run = begun(&mut world, "second", "s-2").await;
    run.report(EngineEvent::Ended(Ending::Failed { reason: "no".to_owned() })).await;
    world.chat.until("the end", told("#2 folded: failed")).await;
    for task in 1..=3 {
        world.press(1, Press::Continue(TaskId(task))).await;
    }
    world.say(1, "/whoami").await;
    world.chat.until("what was asked last", told("Whoami")).await;
    assert_eq!(world.store.task(TaskId(3)).await.unwrap(), None, "nothing was filed");
}

#[tokio::test]
async fn who_allowed_it_is_known_by_name() {
    let mut world = World::new().await;
    let run = begun(&mut world, "work", "s-1").await;
    run.ask("a").await;
    world.chat.until("the card", told("approval Main")).await;
    world.decide(1, Choice::Allow).await;
    world.chat.until("the closed card", told("approval Closed")).await;
    let [approval] = world.store.task_approvals(TaskId(1)).await.unwrap().try_into().unwrap();
    let ApprovalStatus::Granted { by, name, .. } = approval.status else { panic!("{:?}", approval.status) };
    assert_eq!((by, name.as_str()), (UserId(1), "Somebody"));
    assert_eq!(approval.place, place(1));
}
