//! Questions of the agent: asked in the chat, answered by a button or by the requester's next words.

use tokio::time::Instant;

use crate::domain::approval::Moot;
use crate::domain::card::{Card, QuestionCard};
use crate::domain::delivery::{Delivery, NewDelivery, Priority, Subject};
use crate::domain::dialogue::{Answer, Dialogue};
use crate::domain::history::HistoryEntry;
use crate::ports::EngineOrder;
use crate::store::{StoreError, Tx};

use super::super::advance::{AdvanceError, forget_question, summary};
use super::super::compose::compose;
use super::Actor;

/// The questions of one run.
#[derive(Debug, Default)]
pub(super) struct Questions {
    asked: u32,
    open: Vec<Open>,
}

#[derive(Debug, Clone)]
struct Open {
    number: u32,
    request: String,
    text: String,
    options: Vec<String>,
    /// When its requester is reminded, once.
    remind_at: Option<Instant>,
}

impl Questions {
    /// Whether one waits for an answer.
    pub(super) fn open(&self) -> bool {
        !self.open.is_empty()
    }

    /// When the next reminder is due.
    pub(super) fn reminder(&self) -> Option<Instant> {
        self.open.iter().filter_map(|open| open.remind_at).min()
    }

    /// None waits any more.
    pub(super) fn close(&mut self) {
        self.open.clear();
    }
}

impl Actor {
    pub(super) async fn question(
        &mut self,
        request: &str,
        text: &str,
        options: &[String],
    ) -> Result<(), AdvanceError> {
        let open = Open {
            number: self.questions.asked + 1,
            request: request.to_owned(),
            text: text.to_owned(),
            options: options.to_vec(),
            remind_at: Some(Instant::now() + self.core.limits.approval_timeout),
        };
        let now = self.core.clock.now();
        let mut tx = self.begin().await?;
        tx.append_history(self.task.id, now, &[HistoryEntry::Question { text: open.text.clone() }]).await?;
        let answering = Dialogue::Answering { task: self.task.id, question: open.number };
        tx.save_dialogue(self.task.place, self.task.requester, &answering, now).await?;
        let rows = self.ask(&mut tx, &open).await?;
        self.commit(tx).await?;
        self.questions.asked = open.number;
        self.questions.open.push(open);
        self.count_waiting();
        self.core.lanes.deliver(rows);
        Ok(())
    }

    async fn ask(&self, tx: &mut Tx, open: &Open) -> Result<Vec<Delivery>, StoreError> {
        let mut rows = Vec::new();
        if let Some(message) = compose(&*self.core.chat, &self.question_card(open, None, None)).pop() {
            let place = self.task.place;
            let delivery = NewDelivery::message(place, self.task.request, Priority::Approval, message)
                .about(Subject::question(self.task.id, open.number));
            rows.push(tx.enqueue(&delivery, self.core.clock.now()).await?);
        }
        Ok(rows)
    }

    /// Asks once more what nobody has answered for long. The newest card is the one that changes later.
    pub(super) async fn remind(&mut self) -> Result<(), AdvanceError> {
        let now = Instant::now();
        let is_due = |open: &Open| open.remind_at.is_some_and(|due| due <= now);
        let mut tx = self.begin().await?;
        let mut rows = Vec::new();
        for open in self.questions.open.iter().filter(|open| is_due(open)) {
            rows.extend(self.ask(&mut tx, open).await?);
        }
        self.commit(tx).await?;
        self.questions.open.iter_mut().filter(|open| is_due(open)).for_each(|open| open.remind_at = None);
        self.core.lanes.deliver(rows);
        Ok(())
    }

    /// A person's answer, whose update is committed as applied.
    pub(super) async fn answered(&mut self, question: u32, answer: &Answer) -> Result<(), AdvanceError> {
        let asked = self.questions.open.iter().find(|open| open.number == question);
        let Some(open) = asked.cloned() else { return Ok(()) };
        let text = match answer {
            Answer::Words(words) => words.clone(),
            Answer::Option(option) => match open.options.get(usize::from(*option)) {
                Some(option) => option.clone(),
                None => return Ok(()),
            },
        };
        let now = self.core.clock.now();
        let mut tx = self.begin().await?;
        tx.append_history(self.task.id, now, &[HistoryEntry::Answer { text: text.clone() }]).await?;
        let rows = self.change_card(&mut tx, &open, Some(text.clone()), None).await?;
        self.commit(tx).await?;
        self.questions.open.retain(|open| open.number != question);
        self.core.lanes.deliver(rows);
        self.progress.question = None;
        self.count_waiting();
        let order = EngineOrder::Answer { request: open.request, text };
        if self.handle.orders.try_send(order).is_err() {
            tracing::warn!("the engine takes no answers; it is told to stop");
            self.stop_engine();
        }
        Ok(())
    }

    /// The engine took a question back: it can no longer be answered.
    pub(super) async fn question_withdrawn(&mut self, request: &str) -> Result<(), AdvanceError> {
        let asked = self.questions.open.iter().find(|open| open.request == request);
        let Some(open) = asked.cloned() else { return Ok(()) };
        let (now, number) = (self.core.clock.now(), open.number);
        let mut tx = self.begin().await?;
        tx.append_history(self.task.id, now, &[HistoryEntry::Withdrawn { question: number }]).await?;
        forget_question(&mut tx, &self.task, Some(number), now).await?;
        let rows = self.change_card(&mut tx, &open, None, Some(Moot::Withdrawn)).await?;
        self.commit(tx).await?;
        self.questions.open.retain(|open| open.number != number);
        self.progress.question = None;
        self.count_waiting();
        self.card_changed();
        self.core.lanes.deliver(rows);
        Ok(())
    }

    /// The task ends: its open questions can no longer be answered.
    pub(super) async fn close_questions(&self, tx: &mut Tx) -> Result<Vec<Delivery>, StoreError> {
        let mut rows = Vec::new();
        for open in &self.questions.open {
            rows.extend(self.change_card(tx, open, None, Some(Moot::Over)).await?);
        }
        Ok(rows)
    }

    async fn change_card(
        &self,
        tx: &mut Tx,
        open: &Open,
        answer: Option<String>,
        closed: Option<Moot>,
    ) -> Result<Vec<Delivery>, StoreError> {
        let mut rows = Vec::new();
        if let Some(message) = compose(&*self.core.chat, &self.question_card(open, answer, closed)).pop() {
            let subject = Subject::question(self.task.id, open.number);
            let edit = NewDelivery::edit(self.task.place, subject, message);
            rows.push(tx.enqueue(&edit, self.core.clock.now()).await?);
        }
        Ok(rows)
    }

    fn question_card(&self, open: &Open, answer: Option<String>, closed: Option<Moot>) -> Card {
        Card::Question(QuestionCard {
            task: summary(&self.task),
            number: open.number,
            text: open.text.clone(),
            options: open.options.clone(),
            answer,
            closed,
            rings: self.settings.rings.question(),
        })
    }
}
