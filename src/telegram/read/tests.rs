//! What an update of Telegram's means to us.

use serde_json::json;

use super::*;
use crate::domain::ids::{ChatId, MessageId, Place, TaskId, TopicId, UserId};
use crate::domain::input::{IncomingPress, IncomingText, Person, SentFile};
use crate::domain::press::Press;

const GROUP: i64 = -1_001;

fn me() -> Me {
    Me { id: UserId(42), username: "adj_bot".to_owned() }
}

/// Reads it, and checks that teloxide's reading and ours agree where both have one.
fn incoming(update: &Value) -> Incoming {
    let read = read(&update.to_string(), &me());
    let raw = raw::read(update, &me());
    if !matches!((&read, &raw), (Incoming::Ignored(_), Incoming::Ignored(_))) {
        assert_eq!(read, raw, "{update}");
    }
    read
}

/// `changes` put over `value`; null takes away.
#[allow(clippy::needless_pass_by_value, reason = "called with literals")]
fn with(mut value: Value, changes: Value) -> Value {
    for (key, change) in changes.as_object().unwrap() {
        match change {
            Value::Null => drop(value.as_object_mut().unwrap().remove(key)),
            _ => value[key] = change.clone(),
        }
    }
    value
}

fn ada() -> Value {
    json!({"id": 111, "is_bot": false, "first_name": "Ada", "language_code": "en"})
}

fn bot() -> Value {
    json!({"id": 42, "is_bot": true, "first_name": "Adjutant", "username": "adj_bot"})
}

fn private(changes: Value) -> Value {
    let chat = json!({"id": 111, "type": "private", "first_name": "Ada"});
    with(
        json!({"message_id": 5, "date": 1_700_000_000, "chat": chat, "from": ada(), "text": "hello"}),
        changes,
    )
}

fn group(changes: Value) -> Value {
    let chat = json!({"id": GROUP, "type": "supergroup", "title": "Team", "is_forum": true});
    with(private(json!({"chat": chat})), changes)
}

#[allow(clippy::needless_pass_by_value, reason = "called with literals")]
fn update(kind: &str, content: Value) -> Value {
    json!({"update_id": 1, kind: content})
}

fn message(message: Value) -> Incoming {
    incoming(&update("message", message))
}

fn person() -> Person {
    Person { id: UserId(111), name: "Ada".to_owned() }
}

fn text(text: &str) -> IncomingText {
    IncomingText {
        place: Place { chat: ChatId(111), topic: None },
        from: person(),
        message: MessageId(5),
        text: text.to_owned(),
        private: true,
        reply_to_bot: false,
        edited: false,
        forwarded: false,
        files: Vec::new(),
        album: None,
    }
}

fn group_text(written: &str) -> IncomingText {
    IncomingText { place: Place { chat: ChatId(GROUP), topic: None }, private: false, ..text(written) }
}

fn topic_of(incoming: &Incoming) -> Option<TopicId> {
    match incoming {
        Incoming::Text(text) => text.place.topic,
        other => panic!("no text: {other:?}"),
    }
}

#[test]
fn a_private_text_counts_as_it_is() {
    assert_eq!(message(private(json!({}))), Incoming::Text(text("hello")));
    for written in
        ["/agent tour", "/start@adj_bot", "/whatever", "@adj_bot hi", "/etc/hosts is wrong", " \n "]
    {
        assert_eq!(message(private(json!({"text": written}))), Incoming::Text(text(written)));
    }
}

/// Each of these loses its text, or the whole update, in teloxide 0.17.
#[test]
fn a_text_survives_what_teloxide_does_not_know() {
    let button = |button: Value| json!({"reply_markup": {"inline_keyboard": [[button]]}});
    let unknown = [
        json!({"entities": [{"type": "date_time", "offset": 0, "length": 5, "unix_time": 1, "date_time_format": "x"}]}),
        button(json!({"text": "a", "new_kind": {"x": 1}})),
        button(json!({"text": "a", "is_disabled": true})),
        json!({"some_new": {"a": 1}}),
        json!({"forward_date": null, "quote": {"of": "a new form"}}),
        json!({"date": "a new form"}),
    ];
    for changes in unknown {
        assert_eq!(message(private(changes.clone())), Incoming::Text(text("hello")), "{changes}");
    }
    let new_chat_type = json!({"chat": {"id": -9, "type": "newtype"}, "text": "/status"});
    let place = Place { chat: ChatId(-9), topic: None };
    let expected = IncomingText { place, ..group_text("/status") };
    assert_eq!(message(private(new_chat_type)), Incoming::Text(expected), "taken for a group");
}

