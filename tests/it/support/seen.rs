//! A message of the bot as a person sees it.

use std::sync::Arc;

use adjutant::playground::SimMessage;

/// A message of the bot as it stood at a moment.
#[derive(Clone)]
pub(crate) struct Seen {
    pub(super) message: Arc<SimMessage>,
}

impl Seen {
    pub(crate) fn id(&self) -> i64 {
        self.message.message_id
    }

    /// Its text, or what stands below its file.
    pub(crate) fn text(&self) -> &str {
        self.message.content()
    }

    pub(crate) fn labels(&self) -> Vec<&str> {
        self.message.buttons().map(|button| button.text.as_str()).collect()
    }

    /// What the bot is told when the button with this label is pressed.
    pub(crate) fn data(&self, label: &str) -> String {
        let button = self.message.buttons().find(|button| button.text == label);
        let button = button.unwrap_or_else(|| panic!("no button {label:?}, only {:?}", self.labels()));
        button.callback_data.clone().unwrap()
    }

    pub(crate) fn rings(&self) -> bool {
        !self.message.silent
    }

    /// The message that it answers.
    pub(crate) fn reply_to(&self) -> Option<i64> {
        self.message.reply_to_message.as_ref().map(|to| to.message_id)
    }

    pub(crate) fn topic(&self) -> Option<i64> {
        self.message.message_thread_id
    }

    pub(crate) fn file_id(&self) -> &str {
        &self.message.document.as_ref().expect("the message has no file").file_id
    }

    /// The formatted stretches of its text: kind and words.
    pub(crate) fn formatting(&self) -> Vec<(&str, &str)> {
        self.message.entities.iter().map(|entity| (entity.kind.as_str(), entity.slice(self.text()))).collect()
    }
}
