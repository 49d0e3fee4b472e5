//! One task from its command to its end, killed at a chosen point on its way and started again.

use adjutant::playground::{Fault, FaultKind};
use tokio::time::{Duration, Instant};

use crate::books::Books;
use crate::random::Random;
use crate::trap;
use crate::world::{GLANCE, Place, World};

/// Right before a commit.
pub(crate) struct Commit {
    what: &'static str,
    /// The beginning of the trigger that stops there.
    trap: &'static str,
    ends: Ends,
}

/// How the task must end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ends {
    /// Nothing had been begun: it is done after the restart.
    Done,
    /// A run had been begun, and nothing is run twice.
    Interrupted,
    /// The two race at this point.
    Either,
}

const fn before(what: &'static str, trap: &'static str, ends: Ends) -> Commit {
    Commit { what, trap, ends }
}

/// All commit points, in the order of their way.
#[rustfmt::skip]
pub(crate) const COMMITS: &[Commit] = &[
    before("a command is stored", "BEFORE INSERT ON updates", Ends::Done),
    before("its task is made", "BEFORE INSERT ON tasks", Ends::Done),
    before("its card is put on its way", "BEFORE INSERT ON outbox", Ends::Done),
    before("it is marked as applied", "BEFORE UPDATE ON updates WHEN NEW.status = 'applied'", Ends::Done),
    before("its card is booked as delivered", "BEFORE UPDATE ON outbox WHEN NEW.status = 'delivered' AND NEW.priority = 2", Ends::Either),
    before("the place of its card is noted", "BEFORE INSERT ON posts", Ends::Either),
    before("its run is noted", "BEFORE INSERT ON runs", Ends::Done),
    before("it has started", "BEFORE UPDATE ON tasks WHEN NEW.phase = 'starting'", Ends::Done),
    before("it is at work", "BEFORE UPDATE ON tasks WHEN NEW.phase = 'running' AND OLD.phase = 'starting'", Ends::Interrupted),
    before("its session is kept", "BEFORE INSERT ON conversations WHEN NEW.session IS NOT NULL", Ends::Interrupted),
    before("it waits for an approval", "BEFORE UPDATE ON tasks WHEN NEW.phase = 'awaiting_approval'", Ends::Interrupted),
    before("the approval is stored", "BEFORE INSERT ON approvals", Ends::Interrupted),
    before("the approval is put on its way", "BEFORE INSERT ON outbox WHEN NEW.priority = 0", Ends::Interrupted),
    before("the approval is booked as delivered", "BEFORE UPDATE ON outbox WHEN NEW.status = 'delivered' AND NEW.priority = 0", Ends::Interrupted),
    before("a press is stored", "BEFORE INSERT ON updates WHEN NEW.body LIKE '%callback_query%'", Ends::Interrupted),
    before("the approval is granted", "BEFORE UPDATE ON approvals WHEN NEW.status = 'granted'", Ends::Interrupted),
    before("the press is marked as applied", "BEFORE UPDATE ON updates WHEN NEW.status = 'applied' AND NEW.body LIKE '%callback_query%'", Ends::Interrupted),
    before("it has ended", "BEFORE UPDATE ON tasks WHEN NEW.phase = 'finished'", Ends::Interrupted),
    before("its answer is put on its way", "BEFORE INSERT ON outbox WHEN NEW.priority = 1", Ends::Interrupted),
    before("its folded card is put on its way", "BEFORE INSERT ON outbox WHEN NEW.kind = 'edit' AND NEW.subject LIKE 'task:%'", Ends::Interrupted),
    before("its run is noted as ended", "BEFORE UPDATE ON runs WHEN NEW.ended_at IS NOT NULL", Ends::Interrupted),
    before("its answer is booked as delivered", "BEFORE UPDATE ON outbox WHEN NEW.status = 'delivered' AND NEW.priority = 1", Ends::Done),
    before("its folded card is booked as delivered", "BEFORE UPDATE ON outbox WHEN NEW.status = 'delivered' AND NEW.priority = 3 AND NEW.subject LIKE 'task:%'", Ends::Done),
];

/// Kills right before a commit, then sees it through.
pub(crate) async fn die_before_commit(point: &Commit) {
    let mut world = World::start().await;
    let mut random = Random::new(0);
    let place = World::place(0);
    // With a first task behind it, everything is in use once; its session would be in the way of the trap.
    world.ask(place, "quick").await;
    world.rest(&mut random).await;
    let database = world.home.database();
    trap::lay(&database, point.trap).await;
    let request = world.ask(World::place(1), "asks").await;
    let sprung = {
        let trapped = trap::sprung(&database);
        tokio::pin!(trapped);
        loop {
            tokio::select! {
                sprung = &mut trapped => break sprung,
                () = world.chats.catch_up(GLANCE) => allow(&mut world, World::place(1)).await,
            }
        }
    };
    assert!(sprung, "nothing is written when {}\n{}", point.what, world.home.log());
    world.kill().await;
    trap::remove(&database).await;
    see_through(world, request, point.ends, &format!("before {}", point.what)).await;
}

