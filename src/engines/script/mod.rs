//! The `script` engine: goes through the steps that stand in an agent's file. No model, no key, no network; it never
//! pretends to think. It is for trying Adjutant out, for fixed chores, and for the tests of everything around engines.
//!
//! Owns the script language and its execution. Knows nothing of chats, and of processes only that they are trees.

mod command;
mod files;
mod link;
mod parse;
mod run;
mod scope;
mod steps;
mod template;
#[cfg(test)]
mod tests;

use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::time::Duration;

use futures_util::FutureExt;
use tokio::sync::mpsc;

use self::link::{Halt, Link};
use self::run::Run;
use self::steps::Script;
use crate::domain::agent::AgentSpec;
use crate::domain::event::{Ending, EngineEvent};
use crate::ports::{Engine, RunHandle, RunRequest};

/// How many events may wait to be read before a run waits for its reader.
const EVENTS: usize = 64;

/// How many orders may wait to be read.
const ORDERS: usize = 16;

/// Runs agents whose file holds a script.
#[derive(Debug, Clone)]
pub struct ScriptEngine {
    guard: PathBuf,
    chunk_delay: Duration,
}

impl ScriptEngine {
    /// How long it usually waits after each piece of an answer, so that a person can see it grow.
    pub const CHUNK_DELAY: Duration = Duration::from_millis(30);

    /// An engine that starts commands through `guard` (see [`super::guard::program`]) and waits `chunk_delay` after
    /// each piece of an answer.
    #[must_use]
    pub fn new(guard: PathBuf, chunk_delay: Duration) -> Self {
        Self { guard, chunk_delay }
    }
}

impl Engine for ScriptEngine {
    fn kind(&self) -> &'static str {
        "script"
    }

    fn check(&self, agent: &AgentSpec) -> Result<(), String> {
        Script::parse(&agent.instructions).map(drop)
    }

    fn start(&self, request: RunRequest) -> RunHandle {
        let (events, reader) = mpsc::channel(EVENTS);
        let (sender, orders) = mpsc::channel(ORDERS);
        let link = Link::new(events.clone(), orders);
        tokio::spawn(until_ended(events, self.clone().play(request, link)));
        RunHandle { events: reader, orders: sender }
    }
}

impl ScriptEngine {
    async fn play(self, request: RunRequest, link: Link) -> Result<(), Halt> {
        let script = Script::parse(&request.agent.instructions).map_err(Halt::Failed)?;
        Run::new(self, request, link)?.play(script).await
    }
}

/// Carries a run out and reports its ending, whatever happens, as the last event.
async fn until_ended(events: mpsc::Sender<EngineEvent>, run: impl Future<Output = Result<(), Halt>>) {
    // The link goes with the future, so that nobody can wait to give an order to a run that has ended.
    let ending = match AssertUnwindSafe(run).catch_unwind().await {
        Ok(Ok(())) => Ending::Completed,
        Ok(Err(Halt::Failed(reason))) => Ending::Failed { reason },
        Ok(Err(Halt::Stopped)) => Ending::Stopped,
        Err(_) => Ending::Failed { reason: "the script engine made a mistake; see the log".to_owned() },
    };
    // When nobody reads any more, nobody wants to know.
    let _ = events.send(EngineEvent::Ended(ending)).await;
}
