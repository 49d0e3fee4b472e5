//! Programs that wait for their next run: who gets them, and when they are closed.

use std::time::Duration;

use tokio::sync::{Notify, mpsc};
use tokio::time::Instant;

use super::*;

const IDLE: Duration = Duration::from_secs(900);

/// A program that tells when it is closed.
struct Fake {
    name: &'static str,
    closed: mpsc::UnboundedSender<&'static str>,
}

impl Idle for Fake {
    fn close(self: Box<Self>) -> BoxFuture<'static, ()> {
        assert_ne!(self.name, "broken at once", "on purpose");
        Box::pin(async move {
            self.closed.send(self.name).unwrap();
            assert_ne!(self.name, "broken", "on purpose");
        })
    }
}

struct Bench {
    sessions: Sessions,
    sender: mpsc::UnboundedSender<&'static str>,
    closed: mpsc::UnboundedReceiver<&'static str>,
}

fn key(session: &str) -> SessionKey {
    SessionKey {
        engine: "claude".to_owned(),
        session: SessionId(session.to_owned()),
        workspace: "/work".into(),
        setup: "setup".to_owned(),
    }
}

impl Bench {
    fn new(living: usize) -> Self {
        let (sender, closed) = mpsc::unbounded_channel();
        Self { sessions: Sessions::new(SessionLimits { idle: IDLE, living }), sender, closed }
    }

    fn fake(&self, name: &'static str) -> Fake {
        Fake { name, closed: self.sender.clone() }
    }

    /// A run in a session of this name, which is over: its program is kept.
    fn kept(&self, name: &'static str) {
        self.keep(key(name), name);
    }

    fn keep(&self, key: SessionKey, name: &'static str) {
        let living = self.sessions.admit();
        self.sessions.keep(key, self.fake(name), living);
    }

    fn take(&self, key: &SessionKey) -> Option<(&'static str, Living)> {
        self.sessions.take::<Fake>(key).map(|(fake, living)| (fake.name, living))
    }

    /// All that have been closed so far.
    async fn closed(&mut self) -> Vec<&'static str> {
        // Nothing here waits for anything but its turn.
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
        std::iter::from_fn(|| self.closed.try_recv().ok()).collect()
    }

    fn counts(&self) -> (usize, usize, usize) {
        let state = lock(&self.sessions.state);
        (state.living, state.idle.len(), state.leaving)
    }
}

