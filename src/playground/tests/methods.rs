//! What the less frequent methods do, as the bot and the people see it.

use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use super::support::Bot;
use super::*;

const TEAM: i64 = -1_001_000_000_001;

async fn started() -> Bot {
    let bot = Bot::start(Options::default()).await;
    bot.sim.say(1001, 1001, "/start").expect("said");
    bot
}

async fn call(bot: &Bot, method: &str, call: Value) -> Value {
    bot.ok(method, &call.to_string()).await
}

/// Field names of the service messages in a chat, oldest first.
fn told(bot: &Bot, chat_id: i64) -> Vec<String> {
    let messages = bot.sim.messages(chat_id, None);
    messages.iter().flat_map(|message| message.service.keys().cloned()).collect()
}

#[tokio::test]
async fn the_newest_pin_is_shown_and_goes_with_its_message() {
    let bot = started().await;
    for text in ["one", "two"] {
        let id =
            call(&bot, "sendMessage", json!({ "chat_id": 1001, "text": text })).await["message_id"].clone();
        call(&bot, "pinChatMessage", json!({ "chat_id": 1001, "message_id": id })).await;
    }
    let pinned = |chat: Value| chat["pinned_message"]["text"].clone();
    let chat = json!({ "chat_id": 1001 });
    assert_eq!(pinned(call(&bot, "getChat", chat.clone()).await), "two");
    assert_eq!(told(&bot, 1001), ["pinned_message", "pinned_message"]);
    call(&bot, "unpinChatMessage", chat.clone()).await;
    assert_eq!(pinned(call(&bot, "getChat", chat.clone()).await), "one");
    call(&bot, "deleteMessages", json!({ "chat_id": 1001, "message_ids": [2, 99] })).await;
    assert_eq!(pinned(call(&bot, "getChat", chat.clone()).await), Value::Null);
    let refused = bot.refused("unpinChatMessage", &chat.to_string()).await;
    assert_eq!(refused, "400 Bad Request: message to unpin not found");
}

#[tokio::test]
async fn an_album_is_several_messages_with_one_group() {
    let bot = started().await;
    let media = json!([
        { "type": "document", "media": "attach://a", "caption": "*c*", "parse_mode": "MarkdownV2" },
        { "type": "document", "media": "attach://b" },
    ]);
    let form = Form::new()
        .text("chat_id", "1001")
        .text("media", media.to_string())
        .part("a", Part::bytes(b"1".as_slice()).file_name("a.txt"))
        .part("b", Part::bytes(b"22".as_slice()).file_name("b.txt"));
    let sent = bot.client.post(bot.url("sendMediaGroup")).multipart(form).send().await.expect("answers");
    let sent: Value = sent.json().await.expect("is JSON");
    let (first, second) = (&sent["result"][0], &sent["result"][1]);
    assert_eq!((&first["message_id"], &second["message_id"]), (&json!(2), &json!(3)), "{sent}");
    assert_eq!(first["media_group_id"], second["media_group_id"]);
    assert_eq!((&first["caption"], &first["caption_entities"][0]["type"]), (&json!("c"), &json!("bold")));
    assert_eq!(
        (&second["document"]["file_name"], &second["document"]["file_size"]),
        (&json!("b.txt"), &json!(2))
    );
    let other = json!({ "type": "document", "media": first["document"]["file_id"], "caption": "new" });
    let edited =
        call(&bot, "editMessageMedia", json!({ "chat_id": 1001, "message_id": 3, "media": other })).await;
    assert_eq!((&edited["document"]["file_name"], &edited["caption"]), (&json!("a.txt"), &json!("new")));
}

