//! A program that speaks like Claude Code: this very test program, started again, with a script of what to hear and say.

use std::fs::{self, OpenOptions};
use std::io::{self, BufRead, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::Command;

use adjutant::engines::program::Program;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::super::support::guard;

/// Where a started fake finds its scripts, and leaves what it hears.
const FOLDER: &str = "FAKE_CLAUDE";

/// Starts the test program again as the fake, having noted its arguments and its variables.
const START: &str = r#"printf 'start\n' >> "$FAKE_CLAUDE/starts"; env > "$FAKE_CLAUDE/env"
for argument in "$@"; do printf '%s\n' "$argument"; done > "$FAKE_CLAUDE/arguments"
[ "$1" = --version ] && { cat "$FAKE_CLAUDE/version"; exit 0; }
"$0" engine::claude::fake::speaks --exact --nocapture
exit "$(cat "$FAKE_CLAUDE/code" 2> /dev/null || echo 0)""#;

/// What one start of the fake does, step by step. After the last it waits until nobody talks to it any more.
#[derive(Default)]
pub(super) struct Script {
    steps: Vec<Value>,
}

/// A session's name, as Claude Code makes them.
pub(super) const SESSION: &str = "11111111-1111-4111-8111-111111111111";

impl Script {
    /// Waits for the first question and the prompt, and begins the session.
    pub(super) fn begins() -> Self {
        Self::default().offers().prompted().inits(SESSION).taken_up()
    }

    pub(super) fn offers(self) -> Self {
        let commands = json!([{ "name": "compact", "description": "Makes room" }]);
        self.hears(&json!({ "request": { "subtype": "initialize" } })).says(&json!({
            "type": "control_response",
            "response": {
                "subtype": "success",
                "request_id": "$REQUEST",
                "response": { "commands": commands, "account": { "apiKeySource": "KEY", "apiProvider": "firstParty" } },
            },
        }))
    }

    /// Waits for a message.
    pub(super) fn prompted(self) -> Self {
        self.hears(&json!({ "type": "user" })).rests("running")
    }

    pub(super) fn inits(self, session: &str) -> Self {
        self.says(&json!({ "type": "system", "subtype": "init", "session_id": session, "cwd": "$CWD" }))
    }

    /// Tells that the latest message is taken up.
    pub(super) fn taken_up(self) -> Self {
        self.says(&json!({ "type": "user", "message": { "content": "" }, "uuid": "$UUID", "isReplay": true }))
    }

    pub(super) fn writes(self, text: &str) -> Self {
        let content = json!([{ "type": "text", "text": text }]);
        self.says(&json!({ "type": "assistant", "message": { "id": text, "content": content } }))
    }

    /// Asks whether a tool may be used.
    pub(super) fn asks(self, request: &str, tool: &str, input: &Value) -> Self {
        let content =
            json!([{ "type": "tool_use", "id": format!("call-{request}"), "name": tool, "input": input }]);
        self.says(&json!({ "type": "assistant", "message": { "id": request, "content": content } })).says(&json!({
            "type": "control_request",
            "request_id": request,
            "request": { "subtype": "can_use_tool", "tool_name": tool, "input": input, "tool_use_id": format!("call-{request}") },
        }))
    }

    /// Waits for the answer to a request.
    pub(super) fn answered(self, request: &str, response: &Value) -> Self {
        self.hears(&json!({ "type": "control_response", "response": { "request_id": request, "response": response } }))
    }

    /// Tells what a call came to.
    pub(super) fn returns(self, request: &str, text: &str, is_error: bool) -> Self {
        let content = json!([{ "type": "tool_result", "tool_use_id": format!("call-{request}"), "content": text, "is_error": is_error }]);
        self.says(&json!({ "type": "user", "message": { "content": content } }))
    }

    /// Ends the turn. The cost is of the whole process.
    pub(super) fn turn_over(self, cost: f64) -> Self {
        self.says(&json!({ "type": "result", "subtype": "success", "result": "", "num_turns": 1, "total_cost_usd": cost }))
    }

    pub(super) fn rests(self, state: &str) -> Self {
        self.says(&json!({ "type": "system", "subtype": "session_state_changed", "state": state }))
    }

    /// Ends the turn and rests.
    pub(super) fn done(self, cost: f64) -> Self {
        self.turn_over(cost).rests("idle")
    }

    /// Waits until it is told something that holds all this.
    pub(super) fn hears(self, what: &Value) -> Self {
        self.step("hear", what)
    }

    /// Says something. `$UUID` is the name of the latest message, `$REQUEST` that of the latest request, `$CWD` where
    /// it works.
    pub(super) fn says(self, what: &Value) -> Self {
        self.step("say", what)
    }

    /// Starts a process that tries to get away.
    pub(super) fn spawns(self, mark: &str) -> Self {
        self.step("spawn", &mark.into())
    }

    pub(super) fn exits(self, code: i32, last_words: &str) -> Self {
        self.step("last words", &last_words.into()).step("exit", &code.into())
    }

    /// Hears nothing any more, not even that nobody talks to it.
    pub(super) fn hangs(self) -> Self {
        self.step("hang", &Value::Null)
    }

    /// Then does what another script does.
    pub(super) fn and(mut self, other: Self) -> Self {
        self.steps.extend(other.steps);
        self
    }

    fn step(mut self, verb: &str, what: &Value) -> Self {
        self.steps.push(json!({ verb: what }));
        self
    }
}

/// The fake as a program, with what it has heard so far.
pub(super) struct Fake {
    folder: TempDir,
}

impl Fake {
    /// One that follows a script at each of its starts; without one it only waits.
    pub(super) fn new(scripts: impl IntoIterator<Item = Script>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (number, script) in scripts.into_iter().enumerate() {
            let steps = serde_json::to_string(&script.steps).unwrap();
            fs::write(folder.path().join(format!("script.{}", number + 1)), steps).unwrap();
        }
        fs::write(folder.path().join("version"), "2.1.197 (Claude Code)\n").unwrap();
        Self { folder }
    }

    pub(super) fn program(&self) -> Program {
        let this = std::env::current_exe().unwrap();
        let folder = self.folder.path().to_str().unwrap().to_owned();
        Program {
            name: "claude".to_owned(),
            command: vec![
                "sh".to_owned(),
                "-c".to_owned(),
                START.to_owned(),
                this.to_str().unwrap().to_owned(),
            ],
            env: [(FOLDER.to_owned(), folder)].into(),
            mode: None,
            install: "Install it.".to_owned(),
            login: "Log in.".to_owned(),
            guard: guard(),
        }
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.folder.path().join(name)).unwrap_or_default()
    }

    /// How often it was started.
    pub(super) fn starts(&self) -> usize {
        self.read("starts").lines().count()
    }

    /// The arguments of its latest start.
    pub(super) fn arguments(&self) -> Vec<String> {
        self.read("arguments").lines().map(str::to_owned).collect()
    }

    /// The variables of its latest start.
    pub(super) fn env(&self) -> String {
        self.read("env")
    }

    /// All it has heard, over all its starts.
    pub(super) fn heard(&self) -> Vec<Value> {
        self.read("heard").lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The answers to its requests that it has heard.
    pub(super) fn answers(&self) -> Vec<Value> {
        self.heard().into_iter().filter(|line| line["type"] == "control_response").collect()
    }
}

/// The fake itself. Does nothing when it is run among the tests.
#[test]
fn speaks() {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else { return };
    let number = fs::read_to_string(folder.join("starts")).unwrap().lines().count();
    let Ok(script) = fs::read_to_string(folder.join(format!("script.{number}"))) else { wait() };
    let mut voice = Voice { folder, message: String::new(), request: String::new() };
    // The harness has begun a line of its own.
    voice.say("");
    for step in serde_json::from_str::<Vec<Value>>(&script).unwrap() {
        let (verb, what) = step.as_object().unwrap().iter().next().unwrap();
        if voice.follow(verb, what).is_break() {
            return;
        }
    }
    while voice.hear().is_continue() {}
}

struct Voice {
    folder: PathBuf,
    /// The name of the latest message.
    message: String,
    /// The name of the latest request.
    request: String,
}

impl Voice {
    /// Does one step. Breaks off when that was the last, or when nobody talks to it any more.
    fn follow(&mut self, verb: &str, what: &Value) -> ControlFlow<()> {
        match verb {
            "hear" => {
                while let ControlFlow::Continue(heard) = self.hear() {
                    if holds(&heard, what) {
                        return ControlFlow::Continue(());
                    }
                }
                return ControlFlow::Break(());
            }
            "say" => self.say(&what.to_string()),
            "spawn" => {
                let script = format!("setsid sleep {} > /dev/null 2>&1 &", what.as_str().unwrap());
                assert!(Command::new("sh").args(["-c", &script]).status().unwrap().success());
            }
            "last words" => {
                let line = format!("{}\n", what.as_str().unwrap());
                io::stderr().write_all(line.as_bytes()).unwrap();
            }
            "exit" => {
                fs::write(self.folder.join("code"), what.to_string()).unwrap();
                return ControlFlow::Break(());
            }
            "hang" => wait(),
            other => unreachable!("{other}"),
        }
        ControlFlow::Continue(())
    }

    fn hear(&mut self) -> ControlFlow<(), Value> {
        let mut line = String::new();
        if io::stdin().lock().read_line(&mut line).unwrap() == 0 {
            return ControlFlow::Break(());
        }
        append(&self.folder.join("heard"), &line);
        let heard: Value = serde_json::from_str(&line).unwrap();
        let text = |name: &str| heard[name].as_str().unwrap_or_default().to_owned();
        match heard["type"].as_str() {
            Some("user") => self.message = text("uuid"),
            Some("control_request") => self.request = text("request_id"),
            _ => {}
        }
        ControlFlow::Continue(heard)
    }

    fn say(&self, line: &str) {
        let cwd = std::env::current_dir().unwrap();
        let line = line
            .replace("$UUID", &self.message)
            .replace("$REQUEST", &self.request)
            .replace("$CWD", cwd.to_str().unwrap());
        let mut out = io::stdout().lock();
        // Whoever does not listen any more ends it anyway.
        let _ = writeln!(out, "{line}").and_then(|()| out.flush());
    }
}

fn wait() -> ! {
    loop {
        std::thread::park();
    }
}

fn append(path: &Path, text: &str) {
    let mut file = OpenOptions::new().create(true).append(true).open(path).unwrap();
    file.write_all(text.as_bytes()).unwrap();
}

/// Whether a value has all fields of another, with the same values in them.
fn holds(value: &Value, wanted: &Value) -> bool {
    match wanted {
        Value::Object(fields) => {
            fields.iter().all(|(name, wanted)| value.get(name).is_some_and(|value| holds(value, wanted)))
        }
        other => value == other,
    }
}
