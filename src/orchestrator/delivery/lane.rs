//! One chat's lane: what is delivered next, and when. Pure: time comes in, nothing is sent from here.
//!
//! Order: approvals, finals, new messages, edits. Edits of one message coalesce to the latest. A flood wait or a
//! closed chat holds this lane and no other.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use tokio::time::Instant;

use crate::domain::delivery::{Delivery, DeliveryId, DeliveryKind, Post, Priority, Subject};
use crate::domain::ids::{ApprovalId, Place};
use crate::domain::message::Message;
use crate::ports::Pace;

/// How far results and approvals may run ahead of the pace, in messages.
const OVERDRAFT: f64 = 3.0;

/// How much the pace may slow down after flood waits.
const SLOWEST: f64 = 16.0;

/// The longest pause between two tries while the chat service does not answer.
const LONGEST_BACKOFF: Duration = Duration::from_secs(30);

/// The longest pause that is believed before asking again.
const LONGEST_HOLD: Duration = Duration::from_secs(24 * 3600);

/// How many delivered subjects a lane remembers; older ones are looked up.
const REMEMBERED_POSTS: usize = 64;

/// What is to be delivered.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Item {
    /// A row of the outbox.
    Durable(Box<Delivery>),
    /// A picture of a task at work, overtaken by the next one.
    Live {
        /// Where.
        place: Place,
        /// Whose card.
        subject: Subject,
        /// How it looks now.
        message: Message,
    },
}

/// What the lane wants to do.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Next {
    /// Deliver this, then report with one of [`Lane::delivered`], [`Lane::failed`], [`Lane::retry`], ….
    Deliver(Item),
    /// Nothing before this instant.
    Wait(Instant),
    /// Nothing at all until something new comes in.
    Idle,
}

/// What this lane has delivered about a subject.
#[derive(Debug, Clone, Copy)]
struct Standing {
    post: Post,
    /// Of what a person sees there.
    fingerprint: u64,
}

/// One chat's lane.
#[derive(Debug)]
pub(super) struct Lane {
    pace: Pace,
    queue: BTreeMap<(Priority, DeliveryId), Delivery>,
    live: HashMap<Subject, (Place, Message)>,
    live_order: Vec<Subject>,
    standing: HashMap<Subject, Standing>,
    standing_order: Vec<Subject>,
    tokens: f64,
    tokens_at: Instant,
    slowness: f64,
    last_edit: Option<Instant>,
    held_until: Option<Instant>,
    failures: u32,
    closed: bool,
}

impl Lane {
    pub(super) fn new(pace: Pace, now: Instant) -> Self {
        Self {
            pace,
            queue: BTreeMap::new(),
            live: HashMap::new(),
            live_order: Vec::new(),
            standing: HashMap::new(),
            standing_order: Vec::new(),
            tokens: f64::from(pace.burst),
            tokens_at: now,
            slowness: 1.0,
            last_edit: None,
            held_until: None,
            failures: 0,
            closed: false,
        }
    }

    /// Takes in a row. A durable edit overtakes every earlier edit of its subject; those rows are returned as done.
    /// Earlier is what was committed earlier: rows may come in in another order.
    pub(super) fn push(&mut self, delivery: Delivery) -> Vec<DeliveryId> {
        let mut overtaken = Vec::new();
        if delivery.what.kind == DeliveryKind::Edit
            && let Some(subject) = &delivery.what.subject
        {
            self.forget_live(subject);
            let same =
                |d: &&Delivery| d.what.kind == DeliveryKind::Edit && d.what.subject.as_ref() == Some(subject);
            overtaken = self.queue.values().filter(same).map(|d| d.id).collect();
            if overtaken.iter().any(|id| *id > delivery.id) {
                return vec![delivery.id];
            }
            self.queue.retain(|(_, id), _| !overtaken.contains(id));
        }
        self.queue.insert((delivery.what.priority, delivery.id), delivery);
        overtaken
    }

