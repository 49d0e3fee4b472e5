//! A Bot API server for the tests of this adapter: answers in the order it was told to, keeps what it was sent.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{StatusCode, header};
use serde_json::Value;
use teloxide::Bot;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::api::Api;
use super::{ConnectError, ConnectSettings, Telegram};

pub(super) const TOKEN: &str = "42:very-SECRET";
pub(super) const ME: &str =
    r#"{"ok":true,"result":{"id":42,"is_bot":true,"first_name":"A","username":"adj_bot"}}"#;

/// A call as it came.
#[derive(Debug, Clone)]
pub(super) struct Call {
    pub(super) path: String,
    pub(super) body: String,
}

impl Call {
    pub(super) fn method(&self) -> &str {
        self.path.rsplit('/').next().unwrap()
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

#[derive(Default)]
struct Script {
    answers: VecDeque<(u16, String)>,
    calls: Vec<Call>,
}

pub(super) struct Fake {
    url: String,
    script: Arc<Mutex<Script>>,
}

impl Fake {
    /// Starts a server that gives these answers, and then `502`.
    pub(super) async fn start<const N: usize>(answers: [(u16, &str); N]) -> Self {
        let answers = answers.map(|(status, body)| (status, body.to_owned())).into();
        let script = Arc::new(Mutex::new(Script { answers, calls: Vec::new() }));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let router = Router::new().fallback(answer).with_state(Arc::clone(&script));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, script }
    }

    /// An address at which nobody listens.
    pub(super) async fn nowhere() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self { url: format!("http://{}", listener.local_addr().unwrap()), script: Arc::default() }
    }

    pub(super) fn settings(&self) -> ConnectSettings<'_> {
        ConnectSettings { token: TOKEN, api_url: &self.url, proxy: None }
    }

    pub(super) async fn connect(&self) -> Result<Telegram, ConnectError> {
        Telegram::connect(self.settings(), &CancellationToken::new()).await
    }

    pub(super) fn api(&self) -> Api {
        Api::new(Bot::new(TOKEN).set_api_url(self.url.parse().unwrap()))
    }

    pub(super) fn calls(&self) -> Vec<Call> {
        self.script.lock().unwrap().calls.clone()
    }
}

async fn answer(
    State(script): State<Arc<Mutex<Script>>>,
    uri: axum::http::Uri,
    body: Bytes,
) -> (StatusCode, [(header::HeaderName, &'static str); 1], String) {
    let mut script = script.lock().unwrap();
    let body = String::from_utf8_lossy(&body).into_owned();
    script.calls.push(Call { path: uri.path().to_owned(), body });
    let (status, body) = script.answers.pop_front().unwrap_or((502, "<html>Bad Gateway</html>".to_owned()));
    (StatusCode::from_u16(status).unwrap(), [(header::LOCATION, "/elsewhere")], body)
}
