//! A person in a chat: what they do, and what they wait to see.

use std::collections::HashSet;
use std::sync::Arc;

use adjutant::playground::{AnswerRecord, EventKind, SendText, Sim, SimEvent, SimMessage, Tap};
use tokio::time::timeout;

use super::{DEADLINE, Seen, screen};

/// A person in a chat. What they wait for must come after what they last did, and each event counts once.
pub(crate) struct Chat {
    pub(crate) sim: Sim,
    pub(crate) user: i64,
    pub(crate) id: i64,
    topic: Option<i64>,
    /// The newest event before the person's last doing.
    since: u64,
    used: HashSet<u64>,
    tapped: Option<String>,
}

/// What happened to a message of the bot.
#[derive(Clone, Copy, PartialEq)]
enum Happened {
    Sent,
    Edited,
}

impl Chat {
    pub(super) fn new(sim: Sim, user: i64, id: i64, topic: Option<i64>) -> Self {
        let since = sim.seq();
        Self { sim, user, id, topic, since, used: HashSet::new(), tapped: None }
    }

    /// From now on only what is new counts.
    pub(crate) fn look_away(&mut self) {
        self.since = self.sim.seq();
    }

    pub(crate) fn send(&mut self, text: &str) -> i64 {
        self.send_all(text)[0]
    }

    /// Sends a text that may be so long that it becomes several messages.
    pub(crate) fn send_all(&mut self, text: &str) -> Vec<i64> {
        let text = SendText::new(self.user, self.id, text);
        self.send_as(text)
    }

    pub(crate) fn reply(&mut self, to: i64, text: &str) -> i64 {
        let text = SendText::new(self.user, self.id, text).replying_to(to);
        self.send_as(text)[0]
    }

    pub(crate) fn send_as(&mut self, text: SendText) -> Vec<i64> {
        self.look_away();
        self.sim.send(&SendText { thread_id: self.topic, ..text }).unwrap()
    }

    /// Presses the button with this label on the newest message that has one, as soon as there is one.
    pub(crate) async fn tap(&mut self, label: &str) -> Seen {
        let appears = async {
            loop {
                let after = self.sim.seq();
                if let Some(message) = self.with_button(label) {
                    return Seen { message };
                }
                self.sim.wait_event(after).await;
            }
        };
        let seen = timeout(DEADLINE, appears).await;
        let seen = seen.unwrap_or_else(|_| self.in_vain(&format!("a button {label:?}")));
        self.tap_on(seen.id(), label);
        seen
    }

    /// Presses a button of a certain message.
    pub(crate) fn tap_on(&mut self, message: i64, label: &str) {
        self.look_away();
        let tap = Tap::label(self.user, self.id, message, label);
        self.tapped = Some(self.sim.tap(&tap).unwrap());
    }

    /// Pretends to press a button.
    pub(crate) fn forge(&mut self, message: i64, data: &str) {
        self.look_away();
        let tap = Tap::data(self.user, self.id, message, data);
        self.tapped = Some(self.sim.tap(&tap).unwrap());
    }

    fn with_button(&self, label: &str) -> Option<Arc<SimMessage>> {
        let messages = self.sim.messages(self.id, self.topic);
        messages.into_iter().rev().find(|message| message.buttons().any(|button| button.text == label))
    }

    /// Waits for a message of the bot that says this, be it new or changed.
    pub(crate) async fn expect(&mut self, words: &str) -> Seen {
        self.wait_for(words, |_, message| message.content().contains(words)).await
    }

    /// Waits for a new message.
    pub(crate) async fn expect_new(&mut self, words: &str) -> Seen {
        self.wait_for(words, |how, message| how == Happened::Sent && message.content().contains(words)).await
    }

    /// Waits until a message has been changed to say this.
    pub(crate) async fn expect_edit(&mut self, words: &str) -> Seen {
        self.wait_for(words, |how, message| how == Happened::Edited && message.content().contains(words))
            .await
    }

    /// Waits for a message with a file of this name.
    pub(crate) async fn expect_file(&mut self, name: &str) -> Seen {
        let is_it = |message: &SimMessage| {
            message.document.as_ref().is_some_and(|file| file.file_name.as_deref() == Some(name))
        };
        self.wait_for(name, |_, message| is_it(message)).await
    }

