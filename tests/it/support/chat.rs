//! A person in a chat: what they do, and what they wait to see.

use std::collections::HashSet;
use std::sync::Arc;

use adjutant::playground::{AnswerRecord, EventKind, SendText, SimEvent, SimMessage, Tap};
use tokio::time::timeout;

use super::{DEADLINE, Seen, SimClient, screen};

/// A person in a chat. What they wait for must come after what they last did, and each event counts once.
pub(crate) struct Chat {
    pub(crate) sim: SimClient,
    pub(crate) user: i64,
    pub(crate) id: i64,
    topic: Option<i64>,
    /// The event of the person's last doing.
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
    pub(super) fn new(sim: SimClient, user: i64, id: i64, topic: Option<i64>) -> Self {
        Self { sim, user, id, topic, since: 0, used: HashSet::new(), tapped: None }
    }

    /// From now on only what is new counts.
    pub(crate) async fn look_away(&mut self) {
        self.since = self.sim.seq().await;
    }

    pub(crate) async fn send(&mut self, text: &str) -> i64 {
        self.send_all(text).await[0]
    }

    /// Sends a text that may be so long that it becomes several messages.
    pub(crate) async fn send_all(&mut self, text: &str) -> Vec<i64> {
        let text = SendText::new(self.user, self.id, text);
        self.send_as(text).await
    }

    pub(crate) async fn reply(&mut self, to: i64, text: &str) -> i64 {
        let text = SendText::new(self.user, self.id, text).replying_to(to);
        self.send_as(text).await[0]
    }

    pub(crate) async fn send_as(&mut self, text: SendText) -> Vec<i64> {
        let sent = self.sim.send(&SendText { thread_id: self.topic, ..text }).await.unwrap();
        self.did(|what| matches!(what, EventKind::Message { message } if message.message_id == sent[0]))
            .await;
        sent
    }

    /// What the person just did is the event of which this is true: what they wait for comes after it.
    async fn did(&mut self, is_it: impl Fn(&EventKind) -> bool) {
        let events = self.sim.events(self.since).await;
        let done = events.iter().find(|event| event.chat_id == self.id && is_it(&event.kind));
        self.since = done.expect("what a person does is an event").seq;
    }

    /// Presses the button with this label on the newest message that has one, as soon as there is one.
    pub(crate) async fn tap(&mut self, label: &str) -> Seen {
        let appears = async {
            let mut known = self.since;
            loop {
                if let Some(message) = self.with_button(label).await {
                    return Seen { message };
                }
                known = self.sim.wait_event(known).await.last().map_or(known, |event| event.seq);
            }
        };
        let Ok(seen) = timeout(DEADLINE, appears).await else {
            self.in_vain(&format!("a button {label:?}")).await
        };
        self.tap_on(seen.id(), label).await;
        seen
    }

    /// Presses a button of a certain message.
    pub(crate) async fn tap_on(&mut self, message: i64, label: &str) {
        self.press(Tap::label(self.user, self.id, message, label)).await;
    }

    /// Pretends to press a button.
    pub(crate) async fn forge(&mut self, message: i64, data: &str) {
        self.press(Tap::data(self.user, self.id, message, data)).await;
    }

    async fn press(&mut self, tap: Tap) {
        let query = self.sim.tap(&tap).await.unwrap();
        self.did(|what| matches!(what, EventKind::Callback { query_id, .. } if *query_id == query)).await;
        self.tapped = Some(query);
    }

    async fn with_button(&self, label: &str) -> Option<Arc<SimMessage>> {
        let messages = self.sim.messages(self.id, self.topic).await;
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
        self.send(&format!("/whoami@{}", super::BOT)).await;
        self.expect("Your user id").await;
        self.since = since;
    }

    /// What the bot has sent since the person's last doing, but for answers to [`Self::settle`].
    pub(crate) async fn news(&self) -> Vec<Seen> {
        let events = self.sim.events(self.since).await;
        let sent = events.iter().filter_map(|event| match self.heard(event) {
            Some((Happened::Sent, message)) if !message.content().contains("Your user id") => Some(message),
            _ => None,
        });
        sent.map(|message| Seen { message: Arc::clone(message) }).collect()
    }

    /// A message as it stands now.
    pub(crate) async fn now(&self, id: i64) -> Seen {
        let messages = self.sim.messages(self.id, None).await;
        let message = messages.into_iter().find(|message| message.message_id == id);
        Seen { message: message.unwrap_or_else(|| panic!("message {id} is gone")) }
    }

    /// The chat as it stands now, as text.
    pub(crate) async fn screen(&self) -> String {
        screen::render(&self.sim.messages(self.id, self.topic).await)
    }

    /// The text of a file that the bot sent.
    pub(crate) async fn text_of(&self, seen: &Seen) -> String {
        String::from_utf8(self.sim.file(seen.file_id()).await.unwrap()).unwrap()
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
            let mut events = self.sim.events(self.since).await;
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
            Ok((_, None)) | Err(_) => self.in_vain(what).await,
        }
    }

    async fn in_vain(&self, what: &str) -> ! {
        panic!("waited in vain for {what:?}; the chat:\n{}", self.screen().await)
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
