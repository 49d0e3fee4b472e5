//! A program that speaks the protocol, badly: this very test binary, started again with a behaviour.
//!
//! It knows nothing of Adjutant's code, and of the protocol only what it needs.

#![allow(
    clippy::print_stderr,
    clippy::disallowed_methods,
    clippy::zombie_processes,
    clippy::needless_pass_by_value,
    reason = "a program that misbehaves, written with literals"
)]

use std::io::{BufRead, Write};
use std::process::{Command, Stdio, exit};

use serde_json::{Value, json};

/// The variable that makes this binary an agent.
pub(crate) const BEHAVIOUR: &str = "ADJUTANT_TEST_AGENT";

/// The variable with the mark by which its descendants are found.
pub(crate) const MARK: &str = "ADJUTANT_TEST_MARK";

/// What it says in the end.
pub(crate) const LAST: &str = "That was all.";

/// A test without the variable, and else no test at all.
#[test]
fn be_an_agent() {
    let Ok(behaviour) = std::env::var(BEHAVIOUR) else { return };
    if behaviour == "exits" {
        eprintln!("something is missing\n");
        exit(3);
    }
    let mut agent = Agent { behaviour, instructions: String::new(), prompt: Value::Null };
    agent.serve();
    exit(0);
}

struct Agent {
    behaviour: String,
    /// What it was told before any prompt.
    instructions: String,
    /// The id of the prompt that is worked on.
    prompt: Value,
}

impl Agent {
    fn serve(&mut self) {
        while let Some(message) = heard() {
            let id = message["id"].clone();
            match message["method"].as_str().unwrap_or_default() {
                "initialize" => answer(&id, self.introduction()),
                "authenticate" => self.authenticate(&message),
                "session/new" if self.behaviour == "login" => {
                    say(
                        &json!({ "id": id, "error": { "code": -32000, "message": "Authentication required" } }),
                    );
                }
                "session/new" => {
                    let instructions = &message["params"]["systemPrompt"]["content"][0]["text"];
                    self.instructions = instructions.as_str().unwrap_or_default().to_owned();
                    answer(&id, self.session());
                }
                "session/set_mode" | "session/set_config_option" => answer(&id, json!({})),
                "session/resume" if self.behaviour == "forgets" => {
                    say(&json!({ "id": id, "error": { "code": -32002, "message": "Resource not found" } }));
                }
                "session/resume" => answer(&id, json!({})),
                "session/load" => {
                    text("History that was shown long ago.");
                    answer(&id, json!({}));
                }
                "session/list" => answer(&id, self.list(&message)),
                "session/prompt" => {
                    self.prompt = id;
                    self.work(&message);
                }
                "session/cancel" => self.end("cancelled"),
                _ => {}
            }
        }
        if self.behaviour == "ignores the end of its input" {
            std::thread::park();
        }
    }

    fn introduction(&self) -> Value {
        let version = if self.behaviour == "another version" { 7 } else { 1 };
        json!({
            "protocolVersion": version,
            "agentInfo": { "name": "odd", "version": "1.2.3" },
            "authMethods": [{ "id": "gemini-api-key", "name": "Use a key", "type": "env_var" }],
            "agentCapabilities": {
                "loadSession": self.behaviour == "loads",
                "promptCapabilities": { "image": true, "embeddedContext": true },
                "sessionCapabilities": match self.behaviour.as_str() {
                    "loads" => json!({}),
                    "takes instructions" => json!({ "systemPrompt": {} }),
                    _ => json!({ "resume": {}, "list": {} }),
                },
                "_meta": { "claudeCode": { "promptQueueing": self.behaviour == "queues" } },
            },
        })
    }

    fn session(&self) -> Value {
        json!({
            "sessionId": "odd-1",
            "modes": { "currentModeId": "plain", "availableModes": [
                { "id": "plain", "name": "Plain" }, { "id": "careful", "name": "Careful" },
                { "id": "yolo", "name": "All of it" },
            ]},
            "configOptions": [{
                "id": "model", "name": "Model", "category": "model", "type": "select", "currentValue": "small",
                "options": [{ "value": "small", "name": "Small" }, { "value": "large", "name": "Large" }],
            }],
        })
    }