#[tokio::test]
async fn topics_close_and_open_and_tell_it() {
    let bot = started().await;
    let topic = json!({ "chat_id": TEAM, "message_thread_id": 2 });
    let general = json!({ "chat_id": TEAM });
    call(&bot, "closeForumTopic", topic.clone()).await;
    assert_eq!(
        bot.refused("closeForumTopic", &topic.to_string()).await,
        "400 Bad Request: TOPIC_NOT_MODIFIED"
    );
    call(&bot, "reopenForumTopic", topic).await;
    call(&bot, "editForumTopic", json!({ "chat_id": TEAM, "message_thread_id": 2, "name": "New" })).await;
    call(&bot, "hideGeneralForumTopic", general.clone()).await;
    let state = bot.sim.state();
    let team = state.chats.iter().find(|chat| chat.chat.id == TEAM).expect("is there");
    assert_eq!(team.chat.topics[0], SimTopic { closed: true, hidden: true, ..SimTopic::new(1, "General") });
    assert_eq!(team.chat.topics[1], SimTopic::new(2, "New"));
    call(&bot, "reopenGeneralForumTopic", general).await;
    let updates = bot.updates(r#"{"offset":700000002}"#).await;
    let heard: Vec<Value> = updates.iter().map(|update| update["message"].clone()).collect();
    let fields = ["forum_topic_closed", "forum_topic_reopened", "forum_topic_edited"];
    assert_eq!(told(&bot, TEAM)[..3], fields);
    assert_eq!(
        heard[2]["forum_topic_edited"]["name"], "New",
        "the bot is told of its own changes: {heard:?}"
    );
    assert_eq!(heard[2]["message_thread_id"], 2);
}

#[tokio::test]
async fn a_bot_that_left_is_told_so_and_may_no_longer_write() {
    let bot = started().await;
    let count = call(&bot, "getChatMemberCount", json!({ "chat_id": TEAM })).await;
    let team = json!({ "chat_id": TEAM });
    call(&bot, "leaveChat", team.clone()).await;
    let refused = bot.refused("sendMessage", &json!({ "chat_id": TEAM, "text": "x" }).to_string()).await;
    assert_eq!(refused, "403 Forbidden: bot is not a member of the supergroup chat");
    assert_eq!(bot.refused("getChat", &team.to_string()).await, refused);
    assert_eq!(
        bot.refused("leaveChat", r#"{"chat_id":1001}"#).await,
        "400 Bad Request: can't leave private chats"
    );
    let updates = bot.updates("{}").await;
    let last = updates.last().expect("is told");
    assert_eq!(last["my_chat_member"]["new_chat_member"]["status"], "left");
    bot.sim.chat(&ChatChange::new(ChatAction::Add, TEAM)).expect("is added");
    assert_eq!(call(&bot, "getChatMemberCount", team).await, count);
}

#[tokio::test]
async fn a_quote_names_its_place_and_options_are_kept() {
    let bot = started().await;
    call(&bot, "sendMessage", json!({ "chat_id": 1001, "text": "😀 two words" })).await;
    let answer = json!({
        "chat_id": 1001, "text": "x", "protect_content": true, "message_effect_id": "7",
        "link_preview_options": { "is_disabled": true },
        "reply_parameters": { "message_id": 2, "quote": "two" },
    });
    let sent = call(&bot, "sendMessage", answer).await;
    assert_eq!(sent["quote"], json!({ "text": "two", "position": 3, "is_manual": true }));
    assert_eq!((&sent["has_protected_content"], &sent["effect_id"]), (&json!(true), &json!("7")));
    assert_eq!(sent["link_preview_options"]["is_disabled"], true);
    let edit = json!({ "chat_id": 1001, "message_id": 3, "text": "x" });
    let edited = call(&bot, "editMessageText", edit).await;
    assert_eq!(edited["link_preview_options"], Value::Null, "the preview alone is a change");
    let old_name = json!({ "chat_id": 1001, "text": "x", "disable_web_page_preview": true });
    assert_eq!(call(&bot, "sendMessage", old_name).await["link_preview_options"]["is_disabled"], true);
}

#[tokio::test]
async fn a_rich_message_is_blocks_for_the_bot_and_text_for_the_page() {
    let bot = started().await;
    let markdown = "# Plan\n\n- **one**\n- [two](https://e.com/)\n\n```rust\nfn a() {}\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |";
    let rich = json!({ "chat_id": 1001, "rich_message": { "markdown": markdown } });
    let sent = call(&bot, "sendRichMessage", rich).await;
    assert_eq!(sent["text"], Value::Null);
    let blocks = json!([
        { "type": "heading", "text": "Plan", "size": 1 }, { "type": "paragraph", "text": "• one\n• two" },
        { "type": "pre", "text": "fn a() {}" }, { "type": "paragraph", "text": "a | b\n1 | 2" },
    ]);
    assert_eq!(sent["rich_message"]["blocks"], blocks);
    let shown = bot.sim.messages(1001, None).pop().expect("is there");
    assert_eq!(shown.content(), "Plan\n\n• one\n• two\n\nfn a() {}\n\na | b\n1 | 2");
    let kinds: Vec<&str> = shown.entities.iter().map(|entity| entity.kind.as_str()).collect();
    assert_eq!(kinds, ["bold", "bold", "text_link", "pre"]);
    let answer = json!({ "chat_id": 1001, "text": "x", "reply_to_message_id": 2 });
    let answered = call(&bot, "sendMessage", answer).await["reply_to_message"].take();
    call(&bot, "pinChatMessage", json!({ "chat_id": 1001, "message_id": 2 })).await;
    let told = bot.updates(r#"{"offset":-1}"#).await.remove(0)["message"]["pinned_message"].take();
    let pinned = call(&bot, "getChat", json!({ "chat_id": 1001 })).await["pinned_message"].take();
    for inner in [answered, told, pinned] {
        assert_eq!((&inner["text"], &inner["rich_message"]["blocks"]), (&Value::Null, &blocks), "{inner}");
    }
    let edit = json!({ "chat_id": 1001, "message_id": 2, "rich_message": { "markdown": "_new_" } });
    assert_eq!(call(&bot, "editMessageText", edit).await["rich_message"]["blocks"][0]["text"], "new");
    let plain = json!({ "chat_id": 1001, "message_id": 2, "text": "plain" });
    assert_eq!(call(&bot, "editMessageText", plain).await["rich_message"], Value::Null);
}

#[tokio::test]
async fn a_voice_message_is_sent_anew_by_its_id() {
    let bot = started().await;
    let form = Form::new()
        .text("chat_id", "1001")
        .text("duration", "3")
        .part("voice", Part::bytes(b"OggS".as_slice()).file_name("v.ogg"));
    let sent = bot.client.post(bot.url("sendVoice")).multipart(form).send().await.expect("answers");
    let sent: Value = sent.json().await.expect("is JSON");
    let voice = &sent["result"]["voice"];
    assert_eq!((&voice["duration"], &voice["file_size"]), (&json!(3), &json!(4)), "{sent}");
    let again = call(&bot, "sendVoice", json!({ "chat_id": 1001, "voice": voice["file_id"] })).await;
    assert_eq!(again["voice"]["file_id"], voice["file_id"]);
}

#[tokio::test]
async fn an_album_counts_as_one_message_for_the_flood_rules() {
    let bot = Bot::start(Options { flood: true, ..Options::default() }).await;
    bot.sim.say(1001, 1001, "/start").expect("said");
    let form = Form::new().text("chat_id", "1001").part("document", Part::bytes(vec![1]).file_name("f"));
    let sent = bot.client.post(bot.url("sendDocument")).multipart(form).send().await.expect("answers");
    let sent: Value = sent.json().await.expect("is JSON");
    let item = json!({ "type": "document", "media": sent["result"]["document"]["file_id"] });
    let album = json!({ "chat_id": 1001, "media": vec![item; 10] });
    assert_eq!(bot.ok("sendMediaGroup", &album.to_string()).await.as_array().map(Vec::len), Some(10));
}

#[tokio::test]
async fn a_name_that_is_taken_back_gives_way_to_the_first_one() {
    let bot = started().await;
    let name = async || bot.ok("getMe", "{}").await["first_name"].take();
    bot.ok("setMyName", r#"{"name":"Jo"}"#).await;
    assert_eq!(name().await, "Jo");
    bot.ok("setMyName", r#"{"name":""}"#).await;
    assert_eq!(name().await, Options::default().bot_name);
    assert_eq!(bot.ok("getMyName", "{}").await["name"], Options::default().bot_name);
}

#[tokio::test]
async fn a_copy_may_lose_its_caption_and_comes_only_from_where_the_bot_may_look() {
    let bot = started().await;
    let part = || Part::bytes(b"log".as_slice()).file_name("run.log");
    let form = Form::new().text("chat_id", "1001").text("caption", "c").part("document", part());
    bot.client.post(bot.url("sendDocument")).multipart(form).send().await.expect("answers");
    let copy = |more: Value| {
        let mut call = json!({ "chat_id": 1001, "from_chat_id": 1001, "message_id": 2 });
        call.as_object_mut().expect("is one").extend(more.as_object().expect("is one").clone());
        call
    };
    for (more, caption) in [(json!({}), Some("c")), (json!({ "caption": "" }), None)] {
        call(&bot, "copyMessage", copy(more)).await;
        let copied = bot.sim.messages(1001, None).pop().expect("is there");
        assert_eq!(copied.caption.as_deref(), caption);
    }
    let there = call(&bot, "sendMessage", json!({ "chat_id": TEAM, "text": "x" })).await;
    bot.sim.chat(&ChatChange::new(ChatAction::Kick, TEAM)).expect("kicked");
    let from_team = copy(json!({ "from_chat_id": TEAM, "message_id": there["message_id"] }));
    assert_eq!(
        bot.refused("copyMessage", &from_team.to_string()).await,
        "403 Forbidden: bot was kicked from the supergroup chat"
    );
}

#[tokio::test]
async fn a_topic_has_its_colour_and_takes_its_pins_with_it() {
    let bot = started().await;
    let topic = json!({ "chat_id": TEAM, "name": "n", "icon_color": 0xff_93b2 });
    let topic = call(&bot, "createForumTopic", topic).await["message_thread_id"].take();
    let told = bot.updates(r#"{"offset":-1}"#).await.remove(0)["message"]["forum_topic_created"].take();
    assert_eq!(told["icon_color"], 0xff_93b2);
    let there = json!({ "chat_id": TEAM, "message_thread_id": topic, "text": "x" });
    let sent = call(&bot, "sendMessage", there.clone()).await;
    call(&bot, "pinChatMessage", json!({ "chat_id": TEAM, "message_id": sent["message_id"] })).await;
    call(&bot, "deleteForumTopic", there).await;
    let team = bot.sim.state().chats.into_iter().find(|chat| chat.chat.id == TEAM).expect("is there");
    assert_eq!(team.pinned, [0_i64; 0]);
}
