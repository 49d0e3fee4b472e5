//! The task that works on one lane: delivers what the lane says is next, and tells the lane how it went.

use std::panic::AssertUnwindSafe;
use std::sync::{Arc, PoisonError};

use futures_util::FutureExt;
use tokio::time::Instant;

use crate::domain::delivery::{Delivery, DeliveryKind, Post, Subject};
use crate::domain::ids::{ChatId, MessageId, Place};
use crate::domain::message::{Message, RichText};
use crate::ports::ChatError;
use crate::store::Delivered;

use super::lane::{Item, Next};
use super::{LaneCell, LaneNews, Shared};

/// After so many failures in a row, about 15 seconds, the log tells.
const NOTABLE_FAILURES: u32 = 6;

/// How much of a refusal is shown, in characters.
const REASON: usize = 300;

/// Works on one lane until nothing is left in it.
pub(super) struct Courier {
    pub(super) shared: Arc<Shared>,
    pub(super) cell: Arc<LaneCell>,
}

impl Courier {
    pub(super) async fn run(self) {
        while !self.shared.abandoned.is_cancelled() {
            let next = {
                let mut state = self.cell.lock();
                let next = state.lane.next(Instant::now());
                if next == Next::Idle {
                    state.attended = false;
                    return;
                }
                next
            };
            match next {
                Next::Idle => return,
                Next::Wait(until) => self.wait(until).await,
                Next::Deliver(item) => self.deliver(item).await,
            }
        }
    }

    async fn wait(&self, until: Instant) {
        tokio::select! {
            () = tokio::time::sleep_until(until) => {}
            () = self.cell.changed.notified() => {}
            () = self.shared.abandoned.cancelled() => {}
        }
    }

    async fn deliver(&self, item: Item) {
        if let Item::Live { .. } = item {
            let slot = self.shared.edits.lock().unwrap_or_else(PoisonError::into_inner).take(Instant::now());
            if let Err(until) = slot {
                return self.wait(until).await;
            }
        }
        let begun = Instant::now();
        // A panic must not end the lane; the message that causes it would do so again.
        let attempt = AssertUnwindSafe(self.attempt(&item)).catch_unwind().await;
        let result = attempt.unwrap_or_else(|_| Err(ChatError::Refused("delivering it panicked".to_owned())));
        self.shared.metrics.delivered_in(begun.elapsed());
        match result {
            Ok(post) => self.succeeded(&item, post).await,
            Err(error) => self.went_wrong(&item, error).await,
        }
    }

    /// Sends or edits. The result is where the message stands, if that is news.
    async fn attempt(&self, item: &Item) -> Result<Option<Post>, ChatError> {
        match item {
            Item::Durable(delivery) => match (delivery.what.kind, &delivery.what.subject) {
                (DeliveryKind::Edit, Some(subject)) => {
                    self.edit(delivery.what.place, subject, &delivery.what.message).await
                }
                (DeliveryKind::Send, _) | (DeliveryKind::Edit, None) => self.send(delivery).await.map(Some),
            },
            Item::Live { place, subject, message } => self.edit(*place, subject, message).await,
        }
    }

    async fn send(&self, delivery: &Delivery) -> Result<Post, ChatError> {
        let what = &delivery.what;
        let sent = self.send_new(what.place, what.reply_to, &what.message).await;
        match (&sent, &what.message.document) {
            // The words that go with a file shall arrive without it; an approval is shown in full or not at all.
            (Err(ChatError::Refused(reason)), Some(_)) if what.approval.is_none() => {
                tracing::warn!(place = %what.place, reason, "a file was refused; sending its words alone");
                self.send_new(what.place, what.reply_to, &without_document(&what.message, reason)).await
            }
            _ => sent,
        }
    }

    /// Sends a new message. A topic that is gone falls back to the chat itself, and formatting that the service
    /// refuses to plain text: the words matter more than where and how they stand.
    async fn send_new(
        &self,
        mut place: Place,
        reply_to: Option<MessageId>,
        message: &Message,
    ) -> Result<Post, ChatError> {
        let chat = &self.shared.chat;
        let mut result = chat.send(place, reply_to, message).await;
        if result == Err(ChatError::TopicGone) {
            tracing::warn!(%place, "the topic is gone; writing to the chat itself");
            place.topic = None;
            result = chat.send(place, reply_to, message).await;
        }
        if let Err(ChatError::Refused(reason)) = &result
            && let Some(plain) = plain(message)
        {
            tracing::warn!(%place, reason, "refused with formatting; sending plain text");
            result = chat.send(place, reply_to, &plain).await;
        }
        result.map(|message| Post { chat: place.chat, message })
    }

