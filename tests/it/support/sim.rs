//! `/sim` as a typed client: what people do in a playground, and what there is to see, over HTTP.
//!
//! The methods are named as the calls of `docs/playground.md`. What the playground refuses comes back in its own
//! words; that it cannot be reached, or says what nobody understands, fails the test. Knows nothing of the bot.

use std::sync::Arc;
use std::time::Duration;

use adjutant::playground::{
    CallPage, ChatChange, ChatChanged, Fault, SendText, SendUpload, SimError, SimEvent, SimMessage, SimState,
    Tap, Transcript,
};
use reqwest::multipart::{Form, Part};
use reqwest::{Client, RequestBuilder};
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::{Map, Value, json};

/// The longest wait that the playground grants.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// People's hands and eyes in a playground: cheap to clone.
#[derive(Clone)]
pub(crate) struct SimClient {
    http: Client,
    base: String,
}

#[derive(Deserialize)]
struct Sent {
    message_ids: Vec<i64>,
}

#[derive(Deserialize)]
struct Tapped {
    query_id: String,
}

#[derive(Deserialize)]
struct Queued {
    update_id: i64,
}

#[derive(Deserialize)]
struct Messages {
    messages: Vec<Arc<SimMessage>>,
}

impl SimClient {
    /// For the playground with this base URL.
    pub(crate) fn new(url: &str) -> Self {
        // A proxy of the machine has no business here.
        Self { http: Client::builder().no_proxy().build().unwrap(), base: format!("{url}/sim") }
    }

    /// A person sends text; the ids of the messages that it became.
    pub(crate) async fn send(&self, send: &SendText) -> Result<Vec<i64>, SimError> {
        let sent: Sent = answer(self.post("send").json(send)).await?;
        Ok(sent.message_ids)
    }

    /// A person sends a file; the ids of its messages.
    pub(crate) async fn upload(&self, upload: SendUpload) -> Result<Vec<i64>, SimError> {
        let mut file = Part::bytes(upload.bytes.to_vec()).file_name(upload.file_name);
        if let Some(kind) = upload.mime_type {
            file = file.mime_str(&kind).unwrap();
        }
        let mut form = Form::new()
            .text("user_id", upload.user_id.to_string())
            .text("chat_id", upload.chat_id.to_string())
            .part("file", file);
        if let Some(topic) = upload.thread_id {
            form = form.text("thread_id", topic.to_string());
        }
        if let Some(caption) = upload.caption {
            form = form.text("caption", caption);
        }
        let sent: Sent = answer(self.post("upload").multipart(form)).await?;
        Ok(sent.message_ids)
    }

    /// A person edits a message of theirs.
    pub(crate) async fn edit(&self, user: i64, chat: i64, message: i64, text: &str) -> Result<(), SimError> {
        let edit = json!({ "user_id": user, "chat_id": chat, "message_id": message, "text": text });
        done(self.post("edit").json(&edit)).await
    }

    /// A person presses a button; the id that the bot answers to.
    pub(crate) async fn tap(&self, tap: &Tap) -> Result<String, SimError> {
        let tapped: Tapped = answer(self.post("tap").json(tap)).await?;
        Ok(tapped.query_id)
    }

    /// A message vanishes.
    pub(crate) async fn delete(&self, chat: i64, message: i64) -> Result<(), SimError> {
        done(self.post("delete").json(&json!({ "chat_id": chat, "message_id": message }))).await
    }

    /// Puts an update into the bot's queue as it is, but for its id, which is returned.
    pub(crate) async fn update(&self, update: &Map<String, Value>) -> Result<i64, SimError> {
        let queued: Queued = answer(self.post("update").json(update)).await?;
        Ok(queued.update_id)
    }

    /// Something happens to a chat as a whole.
    pub(crate) async fn chat(&self, change: &ChatChange) -> Result<ChatChanged, SimError> {
        answer(self.post("chat").json(change)).await
    }

