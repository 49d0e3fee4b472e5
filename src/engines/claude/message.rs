//! What Claude Code says, as it is on the line. Tolerant: what is missing is empty, what is unknown is left out.

use serde::Deserialize;
use serde_json::{Map, Value};

/// One line of it.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Incoming {
    System(System),
    StreamEvent(StreamEvent),
    Assistant(Assistant),
    User(User),
    Result(TurnResult),
    ControlRequest(ControlRequest),
    ControlResponse {
        response: ControlResponse,
    },
    ControlCancelRequest {
        request_id: String,
    },
    #[serde(other)]
    Unknown,
}

/// News of the session; which fields there are depends on `subtype`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct System {
    pub(super) subtype: String,
    pub(super) session_id: Option<String>,
    pub(super) cwd: Option<String>,
    pub(super) state: Option<String>,
    pub(super) task_id: Option<String>,
    pub(super) task_type: Option<String>,
    pub(super) tool_use_id: Option<String>,
    pub(super) status: Option<String>,
}

/// A piece of a message that is still being written.
#[derive(Debug, Deserialize)]
pub(super) struct StreamEvent {
    pub(super) event: Piece,
    #[serde(default)]
    pub(super) parent_tool_use_id: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Piece {
    MessageStart {
        message: MessageId,
    },
    ContentBlockStart,
    ContentBlockDelta {
        delta: Delta,
    },
    ContentBlockStop,
    #[serde(other)]
    Other,
}

#[derive(Debug, Deserialize)]
pub(super) struct MessageId {
    #[serde(default)]
    pub(super) id: String,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "type")]
pub(super) enum Delta {
    #[serde(rename = "text_delta")]
    Text { text: String },
    #[serde(rename = "thinking_delta")]
    Thinking { thinking: String },
    #[serde(other)]
    Other,
}

/// One whole block of a message of the model, or of one that Claude Code made up itself.
#[derive(Debug, Deserialize)]
pub(super) struct Assistant {
    pub(super) message: Message,
    #[serde(default)]
    pub(super) parent_tool_use_id: Option<String>,
    /// Why there is no answer of the model, in one word.
    #[serde(default)]
    pub(super) error: Option<String>,
}

/// What tools returned, or a message of ours that was taken up.
#[derive(Debug, Deserialize)]
pub(super) struct User {
    pub(super) message: Message,
    #[serde(default)]
    pub(super) parent_tool_use_id: Option<String>,
    #[serde(default)]
    pub(super) uuid: Option<String>,
    #[serde(default, rename = "isReplay")]
    pub(super) is_replay: bool,
    /// What a tool returned, in its own form.
    #[serde(default)]
    pub(super) tool_use_result: Value,
}

#[derive(Debug, Deserialize)]
pub(super) struct Message {
    #[serde(default)]
    pub(super) id: String,
    /// A text, or blocks.
    #[serde(default)]
    content: Value,
}

impl Message {
    /// The blocks that we understand.
    pub(super) fn blocks(&self) -> impl Iterator<Item = Block> {
        let blocks = self.content.as_array().into_iter().flatten();
        blocks.filter_map(|block| Block::deserialize(block).ok())
    }
}

#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Block {
    Text {
        text: String,
    },
    ToolUse {
        id: String,
        name: String,
        #[serde(default)]
        input: Value,
    },
    ToolResult {
        tool_use_id: String,
        #[serde(default)]
        content: Value,
        #[serde(default)]
        is_error: bool,
    },
    #[serde(other)]
    Other,
}

/// The end of a turn.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct TurnResult {
    pub(super) subtype: String,
    pub(super) is_error: bool,
    pub(super) api_error_status: Option<u16>,
    pub(super) num_turns: u64,
    pub(super) result: Option<String>,
    pub(super) errors: Vec<String>,
    /// Of the whole process so far.
    pub(super) total_cost_usd: Option<f64>,
    /// Of the whole process so far, by model.
    #[serde(rename = "modelUsage")]
    pub(super) model_usage: Map<String, Value>,
    /// What else than a message of ours began the turn.
    pub(super) origin: Value,
}

/// It wants something of us and waits for the answer.
#[derive(Debug, Deserialize)]
pub(super) struct ControlRequest {
    pub(super) request_id: String,
    #[serde(default)]
    pub(super) request: Value,
}

/// Its answer to something that we want.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ControlResponse {
    pub(super) request_id: String,
    pub(super) response: Value,
}
