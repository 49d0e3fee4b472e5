//! An agent that speaks ACP and thinks about nothing, played by the bench's own program: it says what time it is.
//!
//! For each prompt it asks for one permission, whose command holds the time of asking; once it is answered, it says the
//! time and ends its turn at once. A prompt with a command in it makes it start that and never end its turn, whoever asks.

use std::io::{BufRead, Write};
use std::process::{Command, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

/// The argument that makes an agent of the bench's program.
pub(crate) const ARGUMENT: &str = "acp-agent";

/// What comes before a time.
pub(crate) const MARK: &str = "at-";

/// What comes before a command.
pub(crate) const RUN: &str = "run: ";

/// Now, in nanoseconds since 1970.
pub(crate) fn now() -> u128 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos()
}

/// The time that a text holds.
pub(crate) fn time_in(text: &str) -> Option<u128> {
    let (_, rest) = text.split_once(MARK)?;
    rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// Talks until its input ends; or for ever, once it has become stubborn.
pub(crate) fn run() {
    let (mut prompt, mut stubborn) = (Value::Null, false);
    for line in std::io::stdin().lock().lines() {
        let message: Value = serde_json::from_str(&line.unwrap()).unwrap();
        let id = message["id"].clone();
        match message["method"].as_str() {
            Some("initialize") => answer(&id, &json!({ "protocolVersion": 1, "agentCapabilities": {} })),
            Some("session/new") => {
                answer(&id, &json!({ "sessionId": format!("session-{}", std::process::id()) }));
            }
            Some("session/prompt") => {
                prompt = id;
                stubborn = start(&message["params"]["prompt"]);
                if !stubborn {
                    ask();
                }
            }
            Some("session/cancel") if stubborn => {}
            Some("session/cancel") => answer(&prompt, &json!({ "stopReason": "cancelled" })),
            // The answer to what was asked.
            None => {
                let text = format!("Answered {MARK}{}.", now());
                let update = json!({ "sessionUpdate": "agent_message_chunk", "content": { "type": "text", "text": text } });
                send(
                    &json!({ "method": "session/update", "params": { "sessionId": session(), "update": update } }),
                );
                answer(&prompt, &json!({ "stopReason": "end_turn" }));
            }
            Some(_) if id.is_null() => {}
            Some(_) => answer(&id, &Value::Null),
        }
    }
    if stubborn {
        loop {
            std::thread::park();
        }
    }
}

/// Starts the command of a prompt, if there is one in it.
fn start(prompt: &Value) -> bool {
    let mut texts = prompt.as_array().into_iter().flatten().filter_map(|block| block["text"].as_str());
    let Some((_, command)) = texts.find_map(|text| text.split_once(RUN)) else { return false };
    let mut command =
        Command::new("sh").arg("-c").arg(command).stdin(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
    std::thread::spawn(move || command.wait());
    true
}

fn ask() {
    let command = format!("echo {MARK}{}", now());
    let call = json!({
        "toolCallId": "1", "kind": "execute", "title": command, "status": "pending", "rawInput": { "command": command },
    });
    let options = json!([
        { "optionId": "yes", "name": "Allow", "kind": "allow_once" },
        { "optionId": "no", "name": "Reject", "kind": "reject_once" },
    ]);
    let params = json!({ "sessionId": session(), "toolCall": call, "options": options });
    send(&json!({ "id": "ask", "method": "session/request_permission", "params": params }));
}

fn session() -> String {
    format!("session-{}", std::process::id())
}

fn answer(id: &Value, result: &Value) {
    send(&json!({ "id": id, "result": result }));
}

fn send(message: &Value) {
    let mut message = message.clone();
    message["jsonrpc"] = json!("2.0");
    let mut out = std::io::stdout().lock();
    // When Adjutant has gone, nobody listens.
    let _ = writeln!(out, "{message}").and_then(|()| out.flush());
}
