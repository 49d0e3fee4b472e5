//! What a program tells of its session, as events. Pure: it keeps in mind what it was told, and nothing else happens.
//!
//! An update that we do not know, or that makes no sense, is left out. It never ends a run.

use agent_client_protocol::v1::schema::{
    AvailableCommandsUpdate, ContentBlock, ContentChunk, EmbeddedResourceResource, Plan, PlanEntryStatus,
    SessionInfoUpdate, ToolCallUpdate, UsageUpdate,
};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::calls::{Calls, tool_name};
use crate::domain::event::{EngineEvent, OfferedCommand, Offers, PlanEntry, PlanState, Usage};

/// How many slash commands are offered at most.
const COMMANDS: usize = 100;

/// A session, as its updates tell it.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    pub(super) calls: Calls,
    offers: Offers,
    answer: Answer,
    spending: Spending,
    /// A title that nobody was told of yet.
    title: Option<String>,
}

/// Where the answer stands.
#[derive(Debug, Default)]
struct Answer {
    /// Newlines at its end; `None` before it has begun.
    newlines: Option<usize>,
    /// The message that its last piece belongs to, where the program says.
    message: Option<String>,
    /// Whether something else has happened since.
    broken: bool,
}

/// What the tokens in an answer to a prompt are counted for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Counting {
    /// The prompt.
    #[default]
    Prompt,
    /// The whole session.
    Session,
}

/// What the session has used, and what of that was before this run.
#[derive(Debug, Default)]
struct Spending {
    cost: Option<f64>,
    cost_before: f64,
    context: Option<u64>,
    /// Unknown in a session that was taken up again, until it is told of.
    context_before: Option<u64>,
    /// What answers to prompts have said of this run.
    tokens: Option<u64>,
    counting: Counting,
    /// What the last answer said, where programs count for the session; unknown in one that was taken up again.
    session_tokens: Option<u64>,
    /// What was reported last.
    reported: Usage,
}

impl Decoder {
    /// Whether the program takes messages into a running turn.
    pub(super) fn steers(&mut self, steer: bool) {
        self.offers.steer = steer;
    }

    /// How the program counts the tokens in its answers.
    pub(super) fn counts_tokens(&mut self, counting: Counting) {
        self.spending.counting = counting;
    }

    /// A run begins: what it uses counts from here. Says what still holds.
    pub(super) fn begin(&mut self, fresh: bool) -> Vec<EngineEvent> {
        self.calls = Calls::default();
        self.answer = Answer::default();
        self.spending.begin(fresh);
        let offers = (self.offers != Offers::default()).then(|| EngineEvent::Offers(self.offers.clone()));
        let title = self.title.take().map(EngineEvent::Titled);
        offers.into_iter().chain(title).collect()
    }

    /// An update while no run is on: repeated history, or a straggler. Only what lasts is kept.
    pub(super) fn aside(&mut self, update: &Value) {
        for event in self.update(update) {
            if let EngineEvent::Titled(title) = event {
                self.title = Some(title);
            }
        }
    }

    /// The `update` of a `session/update`.
    pub(super) fn update(&mut self, update: &Value) -> Vec<EngineEvent> {
        let kind = update.get("sessionUpdate").and_then(Value::as_str).unwrap_or_default();
        let events = match kind {
            "agent_message_chunk" => parsed(update).and_then(|chunk| self.answer.piece(chunk)),
            "agent_thought_chunk" => {
                self.answer.broken = true;
                parsed(update).and_then(thought)
            }
            "tool_call" | "tool_call_update" => return self.call(update, kind == "tool_call"),
            "plan" => parsed(update).map(plan),
            "available_commands_update" => parsed(update).and_then(|update| self.commands(update)),
            "session_info_update" => parsed(update).and_then(|update| title(&update)),
            "usage_update" => parsed(update).and_then(|update| self.spending.told(&update)),
            // The mode is the program's own business; our own words come back; the rest is news to us.
            _ => None,
        };
        events.into_iter().collect()
    }

    /// What the answer to a prompt says besides that it is one.
    pub(super) fn answered(&mut self, answer: &Value) -> Option<EngineEvent> {
        self.spending.counted(answer.pointer("/usage/totalTokens").and_then(Value::as_u64)?)
    }

    fn call(&mut self, update: &Value, begins: bool) -> Vec<EngineEvent> {
        let name = tool_name(update);
        let Some(update) = parsed::<ToolCallUpdate>(update) else { return Vec::new() };
        self.answer.broken |= begins || !self.calls.knows(&update.tool_call_id);
        let events = self.calls.update(&update);
        self.calls.named(&update.tool_call_id, name);
        events
    }

