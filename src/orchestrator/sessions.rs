//! The list of sessions that a conversation can go on with: at once what the store knows, then what the engine tells.

use std::sync::Arc;
use std::time::Duration;

use crate::domain::card::{Card, Notice, SessionLine, SessionPicker, SessionSearch};
use crate::domain::delivery::{NewDelivery, Subject};
use crate::domain::ids::{MessageId, Place, SessionId, Timestamp};
use crate::domain::session::{KnownSession, merge_sessions};
use crate::ports::SessionSummary;
use crate::store::StoreError;

use super::advance::AdvanceError;
use super::compose::compose;
use super::core::{Core, Setup};
use super::patience::Patience;

/// How many sessions are offered.
pub(super) const OFFERED: u32 = 8;

/// How long an engine may take to tell of its sessions.
const SEARCH_TIME: Duration = Duration::from_secs(10);

/// A list that waits for what the engine tells.
#[derive(Debug, Clone)]
pub(super) struct Search {
    /// Where the list stands.
    pub(super) place: Place,
    /// The message that asked for it.
    pub(super) asked: MessageId,
    /// Whose sessions.
    pub(super) setup: Setup,
    /// The one that the next message goes to anyway.
    pub(super) current: Option<SessionId>,
}

impl Search {
    /// The list, as a notice.
    pub(super) fn picker(&self, sessions: &[KnownSession], search: SessionSearch, now: Timestamp) -> Notice {
        let line = |session: &KnownSession| SessionLine {
            key: session.key(),
            title: session.title.clone(),
            age: session.used_at.map(|at| now.since(at)),
            current: self.current.as_ref() == Some(&session.id),
        };
        Notice::SessionPicker(SessionPicker {
            engine: self.setup.engine.clone(),
            workspace: self.setup.workspace.clone(),
            sessions: sessions.iter().map(line).collect(),
            search,
        })
    }

    /// What the list's message is called.
    pub(super) fn subject(&self) -> Subject {
        Subject::sessions(self.place, self.asked)
    }

    fn known(&self, told: SessionSummary) -> KnownSession {
        let Setup { engine, workspace } = self.setup.clone();
        let SessionSummary { id, title, used_at } = told;
        KnownSession { id, engine, workspace, title: KnownSession::title_of(&title), used_at, ours: None }
    }
}

/// Asks the engine, and completes the list with what it tells. In a task of its own: it may start a program.
pub(super) async fn search(core: Arc<Core>, search: Search) {
    let told = tokio::select! {
        told = ask(&core, &search.setup) => told,
        () = core.stopping.cancelled() => return,
    };
    if let Err(reason) = &told {
        tracing::warn!(engine = search.setup.engine, reason, "the engine did not tell of its sessions");
    }
    let mut patience = Patience::new(&core, "a list of sessions");
    while let Err(error) = complete(&core, &search, &told).await {
        if let Err(error) = patience.after(AdvanceError::Store(error)).await {
            return tracing::error!(%error, "a list of sessions could not be completed");
        }
    }
    patience.over();
}

async fn ask(core: &Core, setup: &Setup) -> Result<Vec<SessionSummary>, String> {
    let engine = core.engines.named(&setup.engine).ok_or("It is not configured any more.")?;
    let workspace =
        core.workspaces.named(&setup.workspace).ok_or("The workspace is not configured any more.")?;
    let asked = engine.sessions(workspace.path.clone());
    let late = |_| format!("It did not answer within {} s.", SEARCH_TIME.as_secs());
    tokio::time::timeout(SEARCH_TIME, asked).await.map_err(late)?
}

async fn complete(
    core: &Core,
    search: &Search,
    told: &Result<Vec<SessionSummary>, String>,
) -> Result<(), StoreError> {
    let now = core.clock.now();
    let Setup { engine, workspace } = &search.setup;
    let mut tx = core.store.begin().await?;
    let mut sessions = tx.sessions(engine, workspace, None, OFFERED).await?;
    let stage = match told {
        Ok(told) => {
            let told = told.iter().map(|one| search.known(one.clone())).collect();
            sessions = merge_sessions(sessions, told, OFFERED as usize);
            // A button carries no more than a key: what it means must be found again.
            for session in &sessions {
                tx.save_session(session).await?;
            }
            SessionSearch::Done
        }
        Err(reason) => SessionSearch::Failed { reason: reason.clone() },
    };
    let card = Card::Notice(search.picker(&sessions, stage, now));
    let mut rows = Vec::new();
    if let Some(message) = compose(&*core.chat, &card).pop() {
        let edit = NewDelivery::edit(search.place, search.subject(), message);
        rows.push(tx.enqueue(&edit, now).await?);
    }
    tx.commit().await?;
    core.lanes.deliver(rows);
    Ok(())
}