    /// Changes the message about a subject; where there is none any more, sends it anew.
    async fn edit(
        &self,
        place: Place,
        subject: &Subject,
        message: &Message,
    ) -> Result<Option<Post>, ChatError> {
        let Some(post) = self.post(subject).await? else {
            return self.send_new(place, None, message).await.map(Some);
        };
        let mut result = self.shared.chat.edit(post.chat, post.message, message).await;
        if let Err(ChatError::Refused(reason)) = &result
            && let Some(plain) = plain(message)
        {
            tracing::warn!(%place, reason, "an edit was refused with formatting; trying plain text");
            result = self.shared.chat.edit(post.chat, post.message, &plain).await;
        }
        match result {
            Ok(()) => Ok(None),
            Err(ChatError::TargetGone) => self.send_new(place, None, message).await.map(Some),
            Err(error) => Err(error),
        }
    }

    async fn post(&self, subject: &Subject) -> Result<Option<Post>, ChatError> {
        let remembered = self.cell.lock().lane.post(subject);
        if remembered.is_some() {
            return Ok(remembered);
        }
        self.shared.store.post(subject).await.map_err(|error| ChatError::Unreachable(error.to_string()))
    }

    async fn succeeded(&self, item: &Item, post: Option<Post>) {
        match item {
            Item::Durable(delivery) => {
                let subject = delivery.what.subject.clone();
                self.shared.recorder.record(Delivered { id: delivery.id, subject, result: Ok(post) }).await;
            }
            Item::Live { subject, .. } => {
                if let Some(post) = post {
                    self.shared.moved(subject, post).await;
                }
            }
        }
        self.cell.lock().lane.delivered(item, post, Instant::now());
    }

    async fn went_wrong(&self, item: &Item, error: ChatError) {
        self.shared.metrics.chat_error(kind(&error));
        let chat = chat_of(item);
        let now = Instant::now();
        match error {
            ChatError::RetryAfter(wait) => {
                tracing::warn!(%chat, wait_s = wait.as_secs(), "flood wait");
                self.cell.lock().lane.hold(wait, now);
            }
            ChatError::Unreachable(reason) => {
                let failures = self.cell.lock().lane.retry(now);
                if failures == NOTABLE_FAILURES {
                    tracing::warn!(%chat, reason, failures, "still not delivered; trying on");
                } else {
                    tracing::debug!(%chat, reason, failures, "not delivered; trying again");
                }
            }
            ChatError::Closed(reason) => {
                tracing::warn!(%chat, reason, "the chat is closed to the bot; what waits for it is kept");
                self.cell.lock().lane.close();
            }
            ChatError::Migrated(to) => self.migrated(chat, to).await,
            ChatError::Refused(_) | ChatError::TargetGone | ChatError::TopicGone => {
                self.given_up(item, &error.to_string()).await;
            }
        }
    }

    async fn migrated(&self, from: ChatId, to: ChatId) {
        tracing::info!(%from, %to, "the chat has a new id");
        // Closed until the orchestrator has moved everything: the old id takes nothing more.
        self.cell.lock().lane.close();
        let _ = self.shared.news.send(LaneNews::Migrated { from, to });
    }

    async fn given_up(&self, item: &Item, reason: &str) {
        let chat = chat_of(item);
        match item {
            Item::Durable(_) => tracing::error!(%chat, reason, "a message was refused for good"),
            // The next picture may fare better, and there may be many.
            Item::Live { .. } => tracing::debug!(%chat, reason, "a picture of a task at work was refused"),
        }
        if let Item::Durable(delivery) = item {
            let result = Err(reason.to_owned());
            let subject = delivery.what.subject.clone();
            self.shared.recorder.record(Delivered { id: delivery.id, subject, result }).await;
        }
        let approvals = self.cell.lock().lane.failed(item);
        for approval in approvals {
            let _ = self.shared.news.send(LaneNews::Undeliverable(approval));
        }
    }
}

impl Shared {
    /// A card's message was gone and was sent anew: from now on it is edited there.
    async fn moved(&self, subject: &Subject, post: Post) {
        if let Err(error) = self.store.move_post(subject, post).await {
            tracing::warn!(%error, %subject, "the card's new message is not remembered");
        }
    }
}

/// The message without formatting; `None` when it has none.
fn plain(message: &Message) -> Option<Message> {
    let mut plain = message.clone();
    let formatted = !std::mem::take(&mut plain.body.entities).is_empty();
    formatted.then_some(plain)
}

/// The message without its file, and why.
fn without_document(message: &Message, reason: &str) -> Message {
    let reason: String = reason.chars().take(REASON).collect();
    let text = format!("{}\n\n(Not sent: {reason})", message.body.text);
    let body = RichText { text: text.trim().to_owned(), entities: Vec::new() };
    Message { body, document: None, ..message.clone() }
}

fn chat_of(item: &Item) -> ChatId {
    match item {
        Item::Durable(delivery) => delivery.what.place.chat,
        Item::Live { place, .. } => place.chat,
    }
}

fn kind(error: &ChatError) -> &'static str {
    match error {
        ChatError::RetryAfter(_) => "retry_after",
        ChatError::Unreachable(_) => "unreachable",
        ChatError::TargetGone => "target_gone",
        ChatError::TopicGone => "topic_gone",
        ChatError::Closed(_) => "closed",
        ChatError::Migrated(_) => "migrated",
        ChatError::Refused(_) => "refused",
    }
}
