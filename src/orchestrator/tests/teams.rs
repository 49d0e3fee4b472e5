//! Chains, races, handoffs and worktrees, with engines whose runs the test plays: also across a crash.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::super::Agents;
use super::chat::Call;
use super::engine::Run;
use super::world::{LIMITS, World, agent};
use crate::domain::agent::{AgentSpec, Handoff, Isolation};
use crate::domain::card::Card;
use crate::domain::event::{Ending, EngineEvent};
use crate::domain::ids::{ChainId, RaceId, TaskId, UserId};
use crate::domain::press::{NameKey, Press};
use crate::domain::task::{Outcome, Phase};
use crate::domain::toast::Toast;
use crate::domain::worktree::Changes;
use crate::store::{DatabaseLocation, Store};

fn named(name: &str) -> AgentSpec {
    AgentSpec { name: name.to_owned(), ..agent() }
}

async fn world() -> World {
    world_of(["one", "two", "three"].map(named).into()).await
}

async fn world_of(agents: Vec<AgentSpec>) -> World {
    World::of_all(agents, Store::open(&DatabaseLocation::Memory).await.unwrap(), LIMITS)
}

/// After a crash.
async fn again(world: World) -> World {
    let (updates, done) = (world.updates, world.trees.done.lock().unwrap().clone());
    let store = world.kill().await;
    let mut world = World::of_all(["one", "two", "three"].map(named).into(), store, LIMITS);
    world.updates = updates + 100;
    *world.trees.done.lock().unwrap() = done;
    world
}

fn told(text: &str) -> impl Fn(&[Call]) -> bool {
    move |calls| calls.iter().any(|call| call.text.contains(text))
}

async fn fail(run: Run) {
    run.report(EngineEvent::Text("half".to_owned())).await;
    run.report(EngineEvent::Ended(Ending::Failed { reason: "no".to_owned() })).await;
}

#[tokio::test]
async fn a_chain_hands_each_result_on_and_tells_only_the_last() {
    let mut world = world().await;
    world.say(1, "/chain one > two > three: BUILD").await;
    let run = world.run().await;
    assert!(run.request.prompt.starts_with("BUILD\n"), "{}", run.request.prompt);
    run.answer("the plan").await;
    let run = world.run().await;
    assert_eq!(run.request.agent.name, "two");
    assert!(run.request.prompt.contains("the plan"), "{}", run.request.prompt);
    run.answer("the code").await;
    let run = world.run().await;
    assert!(run.request.prompt.contains("the code") && !run.request.prompt.contains("the plan"));
    run.answer("the docs").await;
    let calls = world.chat.until("the end", told("chain 1 Succeeded")).await;
    let answers: Vec<&str> =
        calls.iter().map(|call| call.text.as_str()).filter(|text| text.contains("answers")).collect();
    assert_eq!(answers, ["#3 answers: the docs"]);
    let sent: Vec<&Call> = calls.iter().filter(|call| call.edits.is_none()).collect();
    assert_eq!(sent.len(), 3, "the chain's card, the step's card, the answer: {sent:#?}");
    world.press(1, Press::ShowAnswer(TaskId(1))).await;
    world.chat.until("an earlier answer", told("#1 answers: the plan")).await;
}

#[tokio::test]
async fn a_chain_goes_before_what_waits_in_its_place() {
    let mut world = world().await;
    world.say(1, "/chain one > two: BUILD").await;
    let first = world.run().await;
    world.say(1, "/agent three something else").await;
    first.answer("the plan").await;
    let second = world.run().await;
    assert_eq!(second.request.agent.name, "two");
    second.answer("done").await;
    assert_eq!(world.run().await.request.agent.name, "three");
}

