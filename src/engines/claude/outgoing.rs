//! What we say to Claude Code, as it is on the line.

use serde_json::{Value, json};

/// Our name for the first question, which tells what a session offers.
pub(super) const INITIALIZE: &str = "adjutant-initialize";

/// Our name for the request to stop.
const INTERRUPT: &str = "adjutant-interrupt";

/// A message of the requester. It is told back under this name as soon as it is taken up.
pub(super) fn user(name: &str, content: &Value) -> String {
    json!({
        "type": "user",
        "message": { "role": "user", "content": content },
        "parent_tool_use_id": null,
        "session_id": "",
        "uuid": name,
    })
    .to_string()
}

/// Asks what the session offers.
pub(super) fn initialize() -> String {
    request(INITIALIZE, &json!({ "subtype": "initialize" }))
}

/// Asks it to end the turn.
pub(super) fn interrupt() -> String {
    request(INTERRUPT, &json!({ "subtype": "interrupt" }))
}

fn request(name: &str, request: &Value) -> String {
    json!({ "type": "control_request", "request_id": name, "request": request }).to_string()
}

/// Answers a request of Claude Code.
pub(super) fn answer(request: &str, response: &Value) -> String {
    json!({
        "type": "control_response",
        "response": { "subtype": "success", "request_id": request, "response": response },
    })
    .to_string()
}

/// Answers a request that we cannot serve: it would wait for ever.
pub(super) fn decline(request: &str) -> String {
    json!({
        "type": "control_response",
        "response": { "subtype": "error", "request_id": request, "error": "not supported here" },
    })
    .to_string()
}
