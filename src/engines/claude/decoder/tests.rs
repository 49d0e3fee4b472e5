//! What Claude Code prints is read as it is meant; what cannot be read is left out.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::*;

fn recordings() -> Vec<PathBuf> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recordings/claude");
    let mut paths: Vec<_> = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

/// What the program said in a recording, line by line, as if its first answer were to our first question.
fn said(path: &Path) -> Vec<String> {
    let text = fs::read_to_string(path).unwrap();
    let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines
        .filter(|line| line["dir"] == "in")
        .map(|line| {
            let line = line["msg"].to_string();
            line.replace("\"init-1\"", &json!(INITIALIZE).to_string())
                .replace("\"request_id\":\"init\"", &format!("\"request_id\":\"{INITIALIZE}\""))
        })
        .collect()
}

/// What was heard, for a reader: one line each, pieces of text in one line.
fn told(decoder: &mut Decoder, lines: &[String]) -> String {
    let mut out = String::new();
    let mut in_text = false;
    let mut waiting: Vec<Heard> = Vec::new();
    let mut lines = lines.iter();
    loop {
        if waiting.is_empty() {
            let Some(line) = lines.next() else { return out };
            waiting = decoder.hear(line);
            continue;
        }
        let heard = waiting.remove(0);
        if let Heard::Event(EngineEvent::Text(text)) = &heard {
            if !in_text {
                out.push_str("Text: ");
            }
            write!(out, "{}|", text.escape_debug()).unwrap();
            in_text = true;
            continue;
        }
        if std::mem::take(&mut in_text) {
            out.push('\n');
        }
        match heard {
            Heard::Event(event) => writeln!(out, "{event:?}"),
            Heard::Ready { offers, account } => {
                writeln!(out, "Ready: {} commands, account {account}", offers.commands.len())
            }
            Heard::Asked(request) => {
                let action = request.action(decoder.cwd(request.subagent), "/workspace");
                writeln!(out, "Asked {}: {action:?}", request.id)
            }
            other => writeln!(out, "{other:?}"),
        }
        .unwrap();
    }
}

#[test]
fn recordings_of_the_real_program_are_understood() {
    for path in recordings() {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        insta::assert_snapshot!(name, told(&mut Decoder::default(), &said(&path)));
    }
}

#[test]
fn what_cannot_be_read_is_left_out() {
    let mut decoder = Decoder::default();
    for line in [
        "",
        "running 1 test",
        "{",
        "[]",
        "null",
        "{}",
        r#"{"type":"tomorrow","what":1}"#,
        r#"{"type":"system"}"#,
        r#"{"type":"system","subtype":"tomorrow"}"#,
        r#"{"type":"stream_event"}"#,
        r#"{"type":"stream_event","event":{"type":"tomorrow"}}"#,
        r#"{"type":"stream_event","event":{"type":"content_block_delta","delta":{"type":"tomorrow"}}}"#,
        r#"{"type":"assistant","message":{"content":"text"}}"#,
        r#"{"type":"assistant","message":{"content":[{"type":"tomorrow"},{"type":"text"},7]}}"#,
        r#"{"type":"user","message":{"content":[{"type":"tool_result","tool_use_id":"unknown"}]}}"#,
        r#"{"type":"user","message":{},"isReplay":true}"#,
        r#"{"type":"control_response","response":{"subtype":"success","request_id":"other"}}"#,
        r#"{"type":"control_request"}"#,
    ] {
        assert_eq!(decoder.hear(line), [], "{line}");
    }
}

#[test]
fn a_request_that_nobody_can_serve_is_declined() {
    for request in
        [json!({ "subtype": "hook_callback" }), json!({ "subtype": "can_use_tool" }), json!({}), Value::Null]
    {
        let line = json!({ "type": "control_request", "request_id": "R", "request": request }).to_string();
        let declined = Heard::Declined { request: "R".to_owned() };
        assert_eq!(Decoder::default().hear(&line), [declined], "{line}");
    }
}

fn texts(decoder: &mut Decoder, lines: &[Value]) -> String {
    let heard = lines.iter().flat_map(|line| decoder.hear(&line.to_string()));
    heard
        .filter_map(|heard| match heard {
            Heard::Event(EngineEvent::Text(text)) => Some(text),
            _ => None,
        })
        .collect()
}

fn delta(text: &str) -> Value {
    json!({ "type": "stream_event", "event": { "type": "content_block_delta", "delta": { "type": "text_delta", "text": text } } })
}

fn begin(message: &str) -> [Value; 2] {
    [
        json!({ "type": "stream_event", "event": { "type": "message_start", "message": { "id": message } } }),
        json!({ "type": "stream_event", "event": { "type": "content_block_start", "content_block": {} } }),
    ]
}

