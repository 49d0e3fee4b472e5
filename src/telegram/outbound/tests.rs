//! What goes out to Telegram, to the last field.

use serde_json::json;

use super::super::fake::Fake;
use super::*;
use crate::domain::ids::{TaskId, TopicId};
use crate::domain::message::{Document, DocumentContent};
use crate::domain::press::Press;

const SENT: &str = r#"{"ok":true,"result":{"message_id":70}}"#;
const DONE: &str = r#"{"ok":true,"result":true}"#;
const PLACE: Place = Place { chat: ChatId(7), topic: None };
const TOPIC: Place = Place { chat: ChatId(-1_001), topic: Some(TopicId(5)) };

fn message(text: &str) -> Message {
    Message {
        body: RichText { text: text.to_owned(), entities: Vec::new() },
        buttons: Vec::new(),
        document: None,
        silent: false,
    }
}

fn with_button(text: &str) -> Message {
    let stop = Button { label: "Stop".to_owned(), press: Press::Stop(TaskId(42)) };
    Message { buttons: vec![vec![stop]], ..message(text) }
}

fn with_file(content: DocumentContent) -> Message {
    let document = Document { name: "task 42.log".to_owned(), content };
    Message { document: Some(document), ..with_button("The log") }
}

fn refused(description: &str) -> String {
    json!({"ok": false, "error_code": 400, "description": description}).to_string()
}

#[tokio::test]
async fn a_plain_message_is_as_small_as_it_can_be() {
    let fake = Fake::start([(200, SENT)]).await;
    assert_eq!(send(&fake.api(), PLACE, None, &message("Hi")).await, Ok(MessageId(70)));
    let calls = fake.calls();
    assert_eq!(calls[0].method(), "sendMessage");
    let plain = json!({"chat_id": 7, "text": "Hi", "link_preview_options": {"is_disabled": true}});
    assert_eq!(calls[0].json(), plain);
}

#[tokio::test]
async fn a_full_message_carries_everything() {
    let styles = [
        Style::Bold,
        Style::Italic,
        Style::Strikethrough,
        Style::Code,
        Style::Pre(Some("rust".to_owned())),
        Style::Pre(None),
        Style::Quote,
        Style::Link("https://example.org/a?b".to_owned()),
        Style::Link("no link".to_owned()),
    ];
    let entities = styles.into_iter().zip(0..).map(|(style, offset)| Entity { offset, length: 1, style });
    let mut full = Message { silent: true, ..with_button("abcdefghi") };
    full.body.entities = entities.collect();

    let fake = Fake::start([(200, SENT)]).await;
    send(&fake.api(), TOPIC, Some(MessageId(69)), &full).await.unwrap();
    assert_eq!(
        fake.calls()[0].json(),
        json!({
            "chat_id": -1001,
            "message_thread_id": 5,
            "text": "abcdefghi",
            "entities": [
                {"type": "bold", "offset": 0, "length": 1},
                {"type": "italic", "offset": 1, "length": 1},
                {"type": "strikethrough", "offset": 2, "length": 1},
                {"type": "code", "offset": 3, "length": 1},
                {"type": "pre", "language": "rust", "offset": 4, "length": 1},
                {"type": "pre", "offset": 5, "length": 1},
                {"type": "expandable_blockquote", "offset": 6, "length": 1},
                {"type": "text_link", "url": "https://example.org/a?b", "offset": 7, "length": 1},
            ],
            "link_preview_options": {"is_disabled": true},
            "disable_notification": true,
            "reply_parameters": {"message_id": 69, "allow_sending_without_reply": true},
            "reply_markup": {"inline_keyboard": [[{"text": "Stop", "callback_data": "1s.42"}]]},
        })
    );
}

#[tokio::test]
async fn an_edit_without_buttons_takes_them_away() {
    let fake = Fake::start([(200, SENT), (200, SENT)]).await;
    let api = fake.api();
    edit(&api, ChatId(7), MessageId(70), &with_button("On")).await.unwrap();
    edit(&api, ChatId(7), MessageId(70), &message("Done")).await.unwrap();
    let calls = fake.calls();
    assert_eq!(calls[0].method(), "editMessageText");
    assert_eq!(calls[0].json()["reply_markup"]["inline_keyboard"][0][0]["text"], "Stop");
    assert_eq!(
        calls[1].json(),
        json!({"chat_id": 7, "message_id": 70, "text": "Done", "link_preview_options": {"is_disabled": true}})
    );
}

#[tokio::test]
async fn an_edit_that_changes_nothing_succeeds() {
    let same =
        refused("Bad Request: message is not modified: specified new message content and reply markup …");
    let gone = refused("Bad Request: message to edit not found");
    let fake = Fake::start([(400, &same), (400, &gone)]).await;
    let api = fake.api();
    assert_eq!(edit(&api, ChatId(7), MessageId(70), &message("x")).await, Ok(()));
    assert_eq!(edit(&api, ChatId(7), MessageId(70), &message("x")).await, Err(ChatError::TargetGone));
    let never = MessageId(i64::MAX);
    assert_eq!(edit(&api, ChatId(7), never, &message("x")).await, Err(ChatError::TargetGone));
}

