//! Files up and down, and bodies of every form.

use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use super::support::Bot;
use super::*;

/// A PNG header that says 3 by 2 pixels.
const PICTURE: &[u8] = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x03\x00\x00\x00\x02";

async fn started(state: Option<PathBuf>) -> Bot {
    let bot = Bot::start(Options { state, ..Options::default() }).await;
    bot.sim.say(1001, 1001, "/start").expect("said");
    bot
}

async fn send(bot: &Bot, method: &str, form: Form) -> Value {
    let response = bot.client.post(bot.url(method)).multipart(form).send().await.expect("answers");
    response.json().await.expect("is JSON")
}

#[tokio::test]
async fn a_document_goes_up_and_comes_down() {
    let folder = tempfile::tempdir().expect("is made");
    for state in [None, Some(folder.path().join("state"))] {
        let bot = started(state).await;
        let part =
            Part::bytes(b"log".as_slice()).file_name("run.log").mime_str("text/plain").expect("is a type");
        let form =
            Form::new().text("chat_id", "1001").text("caption", "*all*").text("parse_mode", "MarkdownV2");
        let sent = send(&bot, "sendDocument", form.part("document", part)).await;
        let document = &sent["result"]["document"];
        assert_eq!(
            (&document["file_name"], &document["file_size"]),
            (&json!("run.log"), &json!(3)),
            "{sent}"
        );
        assert_eq!(sent["result"]["caption_entities"][0]["type"], "bold");

        let id = document["file_id"].as_str().expect("is text");
        let file = bot.ok("getFile", &json!({ "file_id": id }).to_string()).await;
        let path = file["file_path"].as_str().expect("is text");
        let token = Options::default().token;
        let url = format!("{}/file/bot{token}/{path}", bot.playground.url());
        let bytes = bot.client.get(url).send().await.expect("answers").bytes().await.expect("has a body");
        assert_eq!(&bytes[..], b"log");
        let (name, bytes) = bot.sim.file(id).await.expect("is there");
        assert_eq!((name.as_deref(), &bytes[..]), (Some("run.log"), b"log".as_slice()));

        let again = bot.ok("sendDocument", &json!({ "chat_id": 1001, "document": id }).to_string()).await;
        assert_eq!(again["document"]["file_id"], id);
        bot.ok(
            "editMessageCaption",
            &json!({ "chat_id": 1001, "message_id": again["message_id"], "caption": "c" }).to_string(),
        )
        .await;
        bot.playground.stop().await;
    }
}

#[tokio::test]
async fn a_file_name_may_have_spaces_without_quotes() {
    let bot = started(None).await;
    for (sent, kept) in [("my notes.txt", "my notes.txt"), ("\"für dich.txt\"", "für dich.txt")] {
        let body = format!(
            "--x\r\ncontent-disposition:form-data;name=\"chat_id\"\r\n\r\n1001\r\n\
             --x\r\ncontent-disposition:form-data;name=\"document\";filename={sent}\r\n\r\nabc\r\n--x--\r\n"
        );
        let request = bot.client.post(bot.url("sendDocument"));
        let request = request.header("content-type", "multipart/form-data; boundary=x").body(body);
        let answer: Value = request.send().await.expect("answers").json().await.expect("is JSON");
        assert_eq!(answer["result"]["document"]["file_name"], kept, "{answer}");
    }
}

#[tokio::test]
async fn a_person_uploads_and_the_bot_fetches() {
    let bot = started(None).await;
    let form = Form::new()
        .text("user_id", "1001")
        .text("chat_id", "1001")
        .text("caption", "see")
        .part("file", Part::bytes(b"abc".as_slice()).file_name("a.txt"));
    let url = format!("{}/sim/upload", bot.playground.url());
    let answer: Value =
        bot.client.post(url).multipart(form).send().await.expect("answers").json().await.expect("is JSON");
    assert_eq!(answer, json!({ "message_ids": [2] }));
    let message = bot.updates(r#"{"offset":-1}"#).await[0]["message"].take();
    assert_eq!((&message["caption"], &message["document"]["file_name"]), (&json!("see"), &json!("a.txt")));
    bot.ok("getFile", &json!({ "file_id": message["document"]["file_id"] }).to_string()).await;
}

#[tokio::test]
async fn a_photo_has_to_be_a_picture() {
    let bot = started(None).await;
    let form = |bytes: &'static [u8]| {
        let photo = Part::bytes(bytes).file_name("p.png");
        Form::new().text("chat_id", "1001").text("photo", "attach://pic").part("pic", photo)
    };
    let sent = send(&bot, "sendPhoto", form(PICTURE)).await;
    let photo = &sent["result"]["photo"][0];
    assert_eq!((&photo["width"], &photo["height"]), (&json!(3), &json!(2)), "{sent}");
    let refused = send(&bot, "sendPhoto", form(b"no picture")).await;
    assert_eq!(refused["description"], "Bad Request: IMAGE_PROCESS_FAILED");
}