#[test]
fn a_caption_is_the_text_of_a_file() {
    let plain = json!({"file_id": "f", "file_unique_id": "u", "file_size": 1});
    let named = with(plain.clone(), json!({"file_name": "a.rs", "mime_type": "text/rust"}));
    let small = json!({"file_id": "s", "file_unique_id": "u", "width": 1, "height": 1, "file_size": 1});
    let large = json!({"file_id": "l", "file_unique_id": "v", "width": 9, "height": 9, "file_size": 9});
    let file = |id: &str, name: &str, media_type: &str, bytes| SentFile {
        id: id.to_owned(),
        name: name.to_owned(),
        media_type: media_type.to_owned(),
        bytes: Some(bytes),
    };
    for (content, files) in [
        (json!({"document": plain}), vec![file("f", "file", "application/octet-stream", 1)]),
        (json!({"document": named}), vec![file("f", "a.rs", "text/rust", 1)]),
        (json!({"photo": [small, large]}), vec![file("l", "photo-v.jpg", "image/jpeg", 9)]),
        (json!({"some_new_medium": {}}), vec![]),
    ] {
        let words = json!({"text": null, "caption": "fix this", "media_group_id": "7"});
        let read = message(with(private(words), content.clone()));
        let expected = IncomingText { files, album: Some("7".to_owned()), ..text("fix this") };
        assert_eq!(read, Incoming::Text(expected), "{content}");
    }
}

#[test]
fn what_has_no_words_is_not_supported() {
    let file = json!({"file_id": "f", "file_unique_id": "u", "duration": 1, "file_size": 1});
    let unsupported = Incoming::Unsupported {
        place: Place { chat: ChatId(111), topic: None },
        from: person(),
        message: MessageId(5),
    };
    assert_eq!(message(private(json!({"text": null, "audio": file}))), unsupported);
    assert_eq!(message(private(json!({"text": null, "rich_message": {"blocks": []}}))), unsupported);
    let edit = update("edited_message", private(json!({"text": null, "audio": file})));
    assert_eq!(incoming(&edit), Incoming::Ignored("an edit without words"));

    let in_group = json!({"text": null, "audio": file});
    assert_eq!(message(group(in_group.clone())), Incoming::Ignored("group talk"));
    let reply =
        json!({"message_id": 4, "date": 1, "chat": group(json!({}))["chat"], "from": bot(), "text": "?"});
    let answer = message(with(group(in_group), json!({"reply_to_message": reply})));
    assert!(matches!(answer, Incoming::Unsupported { .. }), "{answer:?}");
}

#[test]
fn only_the_wordless_kinds_of_a_file_that_only_teloxide_knows_are_its_own() {
    // Read by teloxide alone: the JSON has no sign that this is content and not a service message.
    let location = private(json!({"text": null, "location": {"latitude": 1.0, "longitude": 2.0}}));
    let read = read(&update("message", location).to_string(), &me());
    assert!(matches!(read, Incoming::Unsupported { .. }), "{read:?}");
}

#[test]
fn edits_and_forwards_are_marked() {
    let edited = update("edited_message", private(json!({"edit_date": 1_700_000_001})));
    assert_eq!(incoming(&edited), Incoming::Text(IncomingText { edited: true, ..text("hello") }));

    let forwarded = Incoming::Text(IncomingText { forwarded: true, ..text("hello") });
    let origin = json!({"type": "user", "date": 1, "sender_user": ada()});
    assert_eq!(message(private(json!({"forward_origin": origin}))), forwarded);
    let hidden = json!({"type": "hidden_user", "date": 1, "sender_user_name": "Bob"});
    assert_eq!(message(private(json!({"forward_origin": hidden}))), forwarded);
    let inline_bot = json!({"id": 9, "is_bot": true, "first_name": "Inline", "username": "inline_bot"});
    assert_eq!(message(private(json!({"via_bot": inline_bot}))), forwarded, "another bot wrote it");
}

#[test]
fn in_a_group_only_what_is_for_the_bot_counts() {
    for written in [
        "/agent tour",
        "/agent@adj_bot tour",
        "/AGENT@ADJ_BOT tour",
        "/stop x",
        "/agnet@adj_bot tour",
        "@adj_bot fix it",
        "could you, @Adj_Bot?",
    ] {
        assert_eq!(
            message(group(json!({"text": written}))),
            Incoming::Text(group_text(written)),
            "{written}"
        );
    }
    for (written, reason) in [
        ("hello all", "group talk"),
        ("@adj_bot2 hi", "group talk"),
        ("mail me@adj_bot", "group talk"),
        ("/agent@other_bot tour", "a command for another bot"),
        ("/weather", "a command of another bot"),
        ("/etc/hosts is wrong", "group talk"),
    ] {
        assert_eq!(message(group(json!({"text": written}))), Incoming::Ignored(reason), "{written}");
    }
    let plain_group = json!({"chat": {"id": -5, "type": "group", "title": "Old"}, "text": "hello all"});
    assert_eq!(message(private(plain_group)), Incoming::Ignored("group talk"));
}

