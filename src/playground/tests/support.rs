//! A bot that speaks plain HTTP to a playground of its own.

use serde_json::Value;

use crate::playground::{Options, Playground, Sim};

pub(super) struct Bot {
    pub(super) playground: Playground,
    pub(super) sim: Sim,
    pub(super) client: reqwest::Client,
    token: String,
}

impl Bot {
    pub(super) async fn start(options: Options) -> Self {
        let token = options.token.clone();
        let playground = Playground::start(options).await.expect("starts");
        let sim = playground.sim();
        // A proxy of the environment is not for this machine.
        let client = reqwest::Client::builder().no_proxy().build().expect("is built");
        Self { playground, sim, client, token }
    }

    pub(super) fn url(&self, method: &str) -> String {
        format!("{}/bot{}/{method}", self.playground.url(), self.token)
    }

    /// Calls a method with a JSON body; the whole answer.
    pub(super) async fn call(&self, method: &str, json: &str) -> Value {
        let request = self.client.post(self.url(method)).header("content-type", "application/json");
        let response = request.body(json.to_owned()).send().await.expect("answers");
        let status = response.status().as_u16();
        let answer: Value = response.json().await.expect("is JSON");
        let code = answer["error_code"].as_u64().unwrap_or(200);
        assert_eq!(u64::from(status), code, "the status is the error code: {answer}");
        answer
    }

    /// Calls a method that has to succeed; its result.
    pub(super) async fn ok(&self, method: &str, json: &str) -> Value {
        let mut answer = self.call(method, json).await;
        assert_eq!(answer["ok"], true, "{method} {json}: {answer}");
        answer["result"].take()
    }

    /// Calls a method that has to be refused; code and text.
    pub(super) async fn refused(&self, method: &str, json: &str) -> String {
        let answer = self.call(method, json).await;
        assert_eq!(answer["ok"], false, "{method} {json}: {answer}");
        format!("{} {}", answer["error_code"], answer["description"].as_str().unwrap_or(""))
    }

    pub(super) async fn updates(&self, json: &str) -> Vec<Value> {
        match self.ok("getUpdates", json).await {
            Value::Array(updates) => updates,
            other => panic!("no list: {other}"),
        }
    }

    /// What `/sim` shows there.
    pub(super) async fn get(&self, path: &str) -> Value {
        let (status, answer) = self.sim_call(reqwest::Method::GET, path, None).await;
        assert_eq!(status, 200, "{path}: {answer}");
        answer
    }

    /// Asks `/sim` for something that it has to refuse; what it says.
    pub(super) async fn sim_refused_get(&self, path: &str) -> String {
        let (status, answer) = self.sim_call(reqwest::Method::GET, path, None).await;
        assert_eq!(status, 400, "{path}: {answer}");
        answer["error"].as_str().expect("says why").to_owned()
    }

    /// Does something through `/sim`.
    pub(super) async fn post(&self, path: &str, body: Value) -> Value {
        let (status, answer) = self.sim_call(reqwest::Method::POST, path, Some(&body)).await;
        assert_eq!(status, 200, "{path} {body}: {answer}");
        answer
    }

    /// Does something through `/sim` that it has to refuse; what it says.
    pub(super) async fn sim_refused(&self, path: &str, body: Value) -> String {
        let (status, answer) = self.sim_call(reqwest::Method::POST, path, Some(&body)).await;
        assert_eq!(status, 400, "{path} {body}: {answer}");
        answer["error"].as_str().expect("says why").to_owned()
    }

    /// A request to `/sim`: status and answer.
    pub(super) async fn sim_call(
        &self,
        method: reqwest::Method,
        path: &str,
        body: Option<&Value>,
    ) -> (u16, Value) {
        let mut request = self.client.request(method, format!("{}/sim/{path}", self.playground.url()));
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.send().await.expect("answers");
        (response.status().as_u16(), response.json().await.expect("is JSON"))
    }
}