    fn authenticate(&mut self, message: &Value) {
        self.behaviour = "plain".to_owned();
        assert_eq!(message["params"]["methodId"], "gemini-api-key");
        answer(&message["id"], json!({}));
    }

    fn list(&self, message: &Value) -> Value {
        let cwd = &message["params"]["cwd"];
        json!({ "sessions": [
            { "sessionId": "older", "cwd": cwd, "title": "The older one", "updatedAt": "2026-11-20T10:00:00Z" },
            { "sessionId": "newer", "cwd": cwd, "title": null, "updatedAt": "2026-11-21T10:00:00.5Z" },
            { "sessionId": "elsewhere", "cwd": "/elsewhere", "title": "Not here" },
        ]})
    }

    fn work(&mut self, message: &Value) {
        match self.behaviour.as_str() {
            "speaks nonsense" => nonsense(),
            "speaks in pieces" => in_pieces(),
            "speaks much" => {
                for _ in 0..5 {
                    text(&"x".repeat(200_000));
                }
            }
            "speaks in long lines" => long_line(),
            "speaks on" => {
                self.end("end_turn");
                self.end("end_turn");
                text("Nobody wants to hear this.");
                return;
            }
            "shouts" => {
                let line = "!".repeat(999);
                for _ in 0..5_000 {
                    eprintln!("{line}");
                }
            }
            "dies" => {
                text("I have a bad feeling.");
                eprintln!("out of luck");
                exit(4);
            }
            "leaves" => {
                text("I go.");
                exit(0);
            }
            acts if acts.starts_with('[') => {
                let acts: Vec<Value> = serde_json::from_str(acts).unwrap();
                for act in acts {
                    self.act(&act);
                }
            }
            "asks twice" => asks_twice(),
            "takes instructions" => {
                assert!(self.instructions.contains("Be kind."), "{}", self.instructions);
                text(&message["params"]["prompt"].to_string());
            }
            "repeats the prompt" => text(&message["params"]["prompt"].to_string()),
            "works in terminals" => terminals(),
            "reads and writes" => files(),
            "asks" => asks(),
            "takes back" => takes_back(),
            "waits" | "ignores cancel" => {
                text("I wait.");
                return self.wait();
            }
            "has children" => {
                let mark = std::env::var(MARK).unwrap();
                for _ in 0..2 {
                    Command::new("setsid").args(["sleep", &mark]).stdin(Stdio::null()).spawn().unwrap();
                }
                text("I wait.");
                return self.wait();
            }
            "queues" => {
                text("First.");
                let steered = heard().unwrap();
                assert_eq!(steered["method"], "session/prompt");
                text(&format!(" Then {}.", steered["params"]["prompt"][0]["text"].as_str().unwrap()));
                answer(&steered["id"], json!({ "stopReason": "end_turn" }));
            }
            "fails" => {
                let error = json!({ "code": -32603, "message": "Internal error", "data": { "details": "no credit" } });
                return say(&json!({ "id": self.prompt, "error": error }));
            }
            "gives up" => return self.end("max_tokens"),
            "ends oddly" => return self.end("bored"),
            _ => {}
        }
        text(LAST);
        self.end("end_turn");
    }

    /// One thing that it does as it was told: it tells of a call, asks for it and says what was answered, or wants a file
    /// or a terminal of us.
    fn act(&self, act: &Value) {
        if act["tells"].is_object() {
            update(act["tells"].clone());
        } else if act["asks"].is_object() {
            let options = json!([
                { "optionId": "no", "name": "No", "kind": "reject_once" },
                { "optionId": "yes", "name": "Yes", "kind": "allow_once" },
            ]);
            let params = json!({ "sessionId": "odd-1", "toolCall": act["asks"], "options": options });
            say(&json!({ "id": "act", "method": "session/request_permission", "params": params }));
            let answer = heard_about("act");
            let reason = answer["result"]["_meta"]["reason"].as_str().unwrap_or_default();
            text(&format!("{}. {reason}", answer["result"]["outcome"]["optionId"].as_str().unwrap()));
        } else if let Some(method) = act["wants"].as_str() {
            let answer = request(method, act["params"].clone());
            text(answer["error"]["message"].as_str().unwrap_or("given"));
        } else if act == "waits" {
            // Only the end of its input ends it.
            while heard().is_some() {}
            exit(0);
        }
    }