#[test]
fn a_reply_to_the_bot_is_for_the_bot() {
    let reply_to = |id: i64, from: Value| json!({"reply_to_message": {"message_id": id, "date": 1, "chat": group(json!({}))["chat"], "from": from, "text": "?"}});
    let expected = Incoming::Text(IncomingText { reply_to_bot: true, ..group_text("hello") });
    assert_eq!(message(group(reply_to(4, bot()))), expected);
    assert_eq!(message(group(reply_to(4, ada()))), Incoming::Ignored("group talk"));

    // In a topic that the bot has opened, every message that answers nothing "answers" the opening.
    let in_topic = json!({"message_thread_id": 4, "is_topic_message": true});
    assert_eq!(message(with(group(reply_to(4, bot())), in_topic.clone())), Incoming::Ignored("group talk"));
    let answer = message(with(group(reply_to(6, bot())), in_topic));
    assert_eq!(topic_of(&answer), Some(TopicId(4)));
}

#[test]
fn a_topic_is_a_place_of_its_own_but_a_thread_is_not() {
    let topic = |thread: Value| topic_of(&message(with(group(json!({"text": "/status"})), thread)));
    assert_eq!(topic(json!({"message_thread_id": 77, "is_topic_message": true})), Some(TopicId(77)));
    assert_eq!(topic(json!({"message_thread_id": 1, "is_topic_message": true})), None, "General");
    assert_eq!(topic(json!({"message_thread_id": 77})), None, "a thread of replies");
    assert_eq!(topic(json!({})), None);
    let private_topic = private(json!({"message_thread_id": 77, "is_topic_message": true}));
    assert_eq!(topic_of(&message(private_topic)), Some(TopicId(77)));
}

#[test]
fn who_is_no_person_is_ignored() {
    let team = json!({"id": GROUP, "type": "supergroup", "title": "Team"});
    let channel = json!({"id": -2_002, "type": "channel", "title": "News"});
    let anonymous =
        json!({"id": 1_087_968_824, "is_bot": true, "first_name": "Group", "username": "GroupAnonymousBot"});
    let telegram = json!({"id": 777_000, "is_bot": false, "first_name": "Telegram"});
    for (changes, reason) in [
        (json!({"from": anonymous, "sender_chat": team}), "written in the name of a chat"),
        (
            json!({"from": telegram, "sender_chat": channel, "is_automatic_forward": true}),
            "written in the name of a chat",
        ),
        (json!({"from": bot()}), "written by a bot"),
        (json!({"from": null}), "without a sender"),
        (json!({"chat": channel, "from": null, "sender_chat": channel}), "a post in a channel"),
    ] {
        let commanded = with(group(json!({"text": "/status"})), changes);
        assert_eq!(message(commanded.clone()), Incoming::Ignored(reason), "{commanded}");
    }
}

#[test]
fn service_messages_are_ignored() {
    for content in [
        json!({"new_chat_members": [bot()]}),
        json!({"left_chat_member": ada()}),
        json!({"new_chat_title": "Team 2"}),
        json!({"pinned_message": private(json!({}))}),
        json!({"forum_topic_created": {"name": "T", "icon_color": 7_322_096}}),
        json!({"group_chat_created": true}),
    ] {
        let service = message(with(private(content), json!({"text": null})));
        assert_eq!(service, Incoming::Ignored("a service message"));
    }
    let unknown = message(private(json!({"text": null, "new_service": {}})));
    assert_eq!(unknown, Incoming::Ignored("an update that cannot be read"));
}

#[test]
fn a_group_that_becomes_a_supergroup_is_followed_from_either_side() {
    let migrated = Incoming::Migrated { from: ChatId(-5), to: ChatId(GROUP) };
    let old = json!({"id": -5, "type": "group", "title": "Team"});
    let anonymous = json!({"id": 1_087_968_824, "is_bot": true, "first_name": "Group"});
    let to = json!({"text": null, "chat": old, "from": anonymous, "sender_chat": old, "migrate_to_chat_id": GROUP});
    assert_eq!(message(private(to)), migrated);
    assert_eq!(message(group(json!({"text": null, "migrate_from_chat_id": -5}))), migrated);
}

