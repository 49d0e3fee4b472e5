//! What the Bot API puts on the wire, as far as the playground speaks it.
//!
//! These types are shared by the Bot API answers, the updates, `/sim` and the journal, so that the
//! three can never tell different stories about one message. Nothing here knows HTTP or state.

mod entity;
mod media;

use std::ops::Deref;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub use entity::Entity;
pub use media::{Document, PhotoSize, Voice};

/// A Telegram user or bot, as it stands in `from`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// Telegram's user id.
    pub id: i64,
    /// Whether this is the bot.
    pub is_bot: bool,
    /// The name that chats show.
    pub first_name: String,
    /// The name after `@`, without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// IETF language tag of the user's client.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language_code: Option<String>,
}

/// The kind of a chat; channels are not simulated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ChatKind {
    /// One person and the bot; the chat's id is the person's id.
    Private,
    /// A plain group.
    Group,
    /// A supergroup, which alone can have topics.
    Supergroup,
}

/// The short form of a chat inside a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChatRef {
    /// Telegram's chat id.
    pub id: i64,
    /// What kind of chat it is.
    #[serde(rename = "type")]
    pub kind: ChatKind,
    /// Title of a group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// First name of the person of a private chat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    /// User name of the person of a private chat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// Present and true in a forum.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_forum: Option<bool>,
}

/// One button of an inline keyboard.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Button {
    /// The label.
    pub text: String,
    /// What the bot receives when it is pressed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub callback_data: Option<String>,
    /// What opens when it is pressed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Every other field (`style`, `copy_text`, `web_app`, …), as it was sent.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// An inline keyboard: rows of buttons.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Keyboard {
    /// The rows, top first.
    pub inline_keyboard: Vec<Vec<Button>>,
}

/// A Bot API message. What few messages have is boxed, and what many share is shared: there may be very many.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// Ascending within its chat.
    pub message_id: i64,
    /// Unix seconds.
    pub date: i64,
    /// Where it stands.
    pub chat: Arc<ChatRef>,
    /// Who wrote it.
    pub from: Arc<User>,
    /// The topic; absent in General.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_thread_id: Option<i64>,
    /// Present and true in a topic.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_topic_message: Option<bool>,
    /// Text of a text message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Formatting of the text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entities: Vec<Entity>,
    /// Text below a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caption: Option<String>,
    /// Formatting of the caption.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub caption_entities: Vec<Entity>,
    /// The file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<Box<Document>>,
    /// The photo, largest size last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub photo: Vec<PhotoSize>,
    /// The voice recording.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voice: Option<Box<Voice>>,
    /// Present and true when the photo is covered until it is tapped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub has_media_spoiler: Option<bool>,
    /// Present and true when the caption stands above the photo.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub show_caption_above_media: Option<bool>,
    /// The same for all messages of an album.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_group_id: Option<String>,
    /// Blocks of a rich message. Its `text` and `entities` are for the page; the bot does not see them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rich_message: Option<Box<Value>>,
    /// The part of the answered message that is quoted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quote: Option<Box<Value>>,
    /// How links are shown, as it was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link_preview_options: Option<Box<Value>>,
    /// Present and true when it may not be forwarded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub has_protected_content: Option<bool>,
    /// The effect that it was sent with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effect_id: Option<String>,
    /// What it answers; never nested deeper than one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to_message: Option<Box<Message>>,
    /// Buttons below it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_markup: Option<Keyboard>,
    /// Unix seconds of the last edit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edit_date: Option<i64>,
    /// Where a forwarded message came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forward_origin: Option<Box<Value>>,
    /// What a service message tells (`forum_topic_created`, `migrate_to_chat_id`, …).
    #[serde(flatten)]
    pub service: Map<String, Value>,
}

impl Message {
    /// The text or the caption, whichever there is.
    pub fn content(&self) -> &str {
        self.text.as_deref().or(self.caption.as_deref()).unwrap_or("")
    }

    /// All buttons, row by row.
    pub fn buttons(&self) -> impl Iterator<Item = &Button> {
        self.reply_markup.iter().flat_map(|keyboard| keyboard.inline_keyboard.iter().flatten())
    }

    /// Whether it reports an event instead of carrying content.
    pub fn is_service(&self) -> bool {
        !self.service.is_empty()
    }
}

/// A reaction on a message, and who it is from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reaction {
    /// The emoji.
    pub emoji: String,
    /// The people, and the bot if it reacted.
    #[serde(default)]
    pub user_ids: Vec<i64>,
}

/// A message with what only the playground knows about it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SimMessage {
    /// The message as the Bot API would show it.
    #[serde(flatten)]
    pub message: Message,
    /// Sent with `disable_notification`: the phone stays quiet.
    pub silent: bool,
    /// When it was sent, Unix milliseconds.
    pub at_ms: i64,
    /// The reactions on it, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reactions: Vec<Reaction>,
}

impl SimMessage {
    /// The emoji that someone put on it.
    pub(crate) fn reactions_of(&self, user_id: i64) -> impl Iterator<Item = &str> {
        let theirs = self.reactions.iter().filter(move |reaction| reaction.user_ids.contains(&user_id));
        theirs.map(|reaction| reaction.emoji.as_str())
    }

    /// Its reactions when those of one person or bot are replaced.
    pub(crate) fn with_reactions_of(&self, user_id: i64, emoji: &[String]) -> Vec<Reaction> {
        let mut all = self.reactions.clone();
        for reaction in &mut all {
            reaction.user_ids.retain(|id| *id != user_id);
        }
        for emoji in emoji {
            match all.iter_mut().find(|reaction| reaction.emoji == *emoji) {
                Some(reaction) => reaction.user_ids.push(user_id),
                None => all.push(Reaction { emoji: emoji.clone(), user_ids: vec![user_id] }),
            }
        }
        all.retain(|reaction| !reaction.user_ids.is_empty());
        all
    }
}

impl Deref for SimMessage {
    type Target = Message;

    fn deref(&self) -> &Message {
        &self.message
    }
}
