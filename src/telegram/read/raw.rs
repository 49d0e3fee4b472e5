//! Reads an update's JSON as it is, for what teloxide does not understand. Takes a part that is missing or
//! strange for absent, never for a failure.

use serde_json::Value;

use super::super::{Me, callback};
use super::seen::{ChatKind, Content, Seen, Sender, document as document_file, photo as photo_file, topic};
use crate::domain::ids::{ChatId, MessageId, Place, UserId};
use crate::domain::input::{Incoming, IncomingPress, Person, SentFile};

/// Reads an update.
pub(super) fn read(update: &Value, me: &Me) -> Incoming {
    let kind = |name: &str| update.get(name).filter(|value| value.is_object());
    let incoming = if let Some(message) = kind("message") {
        seen(message, false).map(|seen| seen.judge(me))
    } else if let Some(message) = kind("edited_message") {
        seen(message, true).map(|seen| seen.judge(me))
    } else if let Some(query) = kind("callback_query") {
        press(query).map(Incoming::Pressed)
    } else if let Some(change) = kind("my_chat_member") {
        reachable(change)
    } else {
        return Incoming::Ignored("a kind of update that is not known");
    };
    incoming.unwrap_or(Incoming::Ignored("an update that cannot be read"))
}

fn seen(message: &Value, edited: bool) -> Option<Seen> {
    let place = place(message)?;
    let reply = message
        .get("reply_to_message")
        .filter(|reply| place.topic.is_none_or(|topic| number(reply, "message_id") != Some(topic.0)));
    Some(Seen {
        place,
        chat_kind: match text(message.get("chat")?, "type")? {
            "private" => ChatKind::Private,
            "channel" => ChatKind::Channel,
            // Whatever comes is safer taken for many people than for one.
            _ => ChatKind::Group,
        },
        message: MessageId(number(message, "message_id")?),
        from: message
            .get("from")
            .and_then(|user| Some(Sender { person: person(user)?, is_bot: flag(user, "is_bot") })),
        for_chat: message.get("sender_chat").is_some(),
        content: content(message, place.chat)?,
        files: files(message),
        album: text(message, "media_group_id").map(str::to_owned),
        reply_to: reply.and_then(|reply| person(reply.get("from")?)).map(|person| person.id),
        edited,
        forwarded: ["forward_origin", "forward_date", "via_bot"].iter().any(|key| message.get(key).is_some()),
    })
}

fn content(message: &Value, chat: ChatId) -> Option<Content> {
    if let Some(words) = text(message, "text").or_else(|| text(message, "caption")) {
        return Some(Content::Text(words.to_owned()));
    }
    if let Some(to) = number(message, "migrate_to_chat_id") {
        return Some(Content::Migrated { from: chat, to: ChatId(to) });
    }
    if let Some(from) = number(message, "migrate_from_chat_id") {
        return Some(Content::Migrated { from: ChatId(from), to: chat });
    }
    // Content that a person sends, in kinds of which teloxide misses some part or all.
    let sent = [
        "photo",
        "video",
        "document",
        "audio",
        "animation",
        "sticker",
        "rich_message",
        "paid_media",
        "checklist",
    ];
    sent.iter().any(|key| message.get(key).is_some()).then_some(Content::Wordless)
}

fn files(message: &Value) -> Vec<SentFile> {
    let bytes = |file: &Value| number(file, "file_size").and_then(|bytes| u64::try_from(bytes).ok());
    // The last size is the largest.
    let photo = message.get("photo").and_then(Value::as_array).and_then(|sizes| sizes.last());
    let photo = photo.and_then(|p| {
        Some(photo_file(text(p, "file_id")?, text(p, "file_unique_id").unwrap_or_default(), bytes(p)))
    });
    let document = message.get("document").and_then(|d| {
        Some(document_file(text(d, "file_id")?, text(d, "file_name"), text(d, "mime_type"), bytes(d)))
    });
    photo.into_iter().chain(document).collect()
}

fn press(query: &Value) -> Option<IncomingPress> {
    Some(IncomingPress {
        place: query.get("message").and_then(place),
        from: person(query.get("from")?)?,
        query: text(query, "id")?.to_owned(),
        press: text(query, "data").and_then(callback::decode),
    })
}

fn reachable(change: &Value) -> Option<Incoming> {
    let member = change.get("new_chat_member")?;
    let reachable = match text(member, "status")? {
        "creator" | "administrator" | "member" => true,
        "restricted" => flag(member, "is_member") && flag(member, "can_send_messages"),
        "left" | "kicked" => false,
        _ => return None,
    };
    Some(Incoming::Reachable { chat: ChatId(number(change.get("chat")?, "id")?), reachable })
}

fn place(message: &Value) -> Option<Place> {
    Some(Place {
        chat: ChatId(number(message.get("chat")?, "id")?),
        topic: topic(number(message, "message_thread_id"), flag(message, "is_topic_message")),
    })
}

fn person(user: &Value) -> Option<Person> {
    Some(Person {
        id: UserId(number(user, "id")?),
        name: text(user, "first_name").unwrap_or_default().to_owned(),
    })
}

fn number(value: &Value, key: &str) -> Option<i64> {
    value.get(key)?.as_i64()
}

fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key)?.as_str()
}

fn flag(value: &Value, key: &str) -> bool {
    value.get(key).and_then(Value::as_bool).unwrap_or(false)
}