async fn allow(world: &mut World, place: Place) {
    if world.allowed.is_empty()
        && let Some(card) = world.offering(place.chat, "Allow").first()
    {
        world.press(place, card.message_id, "Allow").await;
    }
}

/// Around a call to Telegram.
pub(crate) struct Call {
    what: &'static str,
    method: &'static str,
    fault: FaultKind,
    /// From which moment on the next such call is the one that is meant.
    from: Moment,
    ends: Ends,
}

/// A moment on the way of the task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Moment {
    Command,
    Card,
    Approval,
}

/// A call that is cut before it is carried out.
const fn call(what: &'static str, method: &'static str, from: Moment, ends: Ends) -> Call {
    Call { what, method, fault: FaultKind::ResetBefore, from, ends }
}

/// A call that is carried out and then cut, so that its answer is lost.
const fn lost(what: &'static str, method: &'static str, from: Moment, ends: Ends) -> Call {
    Call { what, method, fault: FaultKind::ResetAfter, from, ends }
}

/// The calls, in the order of their way.
#[rustfmt::skip]
pub(crate) const CALLS: &[Call] = &[
    call("the command is acknowledged", "getUpdates", Moment::Command, Ends::Either),
    call("its card is sent", "sendMessage", Moment::Command, Ends::Either),
    lost("its card is sent", "sendMessage", Moment::Command, Ends::Either),
    call("its card is changed", "editMessageText", Moment::Command, Ends::Either),
    lost("its card is changed", "editMessageText", Moment::Command, Ends::Either),
    call("the approval is sent", "sendMessage", Moment::Card, Ends::Interrupted),
    lost("the approval is sent", "sendMessage", Moment::Card, Ends::Interrupted),
    lost("the press is fetched", "getUpdates", Moment::Command, Ends::Interrupted),
    call("the press is acknowledged", "getUpdates", Moment::Approval, Ends::Either),
    call("the press is answered", "answerCallbackQuery", Moment::Approval, Ends::Either),
    lost("the press is answered", "answerCallbackQuery", Moment::Approval, Ends::Either),
    call("the approval is changed", "editMessageText", Moment::Approval, Ends::Either),
    lost("the approval is changed", "editMessageText", Moment::Approval, Ends::Either),
    call("its answer is sent", "sendMessage", Moment::Approval, Ends::Done),
    lost("its answer is sent", "sendMessage", Moment::Approval, Ends::Done),
];

/// Kills when a call has been cut, before the bot tries it again.
pub(crate) async fn die_around_call(point: &Call) {
    let mut world = World::start().await;
    let place = World::place(0);
    world.ask(place, "quick").await;
    world.rest(&mut Random::new(0)).await;
    let known = world.sim.calls(0).await.next;
    if point.from == Moment::Command {
        world.trouble(&Fault::next(point.method, point.fault)).await;
    }
    let request = world.ask(place, "asks").await;
    if point.from == Moment::Card {
        world.offered(place.chat, "Stop").await;
        world.trouble(&Fault::next(point.method, point.fault)).await;
    }
    if point.from == Moment::Approval {
        world.offered(place.chat, "Allow").await;
        world.trouble(&Fault::next(point.method, point.fault)).await;
    }
    let begun = Instant::now();
    while !world.sim.calls(known).await.calls.iter().any(|call| call.error_code == Some(0)) {
        world.chats.catch_up(Duration::from_millis(1)).await;
        allow(&mut world, place).await;
        let log = || world.home.log();
        assert!(begun.elapsed() < Duration::from_secs(10), "no call when {}\n{}", point.what, log());
    }
    world.kill().await;
    see_through(world, request, point.ends, &format!("({:?}) when {}", point.fault, point.what)).await;
}

/// Starts it again, lets everything come to rest, and checks how the task ended.
async fn see_through(mut world: World, request: i64, ends: Ends, when: &str) {
    world.serve();
    // Somebody who allows everything.
    world.rest(&mut Random::new(0)).await;
    world.check(when).await;
    let mut books = Books::open(&world.home.database()).await;
    let tasks = books.tasks().await;
    books.close().await;
    let task = tasks.iter().rfind(|task| task.request_message == request).expect("it was asked for");
    let outcome = task.outcome.as_deref();
    let fits = match ends {
        Ends::Done => outcome == Some("succeeded"),
        Ends::Interrupted => outcome == Some("interrupted"),
        Ends::Either => matches!(outcome, Some("succeeded" | "interrupted")),
    };
    assert!(fits, "killed {when}, the task ended as {outcome:?} instead of {ends:?}\n{}", world.home.log());
    println!("killed {when}: {}", outcome.unwrap_or("none"));
    world.end().await;
}