fn whole(message: &str, text: &str) -> Value {
    json!({ "type": "assistant", "message": { "id": message, "content": [{ "type": "text", "text": text }] } })
}

fn result(text: &str) -> Value {
    json!({ "type": "result", "subtype": "success", "result": text })
}

#[test]
fn a_text_is_said_once_however_it_comes() {
    let [start, block] = begin("1");
    let streamed = vec![
        start.clone(),
        block.clone(),
        delta("One"),
        delta(" two"),
        whole("1", "One two"),
        result("One two"),
    ];
    let made_up = vec![whole("2", "One two"), result("One two")];
    let at_the_end = vec![result("One two")];
    for lines in [streamed, made_up, at_the_end] {
        assert_eq!(texts(&mut Decoder::default(), &lines), "One two", "{lines:?}");
    }
    for nothing in ["", "(no content)"] {
        let lines = [whole("3", nothing), result(nothing)];
        assert_eq!(texts(&mut Decoder::default(), &lines), "", "{nothing}");
    }
}

#[test]
fn messages_are_paragraphs_and_each_run_begins_anew() {
    let mut decoder = Decoder::default();
    let [start, block] = begin("1");
    let lines =
        [start, block, delta("One"), whole("2", "Two"), whole("3", "Three"), result("Three"), result("Four")];
    assert_eq!(texts(&mut decoder, &lines), "One\n\nTwo\n\nThree\n\nFour");
    decoder.run_begins();
    assert_eq!(texts(&mut decoder, &[whole("4", "Five")]), "Five");
}

#[test]
fn what_a_subagent_says_is_no_part_of_the_answer() {
    let [start, block] = begin("1");
    let mut lines = vec![start, block, delta("Mine"), delta(" too"), whole("2", "And this")];
    for line in &mut lines {
        line["parent_tool_use_id"] = "call".into();
    }
    assert_eq!(texts(&mut Decoder::default(), &lines), "");
}

#[test]
fn thoughts_are_told_by_the_line() {
    let mut decoder = Decoder::default();
    let piece = |text: &str| json!({ "type": "stream_event", "event": { "type": "content_block_delta", "delta": { "type": "thinking_delta", "thinking": text } } });
    let stop = json!({ "type": "stream_event", "event": { "type": "content_block_stop" } });
    let lines = [piece("I should"), piece(" look.\nThen"), piece("\n\n"), piece("think"), stop.clone(), stop];
    let thoughts: Vec<_> = lines.iter().flat_map(|line| decoder.hear(&line.to_string())).collect();
    let thought = |text: &str| Heard::Event(EngineEvent::Thought(text.to_owned()));
    assert_eq!(thoughts, [thought("I should look."), thought("Then"), thought("think")]);
}

#[test]
fn a_run_is_charged_for_itself_only() {
    let mut decoder = Decoder::default();
    let usage = |decoder: &mut Decoder, cost: f64, tokens: u64| {
        let models = json!({ "one": { "inputTokens": tokens, "costUSD": cost }, "two": { "outputTokens": 1, "cacheReadInputTokens": 2 } });
        let line = json!({ "type": "result", "subtype": "success", "result": "", "total_cost_usd": cost, "modelUsage": models });
        let heard = decoder.hear(&line.to_string());
        heard.into_iter().find_map(|heard| match heard {
            Heard::Event(EngineEvent::Usage(usage)) => Some((usage.cost_usd, usage.tokens)),
            _ => None,
        })
    };
    assert_eq!(usage(&mut decoder, 0.1, 100), Some((Some(0.1), Some(103))));
    assert_eq!(usage(&mut decoder, 0.3, 150), Some((Some(0.3), Some(153))));
    decoder.run_begins();
    assert_eq!(usage(&mut decoder, 0.4, 200), Some((Some(0.1), Some(50))));
}

#[test]
fn where_a_command_runs_is_said_only_when_it_is_certain() {
    let mut decoder = Decoder::default();
    let init =
        |cwd: &str| json!({ "type": "system", "subtype": "init", "session_id": "S", "cwd": cwd }).to_string();
    let call = |tool: &str, input: Value| {
        json!({ "type": "assistant", "message": { "content": [{ "type": "tool_use", "id": "1", "name": tool, "input": input }] } }).to_string()
    };
    assert_eq!(decoder.cwd(false), None);
    decoder.hear(&init("/w"));
    decoder.hear(&call("Task", json!({ "isolation": "worktree" })));
    assert_eq!((decoder.cwd(false), decoder.cwd(true)), (Some("/w"), None));
    decoder.hear(&call("EnterWorktree", json!({})));
    assert_eq!((decoder.cwd(false), decoder.cwd(true)), (None, None));
    decoder.hear(&init("/w/copy"));
    assert_eq!((decoder.cwd(false), decoder.cwd(true)), (Some("/w/copy"), None));
}
