//! Reads what Claude Code says: one line in, what it means out. Pure: a state of one process and nothing else.

use std::collections::BTreeMap;

use serde_json::Value;

use super::actions::Actions;
use super::answer::Answer;
use super::heard::{Heard, TurnOver};
use super::message::{
    Assistant, Block, ControlRequest, ControlResponse, Delta, Incoming, Piece, StreamEvent, System,
    TurnResult, User,
};
use super::outgoing::INITIALIZE;
use super::permission::Request;
use super::refusals;
use super::title::title;
use super::todo::Todo;
use super::usage::Meter;
use crate::domain::event::{EngineEvent, OfferedCommand, Offers};
use crate::domain::ids::SessionId;

/// Tools after which commands may run in another directory than the session's.
const MOVES: [&str; 2] = ["EnterWorktree", "ExitWorktree"];

/// The state of one process.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    session: Option<SessionId>,
    /// Where it works.
    cwd: String,
    /// Whether something may have led it elsewhere.
    moved: bool,
    /// Whether some subagent works in a copy of the workspace.
    copies: bool,
    /// Whether it tells when it has nothing more to do. Old versions do not.
    tells_idle: bool,
    answer: Answer,
    actions: Actions,
    todo: Todo,
    meter: Meter,
    /// Agents that work in the background, with the calls that began them.
    agents: BTreeMap<String, String>,
    /// Why the model gave no answer, in one word.
    error: Option<String>,
}

impl Decoder {
    /// Another run begins, with the same process.
    pub(super) fn run_begins(&mut self) {
        self.session = None;
        self.answer = Answer::default();
        self.meter.run_begins();
    }

    /// The session, once it is known to this run.
    pub(super) fn session(&self) -> Option<&SessionId> {
        self.session.as_ref()
    }

    /// Where a command would run that is asked for by the agent itself or one of its subagents; `None` when that is
    /// not certain.
    pub(super) fn cwd(&self, subagent: bool) -> Option<&str> {
        let elsewhere = self.moved || (subagent && self.copies);
        (!elsewhere && !self.cwd.is_empty()).then_some(self.cwd.as_str())
    }

    /// Whether it tells when it has nothing more to do.
    pub(super) fn tells_idle(&self) -> bool {
        self.tells_idle
    }

    /// Whether an agent works in the background, and will have something to report.
    pub(super) fn has_agents(&self) -> bool {
        !self.agents.is_empty()
    }

    /// The calls of tools that are under way.
    pub(super) fn actions(&mut self) -> &mut Actions {
        &mut self.actions
    }

    /// The text of a plan or the like, as a paragraph of the answer.
    pub(super) fn says(&mut self, text: &str) -> Option<EngineEvent> {
        self.answer.paragraph(text)
    }

    /// Reads a line.
    pub(super) fn hear(&mut self, line: &str) -> Vec<Heard> {
        let incoming = match serde_json::from_str(line) {
            Ok(incoming) => incoming,
            Err(error) => {
                tracing::debug!(%error, "a line that says nothing to us");
                return Vec::new();
            }
        };
        match incoming {
            Incoming::System(news) => self.news(news),
            Incoming::StreamEvent(piece) => events(self.piece(piece)),
            Incoming::Assistant(message) => events(self.message(message)),
            Incoming::User(message) => self.returned(message),
            Incoming::Result(result) => self.turn_over(&result),
            Incoming::ControlRequest(request) => self.request(request),
            Incoming::ControlResponse { response } => ready(&response),
            Incoming::ControlCancelRequest { request_id } => vec![Heard::Withdrawn { request: request_id }],
            Incoming::Unknown => {
                tracing::debug!("a message of an unknown kind");
                Vec::new()
            }
        }
    }

    fn news(&mut self, news: System) -> Vec<Heard> {
        match news.subtype.as_str() {
            "init" => {
                self.cwd = news.cwd.unwrap_or_default();
                self.moved = false;
                let session = news.session_id.map(SessionId);
                if session.is_none() || session == self.session {
                    return Vec::new();
                }
                self.session.clone_from(&session);
                events(session.map(EngineEvent::SessionOpened))
            }
            "session_state_changed" => {
                self.tells_idle = true;
                vec![Heard::Rests(news.state.as_deref() == Some("idle"))]
            }
            "task_started" if news.task_type.as_deref() == Some("local_agent") => {
                if let (Some(task), Some(call)) = (news.task_id, news.tool_use_id) {
                    self.agents.insert(task, call);
                }
                Vec::new()
            }
            "task_notification" => {
                let call = news.task_id.and_then(|task| self.agents.remove(&task));
                let status = news.status.unwrap_or_default();
                // The end of one that was waited for is told by its result.
                let call = call.filter(|call| !self.actions.is_under_way(call));
                events(call.map(|call| Actions::background_ended(&call, &status)))
            }
            // What only concerns a screen: `status`, `thinking_tokens`, `compact_boundary`, `task_progress` and more.
            _ => Vec::new(),
        }
    }