#[tokio::test]
async fn files_are_refused_with_telegrams_texts() {
    let bot = started(None).await;
    let caption = "c".repeat(1_025);
    let table = [
        ("sendDocument", json!({ "chat_id": 1001 }), "400 Bad Request: there is no document in the request"),
        ("sendPhoto", json!({ "chat_id": 1001 }), "400 Bad Request: there is no photo in the request"),
        (
            "sendDocument",
            json!({ "chat_id": 1001, "document": "https://e.com/x" }),
            "400 Bad Request: failed to get HTTP URL content",
        ),
        (
            "sendDocument",
            json!({ "chat_id": 1001, "document": "zzz" }),
            "400 Bad Request: wrong remote file identifier specified: Wrong string length",
        ),
        ("getFile", json!({}), "400 Bad Request: file_id not specified"),
        ("getFile", json!({ "file_id": "zzz" }), "400 Bad Request: invalid file_id"),
    ];
    for (method, body, expected) in table {
        assert_eq!(bot.refused(method, &body.to_string()).await, expected);
    }
    let form = |caption: &str, bytes: &'static [u8]| {
        let document = Part::bytes(bytes).file_name("x");
        Form::new().text("chat_id", "1001").text("caption", caption.to_owned()).part("document", document)
    };
    let refused = send(&bot, "sendDocument", form(&caption, b"x")).await;
    assert_eq!(refused["description"], "Bad Request: message caption is too long");
    let refused = send(&bot, "sendDocument", form("", b"")).await;
    assert_eq!(refused["description"], "Bad Request: file must be non-empty");
    let big = Part::bytes(vec![0; 50 * 1024 * 1024 + 1]).file_name("big");
    let refused = send(&bot, "sendDocument", Form::new().text("chat_id", "1001").part("document", big)).await;
    assert_eq!(refused, json!({ "ok": false, "error_code": 413, "description": "Request Entity Too Large" }));
}

#[tokio::test]
async fn every_form_of_body_is_understood() {
    let bot = started(None).await;
    let text = "a&b=c +%41 é😀";
    let form = bot.client.post(bot.url("sendMessage")).form(&[("chat_id", "1001"), ("text", text)]);
    let multipart = bot
        .client
        .post(bot.url("sendMessage"))
        .multipart(Form::new().text("chat_id", "1001").text("text", text));
    let query = bot.client.get(bot.url("sendMessage")).query(&[("chat_id", "1001"), ("text", text)]);
    let json = bot
        .client
        .post(bot.url("sendMessage"))
        .json(&json!({ "chat_id": "1001", "text": text, "reply_markup": null }));
    for request in [form, multipart, query, json] {
        let answer: Value = request.send().await.expect("answers").json().await.expect("is JSON");
        assert_eq!(answer["result"]["text"], text, "{answer}");
    }
}

#[tokio::test]
async fn a_refused_upload_of_a_person_leaves_nothing_behind() {
    let folder = tempfile::tempdir().expect("is made");
    let bot = started(Some(folder.path().join("s"))).await;
    for (chat, files) in [("-5", 0), ("1001", 1)] {
        let form = Form::new().text("user_id", "1001").text("chat_id", chat);
        let form = form.part("file", Part::bytes(b"log".as_slice()).file_name("run.log"));
        let url = format!("{}/sim/upload", bot.playground.url());
        bot.client.post(url).multipart(form).send().await.expect("answers");
        let kept = std::fs::read_dir(folder.path().join("s.files/documents")).expect("is there");
        assert_eq!(kept.count(), files, "{chat}");
    }
}

#[tokio::test]
async fn a_photo_may_be_covered_and_have_its_caption_above() {
    let bot = started(None).await;
    let form = Form::new().text("chat_id", "1001").text("caption", "c").text("has_spoiler", "true");
    let form = form.text("show_caption_above_media", "true");
    let sent = send(&bot, "sendPhoto", form.part("photo", Part::bytes(PICTURE).file_name("a.png"))).await;
    let photo = &sent["result"];
    assert_eq!(
        (&photo["has_media_spoiler"], &photo["show_caption_above_media"]),
        (&json!(true), &json!(true))
    );
    let edit = json!({ "chat_id": 1001, "message_id": photo["message_id"], "caption": "d" });
    let edited = bot.ok("editMessageCaption", &edit.to_string()).await;
    assert_eq!(
        (&edited["has_media_spoiler"], &edited["show_caption_above_media"]),
        (&json!(true), &Value::Null)
    );
}
