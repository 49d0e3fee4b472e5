//! No program of an engine outlives Adjutant, nor holds it up.

use std::sync::atomic::{AtomicBool, Ordering};

use super::*;
use crate::domain::ids::SessionId;
use crate::engines::sessions::{Idle, SessionKey, SessionLimits};
use crate::ports::BoxFuture;

/// A program without work.
struct Program {
    closed: Arc<AtomicBool>,
    /// Whether it ends when it is asked to.
    obeys: bool,
}

impl Idle for Program {
    fn close(self: Box<Self>) -> BoxFuture<'static, ()> {
        Box::pin(async move {
            if !self.obeys {
                std::future::pending::<()>().await;
            }
            self.closed.store(true, Ordering::SeqCst);
        })
    }
}

/// Shuts down with one program up; whether it has ended in time.
async fn shut_down(obeys: bool) -> bool {
    let sessions = Sessions::new(SessionLimits { idle: Duration::from_secs(900), living: 8 });
    let closed = Arc::new(AtomicBool::new(false));
    let key = SessionKey {
        engine: "codex".to_owned(),
        session: SessionId("s".to_owned()),
        workspace: PathBuf::from("/w"),
        setup: String::new(),
    };
    let program = Program { closed: Arc::clone(&closed), obeys };
    sessions.keep(key, program, sessions.admit());
    let shutdown = CancellationToken::new();
    shutdown.cancel();
    close(&sessions, &shutdown).await;
    closed.load(Ordering::SeqCst)
}

#[tokio::test(start_paused = true)]
async fn programs_without_work_end_with_adjutant() {
    assert!(shut_down(true).await);
}

#[tokio::test(start_paused = true)]
async fn a_program_that_does_not_end_holds_nobody_up() {
    let begun = tokio::time::Instant::now();
    assert!(!shut_down(false).await);
    assert_eq!(begun.elapsed(), CLOSING_TIME);
}
