//! The way of one Bot API call: ordered faults, kept files, the method, the log.

use std::time::{Duration, Instant};

use axum::extract::Request;
use serde_json::{Map, Value};

use super::errors::ApiError;
use super::faults::Mishap;
use super::hub::Hub;
use super::methods::{Answer, Call, Handler, find, unknown};
use super::params::Params;
use super::traffic::{self, CallRecord};
use super::{updates, uploads};

const GET_UPDATES: &str = "getUpdates";
/// Bytes of a method's name that the log shows.
const LONGEST_NAME: usize = 64;

/// What the server does with a call.
pub(crate) enum Outcome {
    Answer(Answer),
    /// Closes the connection without a word.
    Cut,
}

/// A method that may be called.
#[derive(Clone, Copy)]
enum Method {
    GetUpdates,
    Other(&'static str, Handler),
}

impl Method {
    fn named(name: &str) -> Option<Self> {
        if name.eq_ignore_ascii_case(GET_UPDATES) {
            return Some(Self::GetUpdates);
        }
        find(name).map(|(name, handler)| Self::Other(name, handler))
    }

    fn name(self) -> &'static str {
        match self {
            Self::GetUpdates => GET_UPDATES,
            Self::Other(name, _) => name,
        }
    }
}

/// Whether there is such a method, in any case.
pub(crate) fn knows(method: &str) -> bool {
    Method::named(method).is_some()
}

/// Carries out a call of the bot.
pub(crate) async fn call(hub: &Hub, method: &str, request: Request) -> Outcome {
    let started = Instant::now();
    let refused = |name: &str, error| {
        let answer = Err(error);
        record(hub, name, (None, Map::new()), Some(&answer), started);
        Outcome::Answer(answer)
    };
    let Some(method) = Method::named(method) else {
        return refused(&method[..method.floor_char_boundary(LONGEST_NAME)], unknown(method));
    };
    let mut params = match Params::read(request).await {
        Ok(params) => params,
        Err(error) => return refused(method.name(), error),
    };
    let chat_id = params.int("chat_id");
    let received = params.to_json();
    let mishap = hub.change(|inner, now| inner.faults.meet(method.name(), chat_id, now));
    let answer = match mishap {
        Some(Mishap::ResetBefore) => None,
        Some(Mishap::TooMany { seconds }) => Some(Err(ApiError::too_many(seconds))),
        Some(Mishap::Internal) => Some(Err(ApiError::INTERNAL)),
        Some(Mishap::Delay { ms }) => {
            tokio::select! {
                () = tokio::time::sleep(Duration::from_millis(ms)) => {}
                () = hub.closed() => {}
            }
            Some(carry_out(hub, method, &mut params).await)
        }
        Some(Mishap::ResetAfter) => {
            // The bot never sees this answer.
            drop(carry_out(hub, method, &mut params).await);
            None
        }
        None => Some(carry_out(hub, method, &mut params).await),
    };
    record(hub, method.name(), (chat_id, received), answer.as_ref(), started);
    answer.map_or(Outcome::Cut, Outcome::Answer)
}

async fn carry_out(hub: &Hub, method: Method, params: &mut Params) -> Answer {
    let Method::Other(name, handler) = method else { return updates::poll(hub, params).await };
    let files = uploads::keep(hub, name, params).await?;
    let kept = files.clone();
    let params = &*params;
    let answer = hub.change(|inner, now| handler(&mut Call { inner, params, now, files }));
    if answer.is_err() {
        uploads::forget(hub, &kept).await;
    }
    if name == "setWebhook" && answer.is_ok() {
        // Whoever is waiting for updates is told.
        hub.pollers.send_modify(|newest| *newest += 1);
    }
    answer
}

/// Logs a call with its chat and parameters. Polls that brought nothing would only hide the others.
fn record(
    hub: &Hub,
    method: &str,
    (chat_id, params): (Option<i64>, Map<String, Value>),
    answer: Option<&Answer>,
    started: Instant,
) {
    if matches!((method, answer), (GET_UPDATES, Some(Ok(updates))) if updates == "[]") {
        return;
    }
    let (result, error_code, description) = match answer {
        Some(Ok(result)) => (Some(traffic::shown(result)), None, None),
        Some(Err(error)) => (None, Some(error.code), Some(error.description.to_string())),
        None => (None, Some(0), Some("the connection was cut, as ordered".to_owned())),
    };
    let ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    let call = |at| CallRecord {
        n: 0,
        at,
        method: method.to_owned(),
        params,
        chat_id,
        ok: result.is_some(),
        result,
        error_code,
        description,
        ms,
    };
    hub.change(|inner, now| inner.traffic.call(call(now)));
}