#[tokio::test]
async fn a_step_that_fails_waits_for_a_person_who_may() {
    let mut world = world().await;
    world.say(1, "/chain one > two: BUILD").await;
    fail(world.run().await).await;
    world.chat.until("the question", told("chain 1 Waiting: one Failed, two Pending")).await;
    world.chat.until("why", told("#1 failed: half")).await;
    world.press_as(UserId(2), 1, Press::RetryStep(TaskId(1))).await;
    world.chat.toasted(&Toast::NotYours).await;
    world.press(1, Press::RetryStep(TaskId(1))).await;
    world.chat.toasted(&Toast::RetryingStep).await;
    let retried = world.run().await;
    assert_eq!((retried.request.agent.name.as_str(), retried.request.task), ("one", TaskId(2)));
    world.press(1, Press::RetryStep(TaskId(1))).await;
    let gone_on = crate::domain::chain::ChainRejected::GoneOn;
    world.chat.toasted(&Toast::ChainRejected(gone_on)).await;
    fail(retried).await;
    world.chat.until("the second failure", told("#2 failed: half")).await;
    world.press(1, Press::SkipStep(TaskId(2))).await;
    let run = world.run().await;
    assert_eq!(run.request.agent.name, "two");
    assert!(!run.request.prompt.contains("half"), "a failed step has no result");
    run.answer("done").await;
    world.chat.until("the end", told("chain 1 Succeeded: one Skipped, two Succeeded")).await;
}

#[tokio::test]
async fn a_chain_can_be_stopped_while_it_works_and_while_it_waits() {
    let mut world = world().await;
    world.say(1, "/chain one > two: BUILD").await;
    let run = world.run().await;
    world.press(1, Press::StopChain(ChainId(1))).await;
    world.chat.until("stopping", told("chain 1 Stopping")).await;
    run.report(EngineEvent::Ended(Ending::Stopped)).await;
    drop(run);
    world.chat.until("stopped", told("chain 1 Stopped: one Stopped, two Pending")).await;
    world.say(1, "/chain one > two: BUILD").await;
    fail(world.run().await).await;
    world.chat.until("the question", told("chain 2 Waiting")).await;
    world.press(1, Press::StopChain(ChainId(2))).await;
    world.chat.until("stopped", told("chain 2 Stopped: one Failed, two Pending")).await;
}

#[tokio::test]
async fn a_crash_in_mid_chain_loses_no_step_and_runs_none_twice() {
    let mut world = world().await;
    world.say(1, "/chain one > two > three: BUILD").await;
    world.run().await.answer("the plan").await;
    let _dies = world.run().await;
    world.chat.until("the second step", told("chain 1 Working: one Succeeded, two Running")).await;
    let mut world = again(world).await;
    world.chat.until("the question", told("chain 1 Waiting: one Succeeded, two Interrupted")).await;
    world.press(1, Press::RetryStep(TaskId(2))).await;
    let run = world.run().await;
    assert!(run.request.prompt.contains("the plan"), "{}", run.request.prompt);
    run.answer("the code").await;
    world.run().await.answer("the docs").await;
    world.chat.until("the end", told("chain 1 Succeeded")).await;
}

#[tokio::test]
async fn a_step_that_waits_for_its_turn_runs_after_a_crash() {
    let mut world = world().await;
    world.say(1, "/agent three first").await;
    let _dies = world.run().await;
    world.say(1, "/chain one > two: BUILD").await;
    world.chat.until("the card", told("chain 1 Working")).await;
    let mut world = again(world).await;
    world.run().await.answer("the plan").await;
    assert!(world.run().await.request.prompt.contains("the plan"));
}

#[tokio::test]
async fn a_step_whose_agent_is_gone_waits_until_it_is_back() {
    let mut world = world().await;
    world.say(1, "/chain one > two: BUILD").await;
    let run = world.run().await;
    let agents = |names: &[&str]| Agents {
        list: names.iter().map(|name| Arc::new(named(name))).collect(),
        broken: Vec::new(),
    };
    // There is room for one: when the second is taken, the first one counts.
    for _ in 0..2 {
        world.files_say.send(agents(&["one", "three"])).await.unwrap();
    }
    run.answer("the plan").await;
    world.chat.until("the question", told("chain 1 Waiting: one Succeeded, two Failed")).await;
    world.chat.until("why", told("#2 failed: ")).await;
    world.press(1, Press::SkipStep(TaskId(2))).await;
    world.chat.until("the result there is", told("#1 answers: the plan")).await;
}

