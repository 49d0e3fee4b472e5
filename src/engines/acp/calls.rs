//! The tool calls of a run: what is known of each, as actions. Pure.
//!
//! Programs tell of a call in pieces, in any order, and some leave out the beginning.

use std::collections::VecDeque;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

use agent_client_protocol::v1::schema::{
    ToolCallContent, ToolCallId, ToolCallStatus, ToolCallUpdate, ToolCallUpdateFields, ToolKind,
};
use serde_json::Value;

use super::super::titles::{code, in_short};
use super::permission::{command_of, without_shell};
use super::updates::words;
use super::uses;
use crate::domain::event::{ActionState, ActionUpdate, EngineEvent};
use crate::domain::policy::{self, ToolUse};

/// How many calls are kept in mind; the oldest are forgotten first.
const KEPT: usize = 512;

/// How many characters of a title are shown.
const TITLE: usize = 120;

/// Where programs put what a call has printed, besides its content.
const RAW_OUTPUTS: [&str; 4] = ["aggregated_output", "formatted_output", "output", "stdout"];

/// The calls of one run.
#[derive(Debug, Default)]
pub(super) struct Calls {
    known: VecDeque<Call>,
    /// The one that was told of last, until somebody looks.
    news: Option<ToolCallId>,
    /// How often the model has called tools, as far as that can be told: calls side by side are one round.
    rounds: u32,
}

/// Where a call stands, for those who hold it to the policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// It has not begun.
    Planned,
    /// It waits for a person, was refused, or was held to the policy on its way.
    Excused,
    /// It has begun, without having asked.
    UnderWay,
    /// It was done: without having asked, or although it was refused.
    Done,
}

/// One call, with all that was said of it.
#[derive(Debug)]
struct Call {
    id: ToolCallId,
    said: ToolCallUpdateFields,
    /// What was shown of its output: how much, and a hash of it.
    shown: (usize, u64),
    title: String,
    state: ActionState,
    /// The tool's name, where the program tells it.
    name: Option<String>,
    /// Whether it was ever told to be under way.
    began: bool,
    asked: Asked,
}

/// Whether a call has asked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Asked {
    #[default]
    No,
    Waits,
    Allowed,
    Refused,
    /// Not itself, but what it does was held to the policy.
    Excused,
}

impl Calls {
    /// How often the model has called tools.
    pub(super) fn rounds(&self) -> u32 {
        self.rounds
    }

    /// The call that was told of last, once.
    pub(super) fn news(&mut self) -> Option<ToolCallId> {
        self.news.take()
    }

    /// Where a call stands.
    pub(super) fn standing(&self, id: &ToolCallId) -> Option<Standing> {
        let call = self.known.iter().find(|call| call.id == *id)?;
        let status = call.said.status.unwrap_or(ToolCallStatus::Pending);
        Some(match (call.asked, status) {
            (Asked::Waits | Asked::Excused, _) => Standing::Excused,
            (Asked::Refused, ToolCallStatus::Completed) => Standing::Done,
            (Asked::Refused, _) => Standing::Excused,
            (Asked::No | Asked::Allowed, ToolCallStatus::InProgress) => Standing::UnderWay,
            (Asked::No | Asked::Allowed, ToolCallStatus::Completed) => Standing::Done,
            (Asked::No | Asked::Allowed, ToolCallStatus::Failed) if call.began => Standing::Done,
            (Asked::No | Asked::Allowed, _) => Standing::Planned,
        })
    }

    /// What was said of a call, and the tool's name.
    pub(super) fn said(&self, id: &ToolCallId) -> Option<(&ToolCallUpdateFields, Option<&str>)> {
        let call = self.known.iter().find(|call| call.id == *id)?;
        Some((&call.said, call.name.as_deref()))
    }

    /// The tool's name.
    pub(super) fn name(&self, id: &ToolCallId) -> Option<&str> {
        self.known.iter().find(|call| call.id == *id)?.name.as_deref()
    }

    /// The program tells the tool's name.
    pub(super) fn named(&mut self, id: &ToolCallId, name: Option<String>) {
        if name.is_some() {
            self.call(id).name = name;
        }
    }

