//! Recorded sessions, played to the decoder and to the judgement of permissions.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use agent_client_protocol::v1::schema::{RequestPermissionOutcome, ToolCallUpdate};
use agent_client_protocol::{Error, UntypedMessage};
use serde_json::Value;

use super::super::process::Guard;
use super::super::program::Program;
use super::kept::update_of;
use super::updates::{Counting, Decoder};
use super::{permission, refusals};
use crate::domain::approval::Decision;
use crate::domain::event::EngineEvent;
use crate::domain::ids::SessionId;

/// What became of a recording, as lines.
#[derive(Default)]
struct Played {
    decoder: Decoder,
    session: Option<SessionId>,
    fresh: bool,
    /// The prompt that is being worked on.
    prompt: Option<Value>,
    lines: String,
}

impl Played {
    fn line(&mut self, line: &str) {
        let line: Value = serde_json::from_str(line).unwrap();
        let (out, message) = (line["dir"] == "out", &line["msg"]);
        match message["method"].as_str() {
            Some("session/prompt") if out => {
                self.session = message["params"]["sessionId"].as_str().map(|id| SessionId(id.to_owned()));
                self.prompt = Some(message["id"].clone());
                writeln!(self.lines, "> prompt").unwrap();
                let events = self.decoder.begin(self.fresh);
                self.write(events);
            }
            Some("session/new") if out => self.fresh = true,
            Some(method) if out => writeln!(self.lines, "> {method}").unwrap(),
            Some("session/request_permission") => self.permission(&message["params"]),
            Some(method) => {
                let message = UntypedMessage::new(method, &message["params"]).unwrap();
                let Some(update) = update_of(&message, self.session.as_ref()) else { return };
                if self.prompt.is_some() {
                    let events = self.decoder.update(update);
                    self.write(events);
                } else {
                    self.decoder.aside(update);
                }
            }
            None if !out && Some(&message["id"]) == self.prompt.as_ref() => {
                self.prompt = None;
                let usage = self.decoder.answered(&message["result"]);
                self.write(usage);
                writeln!(self.lines, "= {}", message["result"]["stopReason"]).unwrap();
                self.refusal(&message["error"]);
            }
            None if !out => {
                if message["result"]["agentInfo"]["name"] == "@mistralai/mistral-vibe" {
                    self.decoder.counts_tokens(Counting::Session);
                }
                self.refusal(&message["error"]);
            }
            None => {}
        }
    }

    fn permission(&mut self, params: &Value) {
        let call: ToolCallUpdate = serde_json::from_value(params["toolCall"].clone()).unwrap();
        let action = permission::proposed(&self.decoder.calls.with(&call), Path::new("/workspace"));
        let waits = self.decoder.calls.wait(&call);
        self.write([waits]);
        writeln!(self.lines, "? {action:#?}").unwrap();
        let options = permission::options(params);
        for decision in [Decision::Allow, Decision::Deny] {
            let (outcome, allows) = permission::answer(&options, &decision);
            let RequestPermissionOutcome::Selected(selected) = outcome else {
                writeln!(self.lines, "  {decision:?} -> cancelled, allows: {allows}").unwrap();
                continue;
            };
            writeln!(self.lines, "  {decision:?} -> {}, allows: {allows}", selected.option_id).unwrap();
        }
    }

    fn refusal(&mut self, error: &Value) {
        if let Ok(error) = serde_json::from_value(error.clone()) {
            writeln!(self.lines, "! {}", refusals::said(&program(), &error)).unwrap();
        }
    }

    fn write(&mut self, events: impl IntoIterator<Item = EngineEvent>) {
        for event in events {
            writeln!(self.lines, "{event:?}").unwrap();
        }
    }
}

fn program() -> Program {
    Program {
        name: "codex".to_owned(),
        command: Vec::new(),
        env: BTreeMap::new(),
        mode: None,
        install: String::new(),
        login: "Log in.".to_owned(),
        guard: Guard::new("guard".into()),
    }
}

#[test]
fn recorded_sessions_become_events() {
    let recordings = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recordings/acp");
    let mut names: Vec<_> = fs::read_dir(&recordings).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.retain(|path| path.extension().is_some_and(|extension| extension == "jsonl"));
    names.sort();
    assert!(!names.is_empty());
    for path in names {
        let mut played = Played::default();
        for line in fs::read_to_string(&path).unwrap().lines() {
            played.line(line);
        }
        insta::assert_snapshot!(path.file_stem().unwrap().to_str().unwrap(), played.lines);
    }
}

#[test]
fn a_workspace_that_is_not_trusted_is_told_with_what_to_do() {
    for said in ["This folder is untrusted.", "Do you trust this folder?", "The workspace is not trusted"] {
        let refusal = refusals::said(&program(), &Error::new(-32603, said)).to_string();
        assert!(
            refusal.contains("does not trust the workspace yet. Start it once there in a terminal"),
            "{refusal}"
        );
        assert!(refusal.contains(said), "{refusal}");
    }
}