    /// Orders calls to fail.
    pub(crate) async fn fault(&self, fault: &Fault) {
        done(self.post("fault").json(fault)).await.unwrap();
    }

    /// Good weather again.
    pub(crate) async fn clear_faults(&self) {
        done(self.http.delete(format!("{}/fault", self.base))).await.unwrap();
    }

    /// Everything at a glance.
    pub(crate) async fn state(&self) -> SimState {
        answer(self.get("state")).await.unwrap()
    }

    /// Sequence number of the newest event.
    pub(crate) async fn seq(&self) -> u64 {
        self.state().await.seq
    }

    /// The messages of a chat as they stand, oldest first; of one topic when it is given (1 is General).
    pub(crate) async fn messages(&self, chat: i64, topic: Option<i64>) -> Vec<Arc<SimMessage>> {
        let asked = self.get("messages").query(&[("chat_id", Some(chat)), ("thread_id", topic)]);
        let messages: Messages = answer(asked).await.unwrap();
        messages.messages
    }

    /// Events after `seq` that are still remembered, oldest first.
    pub(crate) async fn events(&self, after: u64) -> Vec<SimEvent> {
        self.wait_event_for(after, Duration::ZERO).await
    }

    /// Waits until there is an event after `seq`, and returns all of them; none when nothing happens for very long.
    pub(crate) async fn wait_event(&self, after: u64) -> Vec<SimEvent> {
        self.wait_event_for(after, LONGEST_WAIT).await
    }

    /// The same, for at most so long; then returns none.
    pub(crate) async fn wait_event_for(&self, after: u64, longest: Duration) -> Vec<SimEvent> {
        let wait_ms = u64::try_from(longest.as_millis()).unwrap();
        answer(self.get("events.json").query(&[("after", after), ("wait_ms", wait_ms)])).await.unwrap()
    }

    /// Waits until the bot has confirmed all updates; says which are left when it does not within this time.
    pub(crate) async fn wait_idle(&self, longest: Duration) -> Result<(), SimError> {
        let timeout_ms = u64::try_from(longest.as_millis()).unwrap();
        done(self.post("wait").json(&json!({ "idle": true, "timeout_ms": timeout_ms }))).await
    }

    /// Everything that happened, in one chat or in all.
    pub(crate) async fn transcript(&self, chat: Option<i64>) -> Transcript {
        answer(self.get("transcript").query(&[("chat_id", chat)])).await.unwrap()
    }

    /// Bot API calls after the `n`-th.
    pub(crate) async fn calls(&self, after: u64) -> CallPage {
        answer(self.get("calls").query(&[("after", after)])).await.unwrap()
    }

    /// The bytes of a file.
    pub(crate) async fn file(&self, file_id: &str) -> Result<Vec<u8>, SimError> {
        body(self.get(&format!("file/{file_id}"))).await
    }

    fn get(&self, call: &str) -> RequestBuilder {
        self.http.get(format!("{}/{call}", self.base))
    }

    fn post(&self, call: &str) -> RequestBuilder {
        self.http.post(format!("{}/{call}", self.base))
    }
}

/// What the playground answers, or why it refuses.
async fn answer<T: DeserializeOwned>(request: RequestBuilder) -> Result<T, SimError> {
    Ok(read(&body(request).await?))
}

/// The same, when there is nothing to be told but that it is done.
async fn done(request: RequestBuilder) -> Result<(), SimError> {
    answer(request).await.map(|IgnoredAny| ())
}

async fn body(request: RequestBuilder) -> Result<Vec<u8>, SimError> {
    let response = request.send().await.expect("the playground answers");
    let refused = !response.status().is_success();
    let body = response.bytes().await.expect("the playground answers to the end");
    if refused { Err(read(&body)) } else { Ok(body.to_vec()) }
}

fn read<T: DeserializeOwned>(body: &[u8]) -> T {
    serde_json::from_slice(body).unwrap_or_else(|error| {
        panic!("{error} in the playground's answer {}", String::from_utf8_lossy(body))
    })
}