#[tokio::test]
async fn what_is_written_wrongly_starts_nothing() {
    let mut world = world().await;
    for (text, said) in [
        ("/chain", "Nothing"),
        ("/chain one > tow BUILD", "tow"),
        ("/chain one > two", "NoRequest"),
        ("/race one BUILD", "Count"),
        ("/race one, one BUILD", "Twice"),
        ("/race one, four BUILD", "four"),
        ("/race", "Nothing"),
    ] {
        world.say(1, text).await;
        world.chat.until(text, told(said)).await;
    }
    world.say(1, "/agent one go").await;
    assert_eq!(world.run().await.request.task, TaskId(1));
}

#[tokio::test]
async fn a_race_runs_side_by_side_and_one_is_kept() {
    let mut world = world().await;
    world.trees.head.lock().unwrap().as_mut().unwrap().dirty = true;
    world.say(1, "/race one, two: BUILD").await;
    let (a, b) = (world.run().await, world.run().await);
    assert_eq!(a.request.workspace.to_str(), Some("/worktrees/race-1-one"));
    assert_eq!(b.request.workspace.to_str(), Some("/worktrees/race-1-two"));
    world.chat.until("that the changes are left out", told("dirty: true")).await;
    a.open("session").await;
    a.answer("mine").await;
    b.answer("yours").await;
    world
        .chat
        .until("the comparison", told("compared 1 Deciding { dirty: true }: one Some(Open), two Some(Open)"))
        .await;
    world.press(1, Press::Keep(TaskId(2))).await;
    world.chat.until("that it is kept", told("work of #2 Kept, merges: true")).await;
    world.press(1, Press::Keep(TaskId(1))).await;
    world.chat.toasted(&Toast::AlreadyDecided).await;
    world.press(1, Press::Merge(TaskId(2))).await;
    let calls = world.chat.until("that it is merged", told("work of #2 Merged")).await;
    assert!(!calls.iter().any(|call| call.text.contains("answers")), "{calls:#?}");
    world.say(1, "/agent one go").await;
    assert_eq!(world.run().await.resumes(), None, "a session of a worktree is not the conversation's");
    let done = world.trees.done.lock().unwrap().clone();
    let of = |what: &str| done.iter().filter(|done| done.starts_with(what)).count();
    assert_eq!((of("made"), of("removed race-1-one"), of("kept race-1-two")), (2, 1, 1), "{done:?}");
    assert_eq!(of("removed race-1-two"), 0, "{done:?}");
}

#[tokio::test]
async fn a_race_without_changes_keeps_nothing_and_one_that_cannot_begin_says_why() {
    let mut world = world().await;
    *world.trees.changes.lock().unwrap() = Changes::default();
    world.say(1, "/race one, two: look").await;
    for _ in 0..2 {
        world.run().await.answer("nothing to do").await;
    }
    world.chat.until("the comparison", told("compared 1 NoneKept")).await;
    *world.trees.head.lock().unwrap() = Err("no repository".to_owned());
    world.say(1, "/race one, two: look").await;
    world.chat.until("why not", told("race 2 Refused { reason: \"no repository\" }")).await;
}

#[tokio::test]
async fn a_race_is_found_again_after_a_crash_at_any_instant() {
    let mut world = world().await;
    world.say(1, "/race one, two: BUILD").await;
    let (a, _dies) = (world.run().await, world.run().await);
    a.answer("mine").await;
    world.chat.until("one that ended", told("race 1 Running")).await;
    let mut world = again(world).await;
    world.chat.until("the comparison", told("compared 1 Deciding")).await;
    world.press(1, Press::KeepNone(RaceId(1))).await;
    world.chat.until("the decision", told("compared 1 NoneKept")).await;
    let world = again(world).await;
    let removed = || {
        let done = world.trees.done.lock().unwrap().clone();
        ["one", "two"].iter().all(|name| done.contains(&format!("removed race-1-{name}")))
    };
    for _ in 0..10_000 {
        if removed() {
            return;
        }
        tokio::task::yield_now().await;
    }
    assert!(removed(), "{:?}", world.trees.done.lock().unwrap());
}