    /// What some call under way wanted of us was refused: it has not done it. It is one of those that do such things.
    pub(super) fn excuse(&mut self, refused: &ToolUse, workspace: &Path) {
        let alike = |call: &Call| {
            let used = uses::of_call(&call.said, call.name.as_deref(), workspace);
            std::mem::discriminant(&used.kind) == std::mem::discriminant(&refused.kind)
        };
        let suspects = self.known.iter_mut().filter(|call| call.asked == Asked::No && !call.has_ended());
        for call in suspects.filter(|call| alike(call)) {
            call.asked = Asked::Excused;
        }
    }

    /// Whether a call under way that changes files was allowed.
    pub(super) fn may_edit(&self, workspace: &Path) -> bool {
        let edits = |call: &Call| {
            uses::of_call(&call.said, call.name.as_deref(), workspace).kind == policy::ToolKind::Edit
        };
        self.known.iter().any(|call| call.asked == Asked::Allowed && !call.has_ended() && edits(call))
    }

    /// Whether something was said of a call before.
    pub(super) fn knows(&self, id: &ToolCallId) -> bool {
        self.known.iter().any(|call| call.id == *id)
    }

    /// Whether a call has begun and not ended.
    pub(super) fn goes_on(&self, id: &ToolCallId) -> bool {
        self.known.iter().any(|call| call.id == *id && !call.has_ended())
    }

    /// Takes in what is said of a call.
    pub(super) fn update(&mut self, update: &ToolCallUpdate) -> Vec<EngineEvent> {
        let new = !self.knows(&update.tool_call_id);
        // What has ended was looked at by now.
        for ended in self.known.iter_mut().filter(|call| call.has_ended()) {
            ended.said.raw_output = None;
            ended.said.content = None;
        }
        self.news = Some(update.tool_call_id.clone());
        let call = self.call(&update.tool_call_id);
        take_in(&mut call.said, &update.fields);
        call.began |= call.said.status == Some(ToolCallStatus::InProgress);
        let chunk = call.new_output(&update.fields);
        let title = call.retitled();
        // What has ended has ended: a call that a person has denied did not fail by itself.
        let state = if call.has_ended() { call.state.clone() } else { call.reported() };
        let moved = std::mem::replace(&mut call.state, state.clone()) != state;
        let mut events = Vec::new();
        if new && call.has_ended() && chunk.is_some() {
            // An output belongs to an action that has begun.
            events.push(EngineEvent::Action(ActionUpdate {
                id: call.id.to_string(),
                title: title.clone(),
                state: ActionState::Running,
            }));
        }
        if new || moved || title.is_some() {
            events.push(call.event(title));
        }
        // An output comes after the beginning of its action, and before its end.
        let at = if call.has_ended() { events.len().saturating_sub(1) } else { events.len() };
        if let Some(chunk) = chunk {
            events.insert(at, chunk);
        }
        events
    }

    /// A call waits for a person; `update` is what the request says of it.
    pub(super) fn wait(&mut self, update: &ToolCallUpdate) -> EngineEvent {
        let call = self.call(&update.tool_call_id);
        take_in(&mut call.said, &update.fields);
        call.asked = Asked::Waits;
        self.set(&update.tool_call_id, ActionState::Waiting)
    }

    /// A call goes on, or was refused.
    pub(super) fn set(&mut self, id: &ToolCallId, state: ActionState) -> EngineEvent {
        let call = self.call(id);
        call.asked = match state {
            ActionState::Waiting => Asked::Waits,
            ActionState::Running | ActionState::Done => Asked::Allowed,
            ActionState::Failed { .. } => Asked::Refused,
        };
        call.state = state;
        let title = call.retitled();
        call.event(title)
    }

    /// What is known of a call, with what `update` says of it.
    pub(super) fn with(&self, update: &ToolCallUpdate) -> ToolCallUpdateFields {
        let known = self.known.iter().find(|call| call.id == update.tool_call_id);
        let mut said = known.map(|call| call.said.clone()).unwrap_or_default();
        take_in(&mut said, &update.fields);
        said
    }

