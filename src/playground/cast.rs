//! The people, chats and topics that a playground begins with.

use serde::{Deserialize, Serialize};

use super::model::{ChatKind, User};

/// A person of the playground.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SimUser {
    /// Telegram user id; also the id of the private chat.
    pub id: i64,
    /// The name that chats show.
    pub first_name: String,
    /// The name after `@`.
    pub username: Option<String>,
    /// What the page calls this person: `owner`, `member`, `stranger`. The playground gives it no meaning.
    pub role_hint: String,
}

impl SimUser {
    /// A person with a user name.
    pub fn new(id: i64, first_name: &str, username: &str, role_hint: &str) -> Self {
        Self {
            id,
            first_name: first_name.to_owned(),
            username: Some(username.to_owned()),
            role_hint: role_hint.to_owned(),
        }
    }

    /// The person as a message's sender.
    pub fn as_user(&self) -> User {
        User {
            id: self.id,
            is_bot: false,
            first_name: self.first_name.clone(),
            username: self.username.clone(),
            language_code: Some("en".to_owned()),
        }
    }
}

/// The topic that every forum has.
pub(crate) const GENERAL: i64 = 1;
/// The colour of Telegram's first topic icon.
pub(crate) const ICON_COLOR: i64 = 7_322_096;

/// A topic of a forum. Its id is the id of the message that opened it; General is 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SimTopic {
    /// The `message_thread_id`.
    pub id: i64,
    /// Its title.
    pub name: String,
    /// Closed: only those who manage topics may write in it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub closed: bool,
    /// Hidden, which only General can be.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hidden: bool,
}

impl SimTopic {
    /// A topic that is open.
    pub fn new(id: i64, name: &str) -> Self {
        Self { id, name: name.to_owned(), closed: false, hidden: false }
    }
}

/// A chat to begin with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SimChat {
    /// Telegram chat id; a person's id for a private chat.
    pub id: i64,
    /// What kind of chat it is.
    #[serde(rename = "type")]
    pub kind: ChatKind,
    /// Title, or the person's name.
    pub title: String,
    /// Whether it has topics.
    pub is_forum: bool,
    /// Ids of the people in it (the bot is not listed).
    pub members: Vec<i64>,
    /// Topics of a forum, General included.
    pub topics: Vec<SimTopic>,
}

impl SimChat {
    /// The private chat of a person.
    pub fn private(user: &SimUser) -> Self {
        Self {
            id: user.id,
            kind: ChatKind::Private,
            title: user.first_name.clone(),
            is_forum: false,
            members: vec![user.id],
            topics: Vec::new(),
        }
    }

    /// A plain group.
    pub fn group(id: i64, title: &str, members: &[i64]) -> Self {
        Self {
            id,
            kind: ChatKind::Group,
            title: title.to_owned(),
            is_forum: false,
            members: members.to_vec(),
            topics: Vec::new(),
        }
    }

    /// A supergroup with topics: General, then one for each name, with ids from 2 on.
    pub fn forum(id: i64, title: &str, members: &[i64], topics: &[&str]) -> Self {
        let named = (2..).zip(topics).map(|(id, name)| SimTopic::new(id, name));
        let general = SimTopic::new(1, "General");
        Self {
            id,
            kind: ChatKind::Supergroup,
            title: title.to_owned(),
            is_forum: true,
            members: members.to_vec(),
            topics: std::iter::once(general).chain(named).collect(),
        }
    }
}