    /// Waits for a cancel, and heeds it or does not.
    fn wait(&self) {
        loop {
            let Some(message) = heard() else { return };
            if message["method"] == "session/cancel" && self.behaviour != "ignores cancel" {
                return self.end("cancelled");
            }
        }
    }

    fn end(&self, reason: &str) {
        answer(&self.prompt, json!({ "stopReason": reason }));
    }
}

fn nonsense() {
    raw("{\"jsonrpc\": \"2.0\", \"method\": \"session/upd\n");
    raw("not JSON at all\n\n[]\n[1,2]\n\"text\"\n{}\n{\"jsonrpc\":\"2.0\"}\n\u{0}\n");
    say(&json!({ "method": "session/update", "params": { "sessionId": "odd-1" } }));
    say(&json!({ "method": "session/update", "params": [] }));
    for kind in ["holiday", "agent_message_chunk", "tool_call", "plan", "usage_update"] {
        update(json!({ "sessionUpdate": kind, "content": 7, "entries": 7, "toolCallId": 7 }));
    }
    say(&json!({ "method": "weather/changed", "params": {} }));
    say(&json!({ "id": "w1", "method": "weather/tell", "params": {} }));
    let answer = heard_about("w1");
    assert_eq!(answer["error"]["code"], -32601, "{answer}");
    say(&json!({ "id": 999, "result": { "stopReason": "end_turn" } }));
    say(&json!({ "id": "p1", "method": "session/request_permission", "params": { "options": 1 } }));
    let answer = heard_about("p1");
    assert_eq!(answer["error"]["code"], -32602, "{answer}");
}

fn in_pieces() {
    let message = json!({ "jsonrpc": "2.0", "method": "session/update", "params": { "sessionId": "odd-1", "update": {
        "sessionUpdate": "agent_message_chunk", "content": { "type": "text", "text": "grün. " },
    }}});
    let line = format!("{message}\n");
    for byte in line.as_bytes() {
        let mut stdout = std::io::stdout();
        stdout.write_all(&[*byte]).unwrap();
        stdout.flush().unwrap();
    }
}

fn long_line() {
    let piece = "x".repeat(1_000_000);
    raw("{\"jsonrpc\":\"2.0\",\"method\":\"session/update\",\"params\":{\"text\":\"");
    for _ in 0..50 {
        raw(&piece);
    }
    raw("\"}}\n");
}

fn permission(id: &Value) {
    let options = json!([
        { "optionId": "never", "name": "No", "kind": "reject_once" },
        { "optionId": "all", "name": "All", "kind": "allow_always" },
        { "optionId": "yes", "name": "Yes", "kind": "allow_once" },
    ]);
    let call = json!({ "toolCallId": "c1", "title": "Do it", "kind": "other", "rawInput": { "what": "it" } });
    let params = json!({ "sessionId": "odd-1", "toolCall": call, "options": options });
    say(&json!({ "id": id, "method": "session/request_permission", "params": params }));
}

fn asks_twice() {
    permission(&json!("same"));
    permission(&json!("same"));
    let mut answers = Vec::new();
    for _ in 0..2 {
        let message = heard().unwrap();
        assert_eq!(message["id"], "same");
        answers.push(message["result"]["outcome"]["optionId"].as_str().unwrap().to_owned());
    }
    answers.sort();
    text(&format!("{} ", answers.join(", ")));
}