#[tokio::test]
async fn stopping_a_race_stops_all_who_run() {
    let mut world = world().await;
    world.say(1, "/race one, two: BUILD").await;
    let (a, b) = (world.run().await, world.run().await);
    world.say(1, "/stop").await;
    for mut run in [a, b] {
        assert_eq!(run.order().await, Some(crate::ports::EngineOrder::Stop));
        run.report(EngineEvent::Ended(Ending::Stopped)).await;
    }
    world.chat.until("the comparison", told("compared 1 Deciding")).await;
}

fn isolated() -> AgentSpec {
    AgentSpec { isolation: Isolation::Worktree, ..agent() }
}

#[tokio::test]
async fn an_isolated_agent_works_in_a_worktree_of_its_own_each_time_anew() {
    let mut world = World::of(isolated(), Store::open(&DatabaseLocation::Memory).await.unwrap(), LIMITS);
    world.say(1, "work").await;
    let run = world.run().await;
    assert_eq!(run.request.workspace.to_str(), Some("/worktrees/task-1-worker"));
    run.open("session").await;
    run.answer("done").await;
    world.chat.until("what it left", told("work of #1 Open")).await;
    world.press(1, Press::Discard(TaskId(1))).await;
    world.chat.until("that it is gone", told("work of #1 Removing")).await;
    *world.trees.changes.lock().unwrap() = Changes::default();
    world.say(1, "work").await;
    let run = world.run().await;
    assert_eq!((run.resumes(), run.request.workspace.to_str()), (None, Some("/worktrees/task-2-worker")));
    run.answer("nothing to do").await;
    world.chat.until("the answer", told("#2 answers: nothing to do")).await;
    world.say(1, "work").await;
    // Its actor is released only when the worktree of the one before has been dealt with.
    let _third = world.run().await;
    let done = world.trees.done.lock().unwrap().clone();
    assert!(done.contains(&"removed task-1-worker".to_owned()), "{done:?}");
    assert!(done.contains(&"removed task-2-worker".to_owned()), "{done:?}");
    assert!(
        !world.chat.cards().iter().any(|card| matches!(card, Card::Work(work) if work.task == TaskId(2)))
    );
}

#[tokio::test]
async fn a_result_is_handed_on_by_the_buttons_of_the_agents_file() {
    let handoff = |label: &str, agent: &str, prompt: &str| Handoff {
        label: label.to_owned(),
        agent: agent.to_owned(),
        prompt: prompt.to_owned(),
    };
    let handoffs = vec![handoff("Review it", "two", "Review this."), handoff("Ship it", "nobody", "")];
    let mut world = world_of(vec![AgentSpec { handoffs, ..named("one") }, named("two")]).await;
    world.say(1, "/agent one build").await;
    world.run().await.answer("the code").await;
    world.chat.until("the answer", told("#1 answers: the code")).await;
    let offered = world.chat.cards().into_iter().find_map(|card| match card {
        Card::Answer { handoffs, .. } => Some(handoffs),
        _ => None,
    });
    let labels: Vec<String> = offered.unwrap().into_iter().map(|handoff| handoff.label).collect();
    assert_eq!(labels, ["Review it"], "an agent that is not there is not offered");
    let press = Press::HandOff { task: TaskId(1), handoff: NameKey::of("Review it") };
    world.press(1, press.clone()).await;
    let run = world.run().await;
    assert_eq!(run.request.agent.name, "two");
    for words in ["Review this.", "build", "the code"] {
        assert!(run.request.prompt.contains(words), "{}", run.request.prompt);
    }
    world.press(1, press).await;
    world.chat.toasted(&Toast::AlreadyHandedOn(TaskId(2))).await;
    run.answer("fine").await;
    world.say(1, "and now?").await;
    assert_eq!(world.run().await.request.agent.name, "two", "the conversation goes on with that agent");
}