#[test]
fn the_bots_own_membership_tells_whether_it_may_write() {
    let change = |status: Value| {
        let member = with(json!({"user": bot()}), status);
        let old = json!({"user": bot(), "status": "left"});
        let chat = group(json!({}))["chat"].clone();
        let changed = json!({"chat": chat, "from": ada(), "date": 1, "old_chat_member": old, "new_chat_member": member});
        incoming(&update("my_chat_member", changed))
    };
    let restricted = |is_member: bool, can_send: bool| {
        let names = [
            "can_send_messages",
            "can_send_audios",
            "can_send_documents",
            "can_send_photos",
            "can_send_videos",
            "can_send_video_notes",
            "can_send_voice_notes",
            "can_send_other_messages",
            "can_add_web_page_previews",
            "can_change_info",
            "can_invite_users",
            "can_pin_messages",
            "can_manage_topics",
            "can_send_polls",
        ];
        let rights = names.into_iter().map(|name| (name.to_owned(), json!(can_send))).collect();
        with(Value::Object(rights), json!({"status": "restricted", "is_member": is_member, "until_date": 0}))
    };
    for (status, reachable) in [
        (json!({"status": "member"}), true),
        (json!({"status": "administrator", "can_be_edited": false, "of": "a future form"}), true),
        (restricted(true, true), true),
        (restricted(true, false), false),
        (restricted(false, true), false),
        (json!({"status": "left"}), false),
        (json!({"status": "kicked", "until_date": 0}), false),
    ] {
        let expected = Incoming::Reachable { chat: ChatId(GROUP), reachable };
        assert_eq!(change(status.clone()), expected, "{status}");
    }
    assert!(matches!(change(json!({"status": "exalted"})), Incoming::Ignored(_)));
}

fn pressed(changes: Value) -> Incoming {
    let card = group(json!({"from": bot(), "message_thread_id": 77, "is_topic_message": true}));
    let query = json!({"id": "99", "from": ada(), "chat_instance": "1", "data": "1s.7", "message": card});
    incoming(&update("callback_query", with(query, changes)))
}

#[test]
fn a_press_comes_with_its_place_and_meaning() {
    let press = IncomingPress {
        place: Some(Place { chat: ChatId(GROUP), topic: Some(TopicId(77)) }),
        from: person(),
        query: "99".to_owned(),
        press: Some(Press::Stop(TaskId(7))),
    };
    assert_eq!(pressed(json!({})), Incoming::Pressed(press.clone()));

    let forged = IncomingPress { press: None, ..press.clone() };
    assert_eq!(pressed(json!({"data": "rm -rf /"})), Incoming::Pressed(forged.clone()));
    assert_eq!(pressed(json!({"data": null, "game_short_name": "chess"})), Incoming::Pressed(forged));

    let old = json!({"message": {"chat": group(json!({}))["chat"], "message_id": 5, "date": 0}});
    let chat_only = Some(Place { chat: ChatId(GROUP), topic: None });
    assert_eq!(pressed(old), Incoming::Pressed(IncomingPress { place: chat_only, ..press.clone() }));

    let nowhere = json!({"message": null, "inline_message_id": "i"});
    assert_eq!(pressed(nowhere), Incoming::Pressed(IncomingPress { place: None, ..press }));
}

#[test]
fn a_press_survives_what_teloxide_does_not_know_of_its_message() {
    let card = group(json!({"chat": {"id": GROUP, "type": "newtype"}, "reply_markup": {"of": "a new form"}}));
    let Incoming::Pressed(press) = pressed(json!({"message": card})) else { panic!("not a press") };
    assert_eq!(press.place, Some(Place { chat: ChatId(GROUP), topic: None }));
    assert_eq!(press.press, Some(Press::Stop(TaskId(7))));
}

#[test]
fn other_updates_are_ignored() {
    for other in [
        update("guest_message", json!({"x": 1})),
        update("stopped_message_generation", json!({"x": 1})),
        update("channel_post", private(json!({}))),
        update("message", json!({})),
        update("message", json!("?")),
        update("callback_query", json!({"id": 7})),
        update("my_chat_member", json!({"chat": {}})),
        json!({}),
        json!([]),
    ] {
        assert!(matches!(incoming(&other), Incoming::Ignored(_)), "{other}");
    }
    for text in ["", "{", "null", "\u{0}", "[1,2"] {
        assert!(matches!(read(text, &me()), Incoming::Ignored(_)), "{text:?}");
    }
}