    fn piece(&mut self, piece: StreamEvent) -> Option<EngineEvent> {
        // What a subagent says is for the agent, not for the person.
        if piece.parent_tool_use_id.is_some() {
            return None;
        }
        match piece.event {
            Piece::MessageStart { message } => self.answer.message_begins(message.id),
            Piece::ContentBlockStart => self.answer.block_begins(),
            Piece::ContentBlockDelta { delta: Delta::Text { text } } => return self.answer.piece(&text),
            Piece::ContentBlockDelta { delta: Delta::Thinking { thinking } } => {
                return self.answer.thinks(&thinking);
            }
            Piece::ContentBlockStop => return self.answer.block_ends(),
            Piece::ContentBlockDelta { delta: Delta::Other } | Piece::Other => {}
        }
        None
    }

    fn message(&mut self, message: Assistant) -> Vec<EngineEvent> {
        let ours = message.parent_tool_use_id.is_none();
        if message.error.is_some() {
            self.error = message.error;
            return Vec::new();
        }
        let mut events = Vec::new();
        for block in message.message.blocks() {
            match block {
                Block::Text { text } if ours => events.extend(self.answer.whole(&message.message.id, &text)),
                Block::ToolUse { id, name, input } => {
                    if ours {
                        events.extend(self.todo.called(&name, &input).map(EngineEvent::Plan));
                    }
                    self.moved |= MOVES.contains(&name.as_str());
                    self.copies |= input.get("isolation").is_some();
                    let title = title(&name, &input, &self.cwd);
                    events.extend(self.actions.begins(&id, &name, &input, title));
                }
                Block::Text { .. } | Block::ToolResult { .. } | Block::Other => {}
            }
        }
        events
    }

    fn returned(&mut self, message: User) -> Vec<Heard> {
        if message.is_replay {
            return message.uuid.map(|name| Heard::TakenUp { name }).into_iter().collect();
        }
        let ours = message.parent_tool_use_id.is_none();
        let mut events = Vec::new();
        for block in message.message.blocks() {
            let Block::ToolResult { tool_use_id, content, is_error } = block else { continue };
            // An agent that goes on in the background has only begun.
            if message.tool_use_result.get("status").and_then(Value::as_str) == Some("async_launched") {
                self.actions.forget(&tool_use_id);
                continue;
            }
            let Some(returned) = self.actions.returns(&tool_use_id, &content, is_error) else { continue };
            events.extend(returned.events);
            if ours {
                let plan = self.todo.returned(&returned.tool, &returned.input, &message.tool_use_result);
                events.extend(plan.map(EngineEvent::Plan));
            }
        }
        events.into_iter().map(Heard::Event).collect()
    }

    fn turn_over(&mut self, result: &TurnResult) -> Vec<Heard> {
        let trouble = refusals::trouble(result, self.error.take().as_deref());
        let mut heard = Vec::new();
        let text = result.result.as_deref().filter(|_| trouble.is_none());
        heard.extend(self.answer.turn_ends(text).map(Heard::Event));
        heard.push(Heard::Event(EngineEvent::Usage(self.meter.read(result))));
        let unasked = !result.origin.is_null();
        let command = trouble.is_none() && !unasked && result.num_turns == 0;
        heard.push(Heard::TurnOver(TurnOver { trouble, unasked, command }));
        heard
    }

    fn request(&mut self, request: ControlRequest) -> Vec<Heard> {
        let ControlRequest { request_id, request } = request;
        let Some(request) = Request::read(&request_id, &request) else {
            return vec![Heard::Declined { request: request_id }];
        };
        let title = title(&request.tool, &request.input, &self.cwd);
        let waits = self.actions.waits(&request.call, &request.tool, &request.input, title);
        waits.map(Heard::Event).into_iter().chain([Heard::Asked(request)]).collect()
    }
}

fn ready(response: &ControlResponse) -> Vec<Heard> {
    if response.request_id != INITIALIZE {
        return Vec::new();
    }
    let text = |command: &Value, name: &str| Some(command.get(name)?.as_str()?.to_owned());
    let command = |command: &Value| {
        Some(OfferedCommand { name: text(command, "name")?, description: text(command, "description")? })
    };
    let commands = response.response.get("commands").and_then(Value::as_array);
    let commands = commands.into_iter().flatten().filter_map(command).collect();
    let account = response.response.get("account").cloned().unwrap_or_default();
    vec![Heard::Ready { offers: Offers { steer: true, commands }, account }]
}

fn events(events: impl IntoIterator<Item = EngineEvent>) -> Vec<Heard> {
    events.into_iter().map(Heard::Event).collect()
}

#[cfg(test)]
mod tests;
