//! Reads what teloxide has understood.

use teloxide::types::{
    CallbackQuery, Chat, ChatMemberKind, ChatMemberUpdated, ChatMigration, MaybeInaccessibleMessage,
    MediaKind, Message, MessageKind, Update, UpdateKind, User,
};

use super::super::{Me, callback};
use super::seen::{ChatKind, Content, Seen, Sender, document as document_file, photo as photo_file, topic};
use crate::domain::ids::{ChatId, MessageId, Place, UserId};
use crate::domain::input::{Incoming, IncomingPress, Person, SentFile};

/// Reads an update; `None` when teloxide has lost a part that matters.
pub(super) fn read(update: &Update, me: &Me) -> Option<Incoming> {
    match &update.kind {
        UpdateKind::Message(message) => Some(seen(message, false)?.judge(me)),
        UpdateKind::EditedMessage(message) => Some(seen(message, true)?.judge(me)),
        UpdateKind::CallbackQuery(query) => Some(Incoming::Pressed(press(query))),
        UpdateKind::MyChatMember(change) => Some(reachable(change)),
        UpdateKind::Error(_) => None,
        _ => Some(Incoming::Ignored("a kind of update that is not used")),
    }
}

fn seen(message: &Message, edited: bool) -> Option<Seen> {
    let place = place(message);
    let reply = message
        .reply_to_message()
        // In a topic, a message that answers nothing "answers" the message that opened the topic.
        .filter(|reply| place.topic.is_none_or(|topic| topic.0 != i64::from(reply.id.0)));
    Some(Seen {
        place,
        chat_kind: chat_kind(&message.chat),
        message: MessageId(i64::from(message.id.0)),
        from: message.from.as_ref().map(|user| Sender { person: person(user), is_bot: user.is_bot }),
        for_chat: message.sender_chat.is_some(),
        content: content(message)?,
        files: files(message),
        album: message.media_group_id().map(|album| album.0.clone()),
        reply_to: reply.and_then(|reply| reply.from.as_ref()).map(user_id),
        edited,
        // What another bot wrote for them is not their own words either.
        forwarded: message.forward_origin().is_some() || message.via_bot.is_some(),
    })
}

fn content(message: &Message) -> Option<Content> {
    if let Some(text) = message.text().or_else(|| message.caption()) {
        return Some(Content::Text(text.to_owned()));
    }
    Some(match &message.kind {
        MessageKind::Empty {} => return None,
        MessageKind::Common(common) => match common.media_kind {
            MediaKind::Migration(ChatMigration::To { chat_id: to }) => {
                Content::Migrated { from: ChatId(message.chat.id.0), to: ChatId(to.0) }
            }
            MediaKind::Migration(ChatMigration::From { chat_id: from }) => {
                Content::Migrated { from: ChatId(from.0), to: ChatId(message.chat.id.0) }
            }
            // A file that teloxide knows, but whose caption it does not.
            MediaKind::PaidMedia(_) | MediaKind::Checklist(_) => return None,
            _ => Content::Wordless,
        },
        MessageKind::Dice(_) => Content::Wordless,
        _ => Content::Service,
    })
}

fn files(message: &Message) -> Vec<SentFile> {
    // The last size is the largest.
    let photo = message.photo().and_then(<[_]>::last);
    let photo = photo.map(|p| photo_file(&p.file.id.0, &p.file.unique_id.0, Some(p.file.size.into())));
    let document = message.document().map(|d| {
        let media_type = d.mime_type.as_ref().map(ToString::to_string);
        document_file(&d.file.id.0, d.file_name.as_deref(), media_type.as_deref(), Some(d.file.size.into()))
    });
    photo.into_iter().chain(document).collect()
}

fn press(query: &CallbackQuery) -> IncomingPress {
    IncomingPress {
        place: query.message.as_ref().map(|message| match message {
            MaybeInaccessibleMessage::Regular(message) => place(message),
            MaybeInaccessibleMessage::Inaccessible(message) => {
                Place { chat: ChatId(message.chat.id.0), topic: None }
            }
        }),
        from: person(&query.from),
        query: query.id.0.clone(),
        press: query.data.as_deref().and_then(callback::decode),
    }
}

fn reachable(change: &ChatMemberUpdated) -> Incoming {
    let reachable = match &change.new_chat_member.kind {
        ChatMemberKind::Owner(_) | ChatMemberKind::Administrator(_) | ChatMemberKind::Member(_) => true,
        ChatMemberKind::Restricted(limits) => limits.is_member && limits.can_send_messages,
        ChatMemberKind::Left | ChatMemberKind::Banned(_) => false,
    };
    Incoming::Reachable { chat: ChatId(change.chat.id.0), reachable }
}

fn place(message: &Message) -> Place {
    let thread = message.thread_id.map(|thread| i64::from(thread.0.0));
    Place { chat: ChatId(message.chat.id.0), topic: topic(thread, message.is_topic_message) }
}

fn chat_kind(chat: &Chat) -> ChatKind {
    if chat.is_private() {
        ChatKind::Private
    } else if chat.is_channel() {
        ChatKind::Channel
    } else {
        ChatKind::Group
    }
}

fn person(user: &User) -> Person {
    Person { id: user_id(user), name: user.first_name.clone() }
}

/// Telegram's ids have at most 52 bits.
fn user_id(user: &User) -> UserId {
    UserId(i64::try_from(user.id.0).unwrap_or(i64::MAX))
}
