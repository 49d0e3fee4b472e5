//! Answers to what a program asks of us.

use agent_client_protocol::v1::Responder;
use agent_client_protocol::{Error, UntypedMessage};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// What a request says; one that makes no sense is answered at once.
pub(super) fn read<T: DeserializeOwned>(
    message: &UntypedMessage,
    responder: Responder,
) -> Option<(T, Responder)> {
    match T::deserialize(message.params()) {
        Ok(request) => Some((request, responder)),
        Err(error) => {
            refuse(responder, Error::invalid_params().data(error.to_string()));
            None
        }
    }
}

/// Answers a request. A program that is gone needs no answer.
pub(super) fn respond(responder: Responder, answer: &impl Serialize) {
    let answer = serde_json::to_value(answer).map_err(|error| Error::new(-32603, error.to_string()));
    if let Err(error) = responder.respond_with_result(answer) {
        tracing::debug!(%error, "an answer could not be sent");
    }
}

/// Answers a request with an error. A program that is gone needs no answer.
pub(super) fn refuse(responder: Responder, error: Error) {
    if let Err(error) = responder.respond_with_error(error) {
        tracing::debug!(%error, "an answer could not be sent");
    }
}