    /// Waits for the answer to the last press: what it says, if anything.
    pub(crate) async fn expect_answer(&mut self) -> Option<String> {
        let query = self.tapped.clone().expect("nothing was pressed");
        let answer = self.find("an answer to the press", |event| match &event.kind {
            EventKind::Answer(answer @ AnswerRecord { query_id, .. }) if *query_id == query => {
                Some(answer.text.clone())
            }
            _ => None,
        });
        answer.await
    }

    /// Waits for the answer to the last press, which must say this.
    pub(crate) async fn expect_toast(&mut self, words: &str) {
        let toast = self.expect_answer().await.unwrap_or_default();
        assert!(toast.contains(words), "the press was answered {toast:?}, not {words:?}");
    }

    /// Asks something harmless and waits for the answer: by then whatever was sent before has been dealt with.
    pub(crate) async fn settle(&mut self) {
        let since = self.since;
        self.send(&format!("/whoami@{}", super::BOT));
        self.expect("Your user id").await;
        self.since = since;
    }

    /// What the bot has sent since the person's last doing, but for answers to [`Self::settle`].
    pub(crate) fn news(&self) -> Vec<Seen> {
        let events = self.sim.events(self.since);
        let sent = events.iter().filter_map(|event| match self.heard(event) {
            Some((Happened::Sent, message)) if !message.content().contains("Your user id") => Some(message),
            _ => None,
        });
        sent.map(|message| Seen { message: Arc::clone(message) }).collect()
    }

    /// A message as it stands now.
    pub(crate) fn now(&self, id: i64) -> Seen {
        let messages = self.sim.messages(self.id, None);
        let message = messages.into_iter().find(|message| message.message_id == id);
        Seen { message: message.unwrap_or_else(|| panic!("message {id} is gone")) }
    }

    /// The chat as it stands now, as text.
    pub(crate) fn screen(&self) -> String {
        screen::render(&self.sim.messages(self.id, self.topic))
    }

    /// The text of a file that the bot sent.
    pub(crate) async fn text_of(&self, seen: &Seen) -> String {
        let (_, bytes) = self.sim.file(seen.file_id()).await.unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    async fn wait_for(&mut self, what: &str, wanted: impl Fn(Happened, &SimMessage) -> bool) -> Seen {
        let (topic, id) = (self.topic, self.id);
        let found = self.find(what, |event| {
            heard(event, id, topic)
                .filter(|(how, message)| wanted(*how, message))
                .map(|(_, message)| Seen { message: Arc::clone(message) })
        });
        found.await
    }

    fn heard<'e>(&self, event: &'e SimEvent) -> Option<(Happened, &'e Arc<SimMessage>)> {
        heard(event, self.id, self.topic)
    }

    async fn find<T>(&mut self, what: &str, wanted: impl Fn(&SimEvent) -> Option<T>) -> T {
        let happens = async {
            let mut events = self.sim.events(self.since);
            loop {
                let new = events.iter().filter(|event| !self.used.contains(&event.seq));
                if let Some(found) =
                    new.map(|event| (event.seq, wanted(event))).find(|(_, found)| found.is_some())
                {
                    return found;
                }
                let after = events.last().map_or(self.since, |event| event.seq);
                events = self.sim.wait_event(after).await;
            }
        };
        match timeout(DEADLINE, happens).await {
            Ok((seq, Some(found))) => {
                self.used.insert(seq);
                found
            }
            Ok((_, None)) | Err(_) => self.in_vain(what),
        }
    }

    fn in_vain(&self, what: &str) -> ! {
        panic!("waited in vain for {what:?}; the chat:\n{}", self.screen())
    }
}

/// What an event says about a message of the bot in a chat, and in a topic if one is given.
fn heard(event: &SimEvent, chat: i64, topic: Option<i64>) -> Option<(Happened, &Arc<SimMessage>)> {
    let (how, message) = match &event.kind {
        EventKind::Message { message } => (Happened::Sent, message),
        EventKind::Edit { message } => (Happened::Edited, message),
        _ => return None,
    };
    let here =
        event.chat_id == chat && topic.is_none_or(|topic| message.message_thread_id.unwrap_or(1) == topic);
    (here && message.from.is_bot).then_some((how, message))
}