    /// Takes in how a card looks now.
    pub(super) fn show(&mut self, place: Place, subject: Subject, message: Message) {
        if self.live.insert(subject.clone(), (place, message)).is_none() {
            self.live_order.push(subject);
        }
    }

    fn forget_live(&mut self, subject: &Subject) {
        if self.live.remove(subject).is_some() {
            self.live_order.retain(|s| s != subject);
        }
    }

    /// What to do now. The item stays the lane's until it is reported on.
    pub(super) fn next(&mut self, now: Instant) -> Next {
        if self.closed {
            return Next::Idle;
        }
        if let Some(until) = self.held_until.filter(|until| *until > now) {
            return Next::Wait(until);
        }
        self.refill(now);
        if let Some(((priority, _), delivery)) = self.queue.first_key_value() {
            let needed = match priority {
                Priority::Approval | Priority::Final => 1.0 - OVERDRAFT,
                Priority::Message | Priority::Edit => 1.0,
            };
            if self.tokens < needed {
                return Next::Wait(self.when(needed));
            }
            return Next::Deliver(Item::Durable(Box::new(delivery.clone())));
        }
        self.next_live(now)
    }

    fn next_live(&mut self, now: Instant) -> Next {
        self.forget_what_stands();
        let Some(subject) = self.live_order.first().cloned() else { return Next::Idle };
        let Some((place, message)) = self.live.get(&subject).cloned() else { return Next::Idle };
        // Edits leave a message's worth for whatever a person waits for.
        let mut due = self.when(2.0_f64.min(f64::from(self.pace.burst)));
        if let Some(last) = self.last_edit {
            due = due.max(last + self.pace.edit_interval.mul_f64(self.slowness));
        }
        if due > now {
            return Next::Wait(due);
        }
        Next::Deliver(Item::Live { place, subject, message })
    }

    /// A picture that looks like what is there already needs no call.
    fn forget_what_stands(&mut self) {
        let Self { live, live_order, standing, .. } = self;
        live.retain(|subject, (_, message)| {
            standing.get(subject).is_none_or(|it| it.fingerprint != fingerprint(message))
        });
        live_order.retain(|subject| live.contains_key(subject));
    }

    fn refill(&mut self, now: Instant) {
        let interval = self.interval().as_secs_f64();
        let gained = now.saturating_duration_since(self.tokens_at).as_secs_f64() / interval;
        self.tokens = (self.tokens + gained).min(f64::from(self.pace.burst));
        self.tokens_at = now;
    }

    fn interval(&self) -> Duration {
        self.pace.interval.max(Duration::from_micros(1)).mul_f64(self.slowness)
    }

    fn when(&self, tokens: f64) -> Instant {
        let missing = (tokens - self.tokens).max(0.0);
        self.tokens_at + self.interval().mul_f64(missing)
    }

    /// The item was delivered; `post` is where it stands.
    pub(super) fn delivered(&mut self, item: &Item, post: Option<Post>, now: Instant) {
        self.refill(now);
        self.tokens -= 1.0;
        self.slowness = (self.slowness * 0.95).max(1.0);
        self.failures = 0;
        let (subject, message) = match item {
            Item::Durable(delivery) => {
                self.queue.remove(&(delivery.what.priority, delivery.id));
                if delivery.what.kind == DeliveryKind::Edit {
                    self.last_edit = Some(now);
                }
                (delivery.what.subject.clone(), &delivery.what.message)
            }
            Item::Live { subject, message, .. } => {
                self.last_edit = Some(now);
                // A newer picture may have come in meanwhile; it stays.
                if self.live.get(subject).is_some_and(|(_, newest)| newest == message) {
                    self.forget_live(subject);
                } else if let Some(at) = self.live_order.iter().position(|s| s == subject) {
                    let subject = self.live_order.remove(at);
                    self.live_order.push(subject);
                }
                (Some(subject.clone()), message)
            }
        };
        if let Some(subject) = subject {
            self.remember(subject, post, fingerprint(message));
        }
    }