    /// The call that shows a terminal.
    pub(super) fn of_terminal(&self, terminal: &str) -> Option<String> {
        let shows = |content: &ToolCallContent| match content {
            ToolCallContent::Terminal(shown) => &*shown.terminal_id.0 == terminal,
            _ => false,
        };
        let shown = |call: &&Call| call.said.content.iter().flatten().any(shows);
        self.known.iter().find(shown).map(|call| call.id.to_string())
    }

    fn call(&mut self, id: &ToolCallId) -> &mut Call {
        let at = self.known.iter().position(|call| call.id == *id).unwrap_or_else(|| {
            // Calls side by side are one round.
            self.rounds += u32::from(self.known.iter().all(Call::has_ended));
            if self.known.len() == KEPT {
                self.known.pop_front();
            }
            self.known.push_back(Call::new(id.clone()));
            self.known.len() - 1
        });
        &mut self.known[at]
    }
}

impl Call {
    fn new(id: ToolCallId) -> Self {
        let said = ToolCallUpdateFields::default();
        Self {
            id,
            said,
            shown: (0, hash("")),
            title: String::new(),
            state: ActionState::Running,
            name: None,
            began: false,
            asked: Asked::No,
        }
    }

    fn event(&self, title: Option<String>) -> EngineEvent {
        let state = self.state.clone();
        EngineEvent::Action(ActionUpdate { id: self.id.to_string(), title, state })
    }

    /// The state that was said last.
    fn reported(&self) -> ActionState {
        match self.said.status {
            Some(ToolCallStatus::Completed) => ActionState::Done,
            Some(ToolCallStatus::Failed) => ActionState::Failed { note: self.note() },
            _ if self.state == ActionState::Waiting => ActionState::Waiting,
            _ => ActionState::Running,
        }
    }

    fn note(&self) -> String {
        let raw = self.said.raw_output.as_ref();
        let code = raw.and_then(|raw| raw.get("exit_code").or_else(|| raw.get("exitCode"))?.as_i64());
        code.map_or_else(|| "failed".to_owned(), |code| format!("exit {code}"))
    }

    fn has_ended(&self) -> bool {
        matches!(self.state, ActionState::Done | ActionState::Failed { .. })
    }

    /// The title, if it is another one now.
    fn retitled(&mut self) -> Option<String> {
        let title = self.title_now();
        let changed = title != self.title && !(self.has_ended() && self.said.content.is_none());
        changed.then(|| {
            self.title.clone_from(&title);
            title
        })
    }

    /// Commands and diffs are put into words of ours; all else has the program's title.
    fn title_now(&self) -> String {
        let said = self.said.title.as_deref().unwrap_or_default().trim();
        let command = (self.said.kind == Some(ToolKind::Execute))
            .then(|| self.said.raw_input.as_ref().and_then(command_of))
            .flatten()
            .map(|command| without_shell(&command));
        let mut title = match command {
            Some(command) => format!("Run {}", code(&in_short(&command))),
            None if said.is_empty() => "Use a tool".to_owned(),
            None => self.worded(shortened(said)),
        };
        let (mut added, mut removed, mut paths) = (0, 0, Vec::new());
        for content in self.said.content.iter().flatten() {
            let ToolCallContent::Diff(diff) = content else { continue };
            let (plus, minus) = super::diff::size(diff.old_text.as_deref(), &diff.new_text);
            (added, removed) = (added + plus, removed + minus);
            let name = diff.path.file_name().unwrap_or_default().display().to_string();
            if !title.contains(&name) && !paths.contains(&name) {
                paths.push(name);
            }
        }
        if !paths.is_empty() {
            title = format!("{title}: {}", code(&shortened(&paths.join(", "))));
        }
        if added + removed > 0 { format!("{title} (+{added} −{removed})") } else { title }
    }

