//! A conversation: one place's chosen agent, workspace, engine session and settings.

use serde::{Deserialize, Serialize};

use super::ids::{Place, SessionId};

/// What a place (a chat, or one topic of it) has chosen so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversation {
    /// Where it takes place.
    pub place: Place,
    /// The agent that plain text continues with.
    pub agent: Option<String>,
    /// The chosen workspace; the configured default when `None`.
    pub workspace: Option<String>,
    /// The chosen engine; the agent's own, or the configured default, when `None`.
    pub engine: Option<String>,
    /// The engine session that the next message continues.
    pub session: Option<Session>,
    /// Its settings.
    pub settings: Settings,
}

impl Conversation {
    /// A conversation in which nothing has been chosen.
    #[must_use]
    pub fn new(place: Place) -> Self {
        Self {
            place,
            agent: None,
            workspace: None,
            engine: None,
            session: None,
            settings: Settings::default(),
        }
    }

    /// The session to continue, if it belongs to just this agent, engine and workspace.
    #[must_use]
    pub fn session_for(&self, agent: &str, engine: &str, workspace: &str) -> Option<SessionId> {
        self.session
            .as_ref()
            .filter(|s| s.agent == agent && s.engine == engine && s.workspace == workspace)
            .map(|s| s.id.clone())
    }
}

/// An engine session together with what it was opened for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// The engine's name for it.
    pub id: SessionId,
    /// The agent it runs.
    pub agent: String,
    /// The engine that holds it.
    pub engine: String,
    /// The workspace it works in.
    pub workspace: String,
}

/// How a place wants to be shown things.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// How much a task's card shows.
    #[serde(default)]
    pub detail: Detail,
    /// Which messages make the phone ring.
    #[serde(default)]
    pub rings: Rings,
}

/// How much a task's card shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Detail {
    /// One line: state, agent, elapsed, step.
    Brief,
    /// Also the plan and the last five actions.
    #[default]
    Normal,
    /// Also the agent's thoughts and the last line of a command's output.
    Full,
}

/// Which messages make the phone ring. Progress never does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rings {
    /// Results, approvals and questions.
    #[default]
    All,
    /// Only what waits for a person: approvals and questions.
    Questions,
    /// Nothing.
    Nothing,
}

impl Rings {
    /// Whether a result rings.
    #[must_use]
    pub fn result(self) -> bool {
        self == Self::All
    }

    /// Whether an approval or a question rings.
    #[must_use]
    pub fn question(self) -> bool {
        self != Self::Nothing
    }
}