#[tokio::test]
async fn any_result_can_be_passed_on_to_an_agent_that_a_person_chooses() {
    let mut world = world().await;
    world.say(1, "/agent one build").await;
    world.run().await.answer("the code").await;
    world.chat.until("the answer", told("#1 answers")).await;
    world.press(1, Press::PassOn { task: TaskId(1), page: 0 }).await;
    world.chat.until("the picker", told("PassOnPicker")).await;
    world.press(1, Press::PassTo { task: TaskId(1), agent: NameKey::of("three") }).await;
    let run = world.run().await;
    assert_eq!(run.request.agent.name, "three");
    assert!(run.request.prompt.contains("the code"));
    world.press(1, Press::PassOn { task: TaskId(2), page: 0 }).await;
    world.chat.toasted(&Toast::NotEnded).await;
}

#[tokio::test]
async fn two_whose_names_look_alike_work_in_two_worktrees() {
    let mut world = world_of(["инженер", "отладчик"].map(named).into()).await;
    world.say(1, "/race инженер, отладчик: BUILD").await;
    let (a, b) = (world.run().await, world.run().await);
    let mut directories = [&a, &b].map(|run| run.request.workspace.to_str().unwrap().to_owned());
    directories.sort();
    assert_eq!(directories, ["/worktrees/race-1", "/worktrees/race-1-2"]);
}

#[tokio::test]
async fn who_is_stopped_while_the_worktree_is_made_does_not_begin() {
    let mut world = World::of(isolated(), Store::open(&DatabaseLocation::Memory).await.unwrap(), LIMITS);
    world.trees.slow.store(true, Ordering::Relaxed);
    world.say(1, "work").await;
    world.until_done("made task-1-worker").await;
    world.press(1, Press::Stop(TaskId(1))).await;
    world.until_done("removed task-1-worker").await;
    assert_eq!(world.until_ended(TaskId(1)).await.phase, Phase::Finished(Outcome::Stopped));
    world.trees.slow.store(false, Ordering::Relaxed);
    world.say(1, "work").await;
    let run = world.run().await;
    assert_eq!((run.request.task, run.request.lasting), (TaskId(2), false), "the first never began");
}

#[tokio::test]
async fn stopping_a_race_stops_its_tests() {
    let (agents, test) = (["one", "two"].map(named).into(), Some("make test".to_owned()));
    let store = Store::open(&DatabaseLocation::Memory).await.unwrap();
    let mut world = World::tested(agents, store, LIMITS, test);
    world.say(1, "/race one, two: BUILD").await;
    let (a, b) = (world.run().await, world.run().await);
    a.answer("mine").await;
    world.until_ended(TaskId(1)).await;
    world.say(1, "/stop").await;
    b.report(EngineEvent::Ended(Ending::Stopped)).await;
    world.chat.until("the comparison", told("compared 1 Deciding")).await;
    world.say(1, "/stop").await;
    world.chat.until("that there is nothing to stop", told("NothingToStop")).await;
}

#[tokio::test]
async fn what_was_chosen_and_cannot_be_kept_can_be_thrown_away() {
    let mut world = world().await;
    world.say(1, "/race one, two: BUILD").await;
    let (a, b) = (world.run().await, world.run().await);
    a.answer("mine").await;
    b.answer("yours").await;
    world.chat.until("the comparison", told("compared 1 Deciding")).await;
    world.press(1, Press::Discard(TaskId(2))).await;
    world.chat.toasted(&Toast::AlreadyDecided).await;
    *world.trees.unkept.lock().unwrap() = Some("no".to_owned());
    world.press(1, Press::Keep(TaskId(2))).await;
    world.chat.until("that it cannot be kept", told("work of #2 Open")).await;
    world.press(1, Press::Discard(TaskId(2))).await;
    world.chat.until("the decision", told("compared 1 NoneKept")).await;
    world.until_done("removed race-1-two").await;
}

#[tokio::test]
async fn a_first_step_that_is_retried_gets_the_files_again() {
    let mut world = world().await;
    world.send_file(1, "/chain one > two: BUILD").await;
    let run = world.run().await;
    assert_eq!(run.request.attachments.len(), 1);
    fail(run).await;
    world.chat.until("the question", told("chain 1 Waiting")).await;
    world.press(1, Press::RetryStep(TaskId(1))).await;
    let run = world.run().await;
    assert_eq!((run.request.task, run.request.attachments.len()), (TaskId(2), 1));
    run.answer("the plan").await;
    assert_eq!(world.run().await.request.attachments.len(), 0);
}