#[tokio::test]
async fn a_press_is_answered_and_too_late_is_fine() {
    let late = refused("Bad Request: query is too old and response timeout expired or query ID is invalid");
    let fake = Fake::start([(200, DONE), (200, DONE), (400, &late)]).await;
    let api = fake.api();
    toast(&api, "99", None).await.unwrap();
    toast(&api, "99", Some("Saved".to_owned())).await.unwrap();
    toast(&api, "99", Some("Stopped".to_owned())).await.unwrap();
    let calls = fake.calls();
    assert_eq!(calls[0].json(), json!({"callback_query_id": "99"}));
    assert_eq!(calls[1].json()["text"], "Saved");
    assert_eq!(calls[2].json(), json!({"callback_query_id": "99", "text": "Stopped"}));
}

#[tokio::test]
async fn a_text_goes_out_as_a_file_with_all_that_a_message_has() {
    let fake = Fake::start([(200, SENT)]).await;
    let mut log = Message { silent: true, ..with_file(DocumentContent::Text("line 1\n".to_owned())) };
    log.body.entities.push(Entity { offset: 4, length: 3, style: Style::Bold });
    assert_eq!(send(&fake.api(), TOPIC, Some(MessageId(69)), &log).await, Ok(MessageId(70)));

    let call = &fake.calls()[0];
    assert_eq!(call.method(), "sendDocument");
    let parts = [
        ("chat_id", "-1001"),
        ("caption", "The log"),
        ("disable_notification", "true"),
        ("message_thread_id", "5"),
        ("caption_entities", r#"[{"length":3,"offset":4,"type":"bold"}]"#),
        ("reply_parameters", r#"{"allow_sending_without_reply":true,"message_id":69}"#),
        ("reply_markup", r#"{"inline_keyboard":[[{"callback_data":"1s.42","text":"Stop"}]]}"#),
    ];
    for (name, value) in parts {
        let (_, rest) = call.body.split_once(&format!("name=\"{name}\"\r\n\r\n")).expect(name);
        let (sent, _) = rest.split_once("\r\n--").unwrap();
        // The order of a JSON object's fields means nothing.
        let json = |text: &str| serde_json::from_str::<serde_json::Value>(text).ok();
        assert!(sent == value || (json(sent).is_some() && json(sent) == json(value)), "{name}: {sent}");
    }
    assert!(call.body.contains("name=\"document\"; filename=\"task 42.log\"\r\n"), "{}", call.body);
    assert!(call.body.contains("text/plain; charset=utf-8\r\n\r\nline 1\n\r\n--"), "{}", call.body);
}

#[tokio::test]
async fn a_file_is_read_from_disk_and_its_caption_edited() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("on-disk.bin");
    std::fs::write(&path, "some bytes").unwrap();
    let fake = Fake::start([(200, SENT), (200, SENT)]).await;
    let api = fake.api();
    let file = with_file(DocumentContent::File(path));
    send(&api, PLACE, None, &file).await.unwrap();
    edit(&api, PLACE.chat, MessageId(70), &file).await.unwrap();
    let calls = fake.calls();
    assert!(calls[0].body.contains("filename=\"task 42.log\""), "its shown name: {}", calls[0].body);
    assert!(calls[0].body.contains("\r\n\r\nsome bytes\r\n--"), "{}", calls[0].body);
    assert_eq!(calls[1].method(), "editMessageCaption");
    assert_eq!(calls[1].json()["caption"], "The log");
}

#[tokio::test]
async fn a_file_that_cannot_go_out_is_refused_with_the_reason() {
    let directory = tempfile::tempdir().unwrap();
    let large = directory.path().join("large");
    std::fs::File::create(&large).unwrap().set_len((50 << 20) + 1).unwrap();
    let cases = [
        (DocumentContent::File(directory.path().join("none")), "No such file"),
        (DocumentContent::File(directory.path().to_owned()), "it is not a file"),
        (DocumentContent::File(large), "it has 51 MB, and Telegram takes 50 MB at most"),
        (DocumentContent::Text(String::new()), "it is empty"),
    ];
    let fake = Fake::start([]).await;
    for (content, reason) in cases {
        match send(&fake.api(), PLACE, None, &with_file(content)).await {
            Err(ChatError::Refused(why)) => {
                assert!(why.contains(reason) && why.contains("task 42.log"), "{why}")
            }
            other => panic!("{reason}: {other:?}"),
        }
    }
    assert!(fake.calls().is_empty());
}