#[tokio::test(start_paused = true)]
async fn a_program_is_closed_after_the_idle_time() {
    let mut bench = Bench::new(10);
    let begun = Instant::now();
    bench.kept("one");
    tokio::time::advance(IDLE / 2).await;
    bench.kept("two");
    assert_eq!(bench.closed.recv().await, Some("one"));
    assert_eq!(begun.elapsed().as_secs(), IDLE.as_secs());
    assert_eq!(bench.closed.recv().await, Some("two"));
    assert_eq!(begun.elapsed().as_secs(), (IDLE + IDLE / 2).as_secs());
    assert_eq!(bench.closed().await, [""; 0]);
    assert_eq!(bench.counts(), (0, 0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_program_is_taken_within_the_idle_time_and_by_its_own_key_only() {
    let mut bench = Bench::new(10);
    bench.kept("one");
    for other in [SessionKey { engine: "codex".to_owned(), ..key("one") }, key("two")] {
        assert!(bench.take(&other).is_none());
    }
    tokio::time::advance(IDLE - Duration::from_secs(1)).await;
    let (name, living) = bench.take(&key("one")).unwrap();
    assert_eq!(name, "one");
    assert!(bench.take(&key("one")).is_none(), "taken twice");
    // While it runs, the idle time does not go on.
    tokio::time::advance(IDLE * 2).await;
    assert_eq!(bench.closed().await, [""; 0]);
    assert_eq!(bench.counts(), (1, 0, 0));
    let begun = Instant::now();
    bench.sessions.keep(key("one"), bench.fake("again"), living);
    assert_eq!(bench.closed.recv().await, Some("again"));
    assert_eq!(begun.elapsed().as_secs(), IDLE.as_secs());
}

#[tokio::test(start_paused = true)]
async fn a_program_for_another_setup_is_closed_when_its_session_goes_on_elsewhere() {
    for other in [
        SessionKey { setup: "another".to_owned(), ..key("one") },
        SessionKey { workspace: "/elsewhere".into(), ..key("one") },
    ] {
        let mut bench = Bench::new(10);
        bench.kept("one");
        bench.kept("two");
        assert!(bench.take(&other).is_none());
        assert_eq!(bench.closed().await, ["one"]);
        bench.keep(other, "changed");
        bench.kept("one");
        assert_eq!(bench.closed().await, ["changed"]);
        assert!(bench.take(&key("two")).is_some());
    }
}

#[tokio::test(start_paused = true)]
async fn the_longest_idle_makes_room_and_no_running_one_ever_does() {
    let mut bench = Bench::new(2);
    let running = [bench.sessions.admit(), bench.sessions.admit(), bench.sessions.admit()];
    assert_eq!(bench.closed().await, [""; 0]);
    drop(running);
    bench.kept("one");
    bench.kept("two");
    assert_eq!(bench.closed().await, [""; 0]);
    bench.kept("three");
    assert_eq!(bench.closed().await, ["one"]);
    let (_, living) = bench.take(&key("two")).unwrap();
    let another = bench.sessions.admit();
    assert_eq!(bench.closed().await, ["three"]);
    // Too many run: whatever is kept goes at once, until there is room.
    let third = bench.sessions.admit();
    bench.sessions.keep(key("four"), bench.fake("four"), third);
    assert_eq!(bench.closed().await, ["four"]);
    drop(living);
    bench.kept("five");
    assert_eq!(bench.closed().await, [""; 0]);
    drop(another);
    assert_eq!(bench.counts(), (1, 1, 0));
}

/// A program that takes its time to close.
struct Slow(Arc<Notify>);

impl Idle for Slow {
    fn close(self: Box<Self>) -> BoxFuture<'static, ()> {
        Box::pin(async move { self.0.notified().await })
    }
}

#[tokio::test(start_paused = true)]
async fn one_that_takes_long_to_close_makes_room_only_once() {
    let mut bench = Bench::new(3);
    let gone = Arc::new(Notify::new());
    let living = bench.sessions.admit();
    bench.sessions.keep(key("slow"), Slow(Arc::clone(&gone)), living);
    bench.kept("one");
    bench.kept("two");
    // The slow one goes. It lives on for a while, for which the others need not suffer.
    bench.kept("three");
    assert_eq!(bench.closed().await, [""; 0]);
    assert_eq!(bench.counts(), (4, 3, 1));
    gone.notify_one();
    assert_eq!(bench.closed().await, [""; 0]);
    assert_eq!(bench.counts(), (3, 3, 0));
}

#[tokio::test(start_paused = true)]
async fn closing_all_waits_for_every_one_and_keeps_none_any_more() {
    let mut bench = Bench::new(3);
    let gone = Arc::new(Notify::new());
    let living = bench.sessions.admit();
    bench.sessions.keep(key("slow"), Slow(Arc::clone(&gone)), living);
    bench.kept("one");
    bench.kept("two");
    let running = bench.sessions.admit();
    // The slow one is being closed already.
    assert_eq!(bench.counts(), (4, 2, 1));
    let mut closing = Box::pin({
        let sessions = bench.sessions.clone();
        async move { sessions.close_all().await }
    });
    assert!(futures_util::poll!(&mut closing).is_pending());
    assert_eq!(bench.closed().await, ["one", "two"]);
    assert!(futures_util::poll!(&mut closing).is_pending());
    gone.notify_one();
    closing.await;
    bench.sessions.keep(key("late"), bench.fake("late"), running);
    assert_eq!(bench.closed().await, ["late"]);
    assert!(bench.take(&key("late")).is_none());
    assert_eq!(bench.counts(), (0, 0, 0));
    bench.sessions.close_all().await;
}

#[tokio::test(start_paused = true)]
async fn a_program_that_breaks_while_it_is_closed_breaks_nothing() {
    let mut bench = Bench::new(2);
    bench.kept("broken");
    bench.kept("broken at once");
    bench.kept("one");
    bench.kept("two");
    assert_eq!(bench.closed().await, ["broken"]);
    assert_eq!(bench.counts(), (2, 2, 0));
    bench.kept("broken");
    assert_eq!(bench.closed().await, ["one"]);
    bench.sessions.close_all().await;
    assert_eq!(bench.closed().await, ["two", "broken"]);
    assert_eq!(bench.counts(), (0, 0, 0));
}

#[tokio::test(start_paused = true)]
async fn the_clock_of_a_program_that_was_taken_stops() {
    let mut bench = Bench::new(10);
    for _ in 0..100 {
        bench.kept("one");
        drop(bench.take(&key("one")));
    }
    assert_eq!(bench.closed().await, [""; 0]);
    assert_eq!(tokio::runtime::Handle::current().metrics().num_alive_tasks(), 0);
    assert_eq!(bench.counts(), (0, 0, 0));
}