    /// The chat service will never take the item. Returns the approvals that can no longer be answered because of it,
    /// including those of deliveries that waited for this one.
    pub(super) fn failed(&mut self, item: &Item) -> Vec<ApprovalId> {
        self.failures = 0;
        match item {
            Item::Live { subject, .. } => {
                self.forget_live(subject);
                Vec::new()
            }
            Item::Durable(delivery) => {
                let mut failed = HashSet::from([delivery.id]);
                let mut approvals = Vec::new();
                // Ids ascend, so one pass in their order finds dependents of dependents.
                let mut rows: Vec<_> = self.queue.keys().copied().collect();
                rows.sort_by_key(|(_, id)| *id);
                for key in rows {
                    let Some(row) = self.queue.get(&key) else { continue };
                    if failed.contains(&row.id) || row.what.after.is_some_and(|id| failed.contains(&id)) {
                        failed.insert(row.id);
                        approvals.extend(row.what.approval);
                        self.queue.remove(&key);
                    }
                }
                approvals
            }
        }
    }

    /// The chat service wants a pause.
    pub(super) fn hold(&mut self, wait: Duration, now: Instant) {
        self.held_until = Some(now + wait.min(LONGEST_HOLD));
        self.slowness = (self.slowness * 2.0).min(SLOWEST);
    }

    /// The chat service did not answer: the item is tried again, a little later each time. Returns how often it has
    /// failed in a row.
    pub(super) fn retry(&mut self, now: Instant) -> u32 {
        let pause = Duration::from_millis(250).saturating_mul(1 << self.failures.min(7)).min(LONGEST_BACKOFF);
        self.failures = self.failures.saturating_add(1);
        self.held_until = Some(now + pause);
        self.failures
    }

    /// The bot may not write here any more. What waits, stays; pictures of work are pointless.
    pub(super) fn close(&mut self) {
        self.closed = true;
        self.live.clear();
        self.live_order.clear();
    }

    /// The bot may write here again.
    pub(super) fn reopen(&mut self) {
        if std::mem::take(&mut self.closed) {
            self.held_until = None;
        }
    }

    /// Takes everything out, to go on in a lane with another id.
    pub(super) fn drain(&mut self) -> Vec<Delivery> {
        self.live.clear();
        self.live_order.clear();
        self.standing.clear();
        self.standing_order.clear();
        std::mem::take(&mut self.queue).into_values().collect()
    }

    /// Where the message about a subject stands, if this lane delivered it lately.
    pub(super) fn post(&self, subject: &Subject) -> Option<Post> {
        self.standing.get(subject).map(|standing| standing.post)
    }

    /// `post` is news, or where it stood before.
    fn remember(&mut self, subject: Subject, post: Option<Post>, fingerprint: u64) {
        let Some(post) = post.or_else(|| self.post(&subject)) else { return };
        if self.standing.insert(subject.clone(), Standing { post, fingerprint }).is_none() {
            self.standing_order.push(subject);
            if self.standing_order.len() > REMEMBERED_POSTS {
                let oldest = self.standing_order.remove(0);
                self.standing.remove(&oldest);
            }
        }
    }

    /// Whether a new lane would do as well: nothing waits, the way is free, and the pace has recovered.
    pub(super) fn is_forgettable(&mut self, now: Instant) -> bool {
        self.refill(now);
        let free = !self.closed && self.held_until.is_none_or(|until| until <= now);
        self.is_empty() && free && self.tokens >= f64::from(self.pace.burst)
    }

    /// Whether nothing waits.
    pub(super) fn is_empty(&self) -> bool {
        self.queue.is_empty() && self.live.is_empty()
    }
}

/// Of what a person sees of a message.
fn fingerprint(Message { body, buttons, document, silent: _ }: &Message) -> u64 {
    let mut hasher = DefaultHasher::new();
    (body, buttons, document).hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests;
