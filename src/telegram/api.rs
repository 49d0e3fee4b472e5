//! One call of a Bot API method: request, answer, error. Knows no chat, no message and no retrying.
//!
//! The bot (token, address, client) and the payloads are teloxide's; the call is ours, since teloxide's own
//! sleeps 10 s inside the call on every 5xx, drops `error_code`, shows the URL with the token in errors, and
//! fails a call that succeeded when the message in its answer has a part that it cannot read.

use std::borrow::Cow;
use std::error::Error as _;
use std::time::Duration;

use axum::body::Bytes;
use reqwest::multipart::Form;
use reqwest::{RequestBuilder, Response, Url};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use teloxide::Bot;
use teloxide::requests::Payload;

/// How long to wait when Telegram says "too many requests" but not for how long.
const UNTOLD_FLOOD_WAIT: Duration = Duration::from_secs(5);

/// Calls methods with one bot's token.
#[derive(Clone)]
pub(super) struct Api {
    bot: Bot,
}

/// Why a call brought no result. No variant ever holds the token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum CallError {
    /// No answer, none of Telegram's, or a failure on its side. Whether the call took effect is unknown.
    #[error("{0}")]
    Unreachable(String),
    /// Too many calls.
    #[error("flood wait of {} s", .0.as_secs())]
    Flood(Duration),
    /// Telegram said no.
    #[error("{0}")]
    Refused(Refusal),
}

/// Telegram's no.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{description} ({code})")]
pub(super) struct Refusal {
    /// `error_code`, the same as the HTTP status.
    pub(super) code: u16,
    /// In Telegram's words.
    pub(super) description: String,
    /// The supergroup that the group has become.
    pub(super) migrated_to: Option<i64>,
}

impl Api {
    pub(super) fn new(bot: Bot) -> Self {
        Self { bot }
    }

    /// Calls the payload's method. `R` is what the caller wants of the result, often less than there is.
    pub(super) async fn call<P, R>(&self, payload: &P) -> Result<R, CallError>
    where
        P: Payload + Serialize,
        R: DeserializeOwned,
    {
        self.answer(P::NAME, self.post(P::NAME)?.json(payload)).await
    }

    /// The same for a call that may take longer than usual: it waits, or carries a lot.
    pub(super) async fn call_within<P, R>(&self, payload: &P, timeout: Duration) -> Result<R, CallError>
    where
        P: Payload + Serialize,
        R: DeserializeOwned,
    {
        self.answer(P::NAME, self.post(P::NAME)?.json(payload).timeout(timeout)).await
    }

    /// Calls a method with a form, for files.
    pub(super) async fn upload<P, R>(&self, form: Form, timeout: Duration) -> Result<R, CallError>
    where
        P: Payload,
        R: DeserializeOwned,
    {
        self.answer(P::NAME, self.post(P::NAME)?.multipart(form).timeout(timeout)).await
    }

    /// Begins to fetch a file by the path that `getFile` gave; `None` when it is not there any more.
    pub(super) async fn download(
        &self,
        path: &str,
        timeout: Duration,
    ) -> Result<Option<Response>, CallError> {
        let token = format!("bot{}", self.bot.token());
        let url = self.url(["file", &token].into_iter().chain(path.split('/')))?;
        let response = self.bot.client().get(url).timeout(timeout).send().await;
        let response = response.map_err(|error| self.unreachable(error))?;
        match response.status().as_u16() {
            200 => Ok(Some(response)),
            400..429 => Ok(None),
            429 => Err(CallError::Flood(UNTOLD_FLOOD_WAIT)),
            code => Err(CallError::Unreachable(format!("HTTP {code}"))),
        }
    }

    /// The next piece of a download; `None` at its end.
    pub(super) async fn next_piece(&self, response: &mut Response) -> Result<Option<Bytes>, CallError> {
        response.chunk().await.map_err(|error| self.unreachable(error))
    }

    fn post(&self, method: &str) -> Result<RequestBuilder, CallError> {
        let token = format!("bot{}", self.bot.token());
        Ok(self.bot.client().post(self.url([token.as_str(), &documented(method)])?))
    }

    fn url<'a>(&self, path: impl IntoIterator<Item = &'a str>) -> Result<Url, CallError> {
        let mut url = self.bot.api_url();
        url.path_segments_mut()
            .map_err(|()| CallError::Unreachable("the API's address cannot have a path".to_owned()))?
            .pop_if_empty()
            .extend(path);
        Ok(url)
    }

    async fn answer<R: DeserializeOwned>(
        &self,
        method: &str,
        request: RequestBuilder,
    ) -> Result<R, CallError> {
        let response = request.send().await.map_err(|error| self.unreachable(error))?;
        let status = response.status().as_u16();
        let body = response.bytes().await.map_err(|error| self.unreachable(error))?;
        decode(method, status, &body)
    }

    /// The error and its causes in one line, without the URL, which holds the token.
    fn unreachable(&self, error: reqwest::Error) -> CallError {
        let error = error.without_url();
        let mut text = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            let more = error.to_string();
            if !text.contains(&more) {
                text = format!("{text}: {more}");
            }
            cause = error.source();
        }
        // No cause is known to quote the URL; should one ever do, the token still stays here.
        CallError::Unreachable(text.replace(self.bot.token(), "<token>"))
    }
}

/// A method's name as Telegram documents it; teloxide begins with a capital, which Telegram takes as well.
fn documented(method: &str) -> String {
    let mut letters = method.chars();
    letters.next().map(|first| first.to_ascii_lowercase()).into_iter().chain(letters).collect()
}

/// What every method answers.
#[derive(Deserialize)]
struct Answer<'a> {
    ok: bool,
    #[serde(borrow)]
    result: Option<&'a RawValue>,
    error_code: Option<u16>,
    #[serde(borrow)]
    description: Option<Cow<'a, str>>,
    parameters: Option<Parameters>,
}

/// teloxide has these as an enum, which cannot hold a kind that is added later.
#[derive(Deserialize)]
struct Parameters {
    retry_after: Option<u64>,
    migrate_to_chat_id: Option<i64>,
}

fn decode<R: DeserializeOwned>(method: &str, status: u16, body: &[u8]) -> Result<R, CallError> {
    let Ok(answer) = serde_json::from_slice::<Answer<'_>>(body) else {
        return Err(CallError::Unreachable(format!("HTTP {status} with an answer that is not Telegram's")));
    };
    if answer.ok {
        return answer.result.and_then(|result| serde_json::from_str(result.get()).ok()).ok_or_else(|| {
            CallError::Unreachable(format!("the answer to {method} has a form that is not known"))
        });
    }
    let code = answer.error_code.unwrap_or(status);
    let description = answer.description.unwrap_or(Cow::Borrowed("no reason given")).into_owned();
    let (retry_after, migrated_to) =
        answer.parameters.map_or((None, None), |p| (p.retry_after, p.migrate_to_chat_id));
    Err(match (retry_after, code) {
        (Some(seconds), _) => CallError::Flood(Duration::from_secs(seconds)),
        (None, 429) => CallError::Flood(UNTOLD_FLOOD_WAIT),
        (None, 500..) => CallError::Unreachable(format!("{description} ({code})")),
        (None, _) => CallError::Refused(Refusal { code, description, migrated_to }),
    })
}

#[cfg(test)]
mod tests;