    fn commands(&mut self, update: AvailableCommandsUpdate) -> Option<EngineEvent> {
        let command = |command: agent_client_protocol::v1::schema::AvailableCommand| OfferedCommand {
            name: command.name.trim_start_matches('/').to_owned(),
            description: command.description,
        };
        let commands: Vec<_> = update.available_commands.into_iter().take(COMMANDS).map(command).collect();
        if commands == self.offers.commands {
            return None;
        }
        self.offers.commands = commands;
        Some(EngineEvent::Offers(self.offers.clone()))
    }
}

impl Answer {
    fn piece(&mut self, chunk: ContentChunk) -> Option<EngineEvent> {
        let mut text = words(chunk.content)?;
        let message = chunk.message_id.map(|id| id.to_string());
        let another = message.is_some() && self.message.is_some() && message != self.message;
        if let Some(newlines) = self.newlines
            && (another || self.broken)
        {
            let there = newlines + text.chars().take_while(|c| *c == '\n').count();
            text.drain(..text.len() - text.trim_start_matches(' ').len());
            text.insert_str(0, &"\n".repeat(2_usize.saturating_sub(there)));
        }
        self.broken = false;
        self.message = message.or(self.message.take());
        let newlines = text.chars().rev().take_while(|c| *c == '\n').count();
        let before = if newlines == text.len() { self.newlines.unwrap_or(0) } else { 0 };
        self.newlines = Some(before + newlines);
        Some(EngineEvent::Text(text))
    }
}

impl Spending {
    fn begin(&mut self, fresh: bool) {
        self.cost_before = self.cost.unwrap_or(0.0);
        self.context_before = self.context.or(fresh.then_some(0));
        self.tokens = None;
        self.session_tokens = self.session_tokens.or(fresh.then_some(0));
        self.reported = Usage::default();
    }

    fn counted(&mut self, tokens: u64) -> Option<EngineEvent> {
        let new = match self.counting {
            Counting::Prompt => Some(tokens),
            Counting::Session => {
                self.session_tokens.replace(tokens).map(|before| tokens.saturating_sub(before))
            }
        };
        self.tokens = Some(self.tokens.unwrap_or(0).saturating_add(new?));
        self.usage()
    }

    fn told(&mut self, update: &UsageUpdate) -> Option<EngineEvent> {
        if let Some(cost) = &update.cost
            && cost.currency.eq_ignore_ascii_case("usd")
        {
            // It counts anew: the program was started anew for the session.
            if cost.amount < self.cost_before {
                self.cost_before = 0.0;
            }
            self.cost = Some(cost.amount);
        }
        // Smaller: it was compacted, and what comes from here on is all new.
        let before = self.context_before.unwrap_or(update.used);
        self.context_before = Some(before.min(update.used));
        self.context = Some(update.used);
        self.usage()
    }

    /// This run's part. Without better knowledge its tokens are those by which the session has grown.
    fn usage(&mut self) -> Option<EngineEvent> {
        let grown = self.context.zip(self.context_before).map(|(now, before)| now.saturating_sub(before));
        let grown = grown.filter(|grown| *grown > 0);
        let usage = Usage {
            cost_usd: self.cost.map(|cost| (cost - self.cost_before).max(0.0)),
            tokens: self.tokens.or(grown),
        };
        (std::mem::replace(&mut self.reported, usage) != usage).then_some(EngineEvent::Usage(usage))
    }
}

fn thought(chunk: ContentChunk) -> Option<EngineEvent> {
    words(chunk.content).map(EngineEvent::Thought)
}

fn title(update: &SessionInfoUpdate) -> Option<EngineEvent> {
    let title = update.title.value()?.trim();
    (!title.is_empty()).then(|| EngineEvent::Titled(title.to_owned()))
}

fn plan(plan: Plan) -> EngineEvent {
    let state = |status| match status {
        PlanEntryStatus::InProgress => PlanState::Active,
        PlanEntryStatus::Completed => PlanState::Done,
        _ => PlanState::Pending,
    };
    let entry = |entry: agent_client_protocol::v1::schema::PlanEntry| PlanEntry {
        text: entry.content,
        state: state(entry.status),
    };
    EngineEvent::Plan(plan.entries.into_iter().map(entry).collect())
}

/// What a block says, where it says something that can be read.
pub(super) fn words(block: ContentBlock) -> Option<String> {
    let text = match block {
        ContentBlock::Text(text) => text.text,
        ContentBlock::ResourceLink(link) => format!("[{}]({})", link.name, link.uri),
        ContentBlock::Resource(resource) => match resource.resource {
            EmbeddedResourceResource::TextResourceContents(contents) => contents.text,
            _ => return None,
        },
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

fn parsed<T: DeserializeOwned>(update: &Value) -> Option<T> {
    match T::deserialize(update) {
        Ok(update) => Some(update),
        Err(error) => {
            tracing::debug!(%error, "an update makes no sense");
            None
        }
    }
}
