//! What we look at in a message, however it was read, and the judgement whether it is meant for us.

use super::super::Me;
use crate::domain::command::{self, Parsed};
use crate::domain::ids::{ChatId, MessageId, Place, TopicId, UserId};
use crate::domain::input::{Incoming, IncomingText, Person, SentFile};

/// The General topic of a forum: as if there were none.
const GENERAL: i64 = 1;

/// The parts of a message that matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) place: Place,
    pub(super) chat_kind: ChatKind,
    pub(super) message: MessageId,
    pub(super) from: Option<Sender>,
    /// Written in the name of a chat: by an anonymous administrator, or a channel.
    pub(super) for_chat: bool,
    pub(super) content: Content,
    /// The files that came with it; several sent at once come as so many messages of one album.
    pub(super) files: Vec<SentFile>,
    pub(super) album: Option<String>,
    /// Whose message it answers.
    pub(super) reply_to: Option<UserId>,
    pub(super) edited: bool,
    pub(super) forwarded: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ChatKind {
    Private,
    Group,
    Channel,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sender {
    pub(super) person: Person,
    pub(super) is_bot: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Content {
    /// Words, or words below a picture or file.
    Text(String),
    /// Something a person sent that has no words.
    Wordless,
    /// Something that Telegram says happened, such as a new title.
    Service,
    /// The group has become a supergroup.
    Migrated { from: ChatId, to: ChatId },
}

/// The topic of a message, given its thread: threads of replies in plain groups are no topics.
pub(super) fn topic(thread: Option<i64>, is_topic_message: bool) -> Option<TopicId> {
    thread.filter(|thread| is_topic_message && *thread != GENERAL).map(TopicId)
}

impl Seen {
    /// What it means for us.
    pub(super) fn judge(self, me: &Me) -> Incoming {
        if let Content::Migrated { from, to } = self.content {
            return Incoming::Migrated { from, to };
        }
        if self.chat_kind == ChatKind::Channel {
            return Incoming::Ignored("a post in a channel");
        }
        if self.for_chat {
            return Incoming::Ignored("written in the name of a chat");
        }
        let reply_to_bot = self.reply_to == Some(me.id);
        let private = self.chat_kind == ChatKind::Private;
        let from = match &self.from {
            None => return Incoming::Ignored("without a sender"),
            Some(Sender { is_bot: true, .. }) => return Incoming::Ignored("written by a bot"),
            Some(Sender { person, .. }) => person.clone(),
        };
        match self.content {
            Content::Service | Content::Migrated { .. } => Incoming::Ignored("a service message"),
            // A live location is edited all the time.
            Content::Wordless if self.edited => Incoming::Ignored("an edit without words"),
            Content::Wordless if !private && !reply_to_bot => Incoming::Ignored(GROUP_TALK),
            Content::Wordless if self.files.is_empty() => {
                Incoming::Unsupported { place: self.place, from, message: self.message }
            }
            Content::Wordless => self.said(from, String::new(), reply_to_bot),
            Content::Text(ref text) => match unaddressed(text, me, private, reply_to_bot) {
                Some(reason) => Incoming::Ignored(reason),
                None => {
                    let text = text.clone();
                    self.said(from, text, reply_to_bot)
                }
            },
        }
    }

    fn said(self, from: Person, text: String, reply_to_bot: bool) -> Incoming {
        Incoming::Text(IncomingText {
            place: self.place,
            from,
            message: self.message,
            text,
            private: self.chat_kind == ChatKind::Private,
            reply_to_bot,
            edited: self.edited,
            forwarded: self.forwarded,
            files: self.files,
            album: self.album,
        })
    }
}

/// The name of a picture that has none.
pub(super) fn photo(id: &str, unique_id: &str, bytes: Option<u64>) -> SentFile {
    // Telegram makes a JPEG of every photo.
    SentFile {
        id: id.to_owned(),
        name: format!("photo-{unique_id}.jpg"),
        media_type: "image/jpeg".to_owned(),
        bytes,
    }
}

/// A file as it was; what the sender's app did not say is filled in.
pub(super) fn document(
    id: &str,
    name: Option<&str>,
    media_type: Option<&str>,
    bytes: Option<u64>,
) -> SentFile {
    SentFile {
        id: id.to_owned(),
        name: name.unwrap_or("file").to_owned(),
        media_type: media_type.unwrap_or("application/octet-stream").to_owned(),
        bytes,
    }
}

const GROUP_TALK: &str = "group talk";

/// Why a text is none of our business, if so. In a private chat everything is for us.
fn unaddressed(text: &str, me: &Me, private: bool, reply_to_bot: bool) -> Option<&'static str> {
    if private {
        return None;
    }
    let called = reply_to_bot || command::mentions(text, &me.username);
    match command::parse(text, &me.username) {
        Parsed::OtherBot => Some("a command for another bot"),
        // Without our name on it, a command that is not ours is another bot's of the same group.
        Parsed::Invalid { expected: None, .. } if !called && !names_a_bot(text) => {
            Some("a command of another bot")
        }
        Parsed::Command(_) | Parsed::Invalid { .. } => None,
        Parsed::Text(_) => (!called).then_some(GROUP_TALK),
    }
}

/// Whether a command says which bot it is for: `/command@bot`.
fn names_a_bot(command: &str) -> bool {
    command.split_whitespace().next().is_some_and(|word| word.contains('@'))
}
