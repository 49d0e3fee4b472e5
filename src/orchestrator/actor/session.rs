//! What a run says of its session: its name, its title, the commands it offers, and that an earlier one is gone.

use crate::domain::card::{Card, Notice};
use crate::domain::conversation::Offered;
use crate::domain::delivery::{NewDelivery, Priority};
use crate::domain::event::{OfferedCommand, TaskEvent};
use crate::domain::history::HistoryEntry;
use crate::domain::ids::SessionId;
use crate::domain::session::KnownSession;
use crate::domain::task::{Phase, Task};

use super::super::advance::AdvanceError;
use super::super::compose::compose;
use super::Actor;

/// What is known of the run's session, and stored, so that nothing is stored twice.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// The session that the run was told to continue.
    resumed: Option<SessionId>,
    id: Option<SessionId>,
    offered: Option<Offered>,
    title: Option<String>,
    lost: bool,
}

impl Known {
    /// Before the run has said anything: what it was told to continue, and the commands that its conversation knows of.
    pub(super) fn new(resumed: Option<SessionId>, offered: Option<Offered>) -> Self {
        Self { resumed, offered, ..Self::default() }
    }
}

impl Actor {
    /// The session is committed at once: the next message, perhaps after a restart, continues it.
    pub(super) async fn session_opened(&mut self, session: &SessionId) -> Result<(), AdvanceError> {
        let mut tx = self.begin().await?;
        if let Phase::Starting { .. } = self.task.phase {
            self.step_in(&mut tx, TaskEvent::Running { run: self.run }).await?;
        }
        let opened = TaskEvent::SessionOpened { run: self.run, session: session.clone() };
        self.step_in(&mut tx, opened).await?.commit(self, tx).await?;
        self.session.id = Some(session.clone());
        self.titled().await
    }

    /// The chat is told, once, that what was said before is no longer known to the agent.
    pub(super) async fn session_lost(&mut self) -> Result<(), AdvanceError> {
        if self.session.lost {
            return Ok(());
        }
        let now = self.core.clock.now();
        let mut tx = self.begin().await?;
        tx.append_history(self.task.id, now, &[HistoryEntry::SessionLost]).await?;
        if let Some(gone) = &self.session.resumed {
            let Task { place, engine, workspace, .. } = &self.task;
            let mut conversation = tx.conversation(*place).await?;
            conversation.forget(engine, gone);
            tx.save_conversation(&conversation, now).await?;
            tx.forget_session(KnownSession::key_of(engine, workspace, gone)).await?;
        }
        let mut rows = Vec::new();
        for message in compose(&*self.core.chat, &Card::Notice(Notice::SessionLost)) {
            let (place, request) = (self.task.place, self.task.request);
            let delivery = NewDelivery::message(place, request, Priority::Message, message);
            rows.push(tx.enqueue(&delivery, now).await?);
        }
        self.commit(tx).await?;
        self.session.lost = true;
        self.core.lanes.deliver(rows);
        Ok(())
    }

    /// The chat is told that something is not as the agent's definition wants it.
    pub(super) async fn warned(&mut self, text: &str) -> Result<(), AdvanceError> {
        let now = self.core.clock.now();
        let mut tx = self.begin().await?;
        let entry = HistoryEntry::Warned { text: text.to_owned() };
        tx.append_history(self.task.id, now, &[entry]).await?;
        let notice = Notice::Warning { task: self.task.id, text: text.to_owned() };
        let mut rows = Vec::new();
        for message in compose(&*self.core.chat, &Card::Notice(notice)) {
            let (place, request) = (self.task.place, self.task.request);
            let delivery = NewDelivery::message(place, request, Priority::Message, message);
            rows.push(tx.enqueue(&delivery, now).await?);
        }
        self.commit(tx).await?;
        self.core.lanes.deliver(rows);
        Ok(())
    }

    /// Keeps the session's title, which was folded into the progress, in the list of sessions.
    pub(super) async fn titled(&mut self) -> Result<(), AdvanceError> {
        let title = self.progress.title.clone().filter(|title| self.session.title.as_ref() != Some(title));
        let (Some(title), Some(id)) = (title, &self.session.id) else { return Ok(()) };
        let key = KnownSession::key_of(&self.task.engine, &self.task.workspace, id);
        let mut tx = self.begin().await?;
        if let Some(known) = tx.session(key).await? {
            tx.save_session(&KnownSession { title: title.clone(), ..known }).await?;
        }
        self.commit(tx).await?;
        self.session.title = Some(title);
        Ok(())
    }

    /// Keeps the session's commands with the conversation.
    pub(super) async fn commands_offered(&mut self, commands: &[OfferedCommand]) -> Result<(), AdvanceError> {
        let offered = Some(Offered::of(&self.task, commands));
        if self.session.offered == offered {
            return Ok(());
        }
        let mut tx = self.begin().await?;
        let mut conversation = tx.conversation(self.task.place).await?;
        conversation.offered.clone_from(&offered);
        tx.save_conversation(&conversation, self.core.clock.now()).await?;
        self.commit(tx).await?;
        self.session.offered = offered;
        Ok(())
    }
}