fn takes_back() {
    permission(&json!(5));
    say(&json!({ "method": "$/cancel_request", "params": { "requestId": 5 } }));
    let answer = heard().unwrap();
    assert_eq!(
        (answer["id"].as_i64(), answer["error"]["code"].as_i64()),
        (Some(5), Some(-32800)),
        "{answer}"
    );
}

fn asks() {
    let schema = json!({ "type": "object", "required": ["colour", "count"], "properties": {
        "colour": { "type": "string", "title": "Which colour?", "enum": ["red", "blue"] },
        "count": { "type": "integer", "title": "How many?" },
        "note": { "type": "string", "title": "A note?" },
    }});
    let params = json!({ "sessionId": "odd-1", "mode": "form", "message": "About balloons.", "requestedSchema": schema });
    let answer = request("elicitation/create", params);
    text(&answer["result"].to_string());
}

fn terminals() {
    let mark = std::env::var(MARK).unwrap();
    let created =
        request("terminal/create", json!({ "command": "printf", "args": ["a b"], "outputByteLimit": 100 }));
    if created["error"].is_object() {
        return text(&format!("{} ", created["error"]["message"].as_str().unwrap()));
    }
    let terminal = json!({ "terminalId": created["result"]["terminalId"] });
    update(json!({ "sessionUpdate": "tool_call", "toolCallId": "c1", "title": "Print", "kind": "execute",
        "content": [{ "type": "terminal", "terminalId": terminal["terminalId"] }] }));
    let exit = request("terminal/wait_for_exit", terminal.clone());
    let output = request("terminal/output", terminal.clone());
    request("terminal/release", terminal.clone());
    let gone = request("terminal/output", terminal);
    text(&format!("{} {} {} ", exit["result"], output["result"], gone["error"]["code"]));
    // One that is left behind.
    request("terminal/create", json!({ "command": format!("setsid sleep {mark} & sleep {mark}") }));
}

fn files() {
    let path = |name: &str| std::env::current_dir().unwrap().join(name).to_str().unwrap().to_owned();
    let inside = path("notes.txt");
    let written = request("fs/write_text_file", json!({ "path": inside, "content": "one\ntwo\nthree\n" }));
    let read = request("fs/read_text_file", json!({ "path": inside, "line": 2, "limit": 1 }));
    let outside = request("fs/read_text_file", json!({ "path": "/etc/hostname" }));
    let above = request("fs/write_text_file", json!({ "path": path("../above.txt"), "content": "" }));
    let link = request("fs/write_text_file", json!({ "path": path("link/x"), "content": "" }));
    let all = [written["result"].to_string(), read["result"].to_string()];
    let refused = [outside, above, link].iter().filter(|answer| answer["error"].is_object()).count();
    text(&format!("{} {refused} refused. ", all.join(" ")));
}

fn request(method: &str, mut params: Value) -> Value {
    params["sessionId"] = json!("odd-1");
    say(&json!({ "id": "r", "method": method, "params": params }));
    heard().unwrap()
}

fn text(text: &str) {
    let content = json!({ "type": "text", "text": text });
    update(json!({ "sessionUpdate": "agent_message_chunk", "content": content }));
}

fn update(update: Value) {
    say(&json!({ "method": "session/update", "params": { "sessionId": "odd-1", "update": update } }));
}

fn answer(id: &Value, result: Value) {
    say(&json!({ "id": id, "result": result }));
}

fn say(message: &Value) {
    let mut message = message.clone();
    message["jsonrpc"] = json!("2.0");
    raw(&format!("{message}\n"));
}

fn raw(text: &str) {
    let mut stdout = std::io::stdout();
    // Whoever does not listen has ended.
    if stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()).is_err() {
        exit(0);
    }
}

fn heard() -> Option<Value> {
    let mut line = String::new();
    let count = std::io::stdin().lock().read_line(&mut line).unwrap();
    (count > 0).then(|| serde_json::from_str(&line).unwrap())
}

/// The answer to a request; complaints about nonsense come before it.
fn heard_about(id: &str) -> Value {
    loop {
        let message = heard().unwrap();
        if message["id"] == id {
            return message;
        }
    }
}