    /// A title of the program's, with commands and the call's files as code: a chat would make links of names such as
    /// `README.md` otherwise. A file alone says nothing of what happens to it.
    fn worded(&self, title: String) -> String {
        if title.contains('`') {
            return title;
        }
        let verb = match self.said.kind {
            Some(ToolKind::Execute) => return code(&title),
            Some(ToolKind::Read) => "Read",
            Some(ToolKind::Edit) => "Edit",
            Some(ToolKind::Delete) => "Delete",
            Some(ToolKind::Move) => "Move",
            _ => "",
        };
        let diffs = self.said.content.iter().flatten().filter_map(|content| match content {
            ToolCallContent::Diff(diff) => diff.path.file_name(),
            _ => None,
        });
        let places = self.said.locations.iter().flatten().filter_map(|location| location.path.file_name());
        let names: Vec<_> = diffs.chain(places).filter_map(|name| name.to_str()).collect();
        let is_path = |word: &str| names.iter().any(|name| word.rsplit('/').next() == Some(name));
        if !title.contains(' ') && is_path(&title) {
            return format!("{verb} {}", code(&title)).trim_start().to_owned();
        }
        let words = title.split(' ').map(|word| if is_path(word) { code(word) } else { word.to_owned() });
        words.collect::<Vec<_>>().join(" ")
    }

    /// What the call has printed since the last time. Its content is told anew each time, as a whole.
    fn new_output(&mut self, update: &ToolCallUpdateFields) -> Option<EngineEvent> {
        // Before a call has begun, its content says what it is going to do.
        if matches!(self.said.status, None | Some(ToolCallStatus::Pending)) {
            return None;
        }
        let shown = update.content.as_ref().map(|content| printed(content)).filter(|text| !text.is_empty());
        let ended = matches!(update.status, Some(ToolCallStatus::Completed | ToolCallStatus::Failed));
        let raw = || raw_text(update.raw_output.as_ref().filter(|_| ended && self.shown.0 == 0)?);
        let text = shown.or_else(raw)?;
        let (length, before) = self.shown;
        let grown = text.get(..length).is_some_and(|beginning| hash(beginning) == before);
        let new = if grown { text[length..].to_owned() } else { text.clone() };
        self.shown = (text.len(), hash(&text));
        let action = self.id.to_string();
        (!new.is_empty()).then_some(EngineEvent::Output { action, chunk: new })
    }
}

/// The tool's name, where the program tells it besides what the protocol knows.
pub(super) fn tool_name(call: &Value) -> Option<String> {
    let name = call.pointer("/_meta/claudeCode/toolName").or_else(|| call.pointer("/_meta/toolName"))?;
    name.as_str().map(str::to_owned)
}

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

/// Later words replace earlier ones.
fn take_in(said: &mut ToolCallUpdateFields, update: &ToolCallUpdateFields) {
    fn newer<T: Clone>(said: &mut Option<T>, update: &Option<T>) {
        if update.is_some() {
            said.clone_from(update);
        }
    }
    newer(&mut said.kind, &update.kind);
    newer(&mut said.status, &update.status);
    newer(&mut said.title, &update.title);
    newer(&mut said.content, &update.content);
    newer(&mut said.locations, &update.locations);
    newer(&mut said.raw_input, &update.raw_input);
    newer(&mut said.raw_output, &update.raw_output);
}

/// The text in a call's content.
fn printed(content: &[ToolCallContent]) -> String {
    let text = |content: &ToolCallContent| match content {
        ToolCallContent::Content(content) => words(content.content.clone()),
        _ => None,
    };
    let texts: Vec<_> = content.iter().filter_map(text).map(|text| unfenced(&text)).collect();
    texts.join("\n")
}

fn raw_text(raw: &Value) -> Option<String> {
    let text = |value: &Value| value.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    text(raw).or_else(|| RAW_OUTPUTS.iter().find_map(|key| text(raw.get(key)?)))
}

/// A text without the fence around it. It grows before its end is there.
fn unfenced(text: &str) -> String {
    let Some(fenced) = text.strip_prefix("```") else { return text.to_owned() };
    let Some((_, inside)) = fenced.split_once('\n') else { return String::new() };
    let inside = inside.trim_end();
    inside.strip_suffix("```").map(|inside| inside.trim_end_matches('\n')).unwrap_or(inside).to_owned()
}

/// The first line of a text, or its beginning.
fn shortened(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    let short: String = line.chars().take(TITLE).collect();
    if short.len() < text.len() { format!("{short}…") } else { short }
}
