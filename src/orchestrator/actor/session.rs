//! What a run says of its session: its name, its title, the commands it offers, and that an earlier one is gone.

use crate::domain::card::{Card, Notice};
use crate::domain::conversation::Offered;
use crate::domain::delivery::{NewDelivery, Priority};
use crate::domain::event::{Offers, TaskEvent};
use crate::domain::history::HistoryEntry;
use crate::domain::ids::SessionId;
use crate::domain::task::Phase;

use super::super::advance::AdvanceError;
use super::super::compose::compose;
use super::Actor;

/// What is stored of the run's session, so that nothing is stored twice.
#[derive(Debug, Default)]
pub(super) struct Known {
    pub(super) offered: Option<Offered>,
    title: Option<String>,
    lost: bool,
}

impl Known {
    /// Before the run has said anything: the commands that the conversation knows of.
    pub(super) fn new(offered: Option<Offered>) -> Self {
        Self { offered, ..Self::default() }
    }
}

impl Actor {
    /// The session is committed at once: the next message, perhaps after a restart, continues it.
    pub(super) async fn session_opened(&mut self, session: &SessionId) -> Result<(), AdvanceError> {
        let mut tx = self.begin().await?;
        if let Phase::Starting { .. } = self.task.phase {
            self.step_in(&mut tx, TaskEvent::Running { run: self.run }).await?;
        }
        let session = session.clone();
        let opened = self.step_in(&mut tx, TaskEvent::SessionOpened { run: self.run, session }).await?;
        opened.commit(self, tx).await
    }

    /// The chat is told, once, that what was said before is no longer known to the agent.
    pub(super) async fn session_lost(&mut self) -> Result<(), AdvanceError> {
        if self.session.lost {
            return Ok(());
        }
        let now = self.core.clock.now();
        let mut tx = self.begin().await?;
        tx.append_history(self.task.id, now, &[HistoryEntry::SessionLost]).await?;
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

    /// Keeps the session's title, which was folded into the progress.
    pub(super) async fn titled(&mut self) -> Result<(), AdvanceError> {
        let Some(title) =
            self.progress.title.clone().filter(|title| self.session.title.as_ref() != Some(title))
        else {
            return Ok(());
        };
        let mut tx = self.begin().await?;
        tx.set_run_title(self.run, &title).await?;
        self.commit(tx).await?;
        self.session.title = Some(title);
        Ok(())
    }

    /// Keeps the session's commands with the conversation.
    pub(super) async fn offered(&mut self, offers: &Offers) -> Result<(), AdvanceError> {
        let offered = Some(Offered::of(&self.task, &offers.commands));
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
