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
    /// The engine session that was used last.
    pub session: Option<Session>,
    /// Sessions of other agents, engines and workspaces, latest first: going back to those continues them.
    pub aside: Vec<Session>,
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
            aside: Vec::new(),
            settings: Settings::default(),
        }
    }

    /// The session to continue: the one of just this agent, engine and workspace.
    #[must_use]
    pub fn session_for(&self, agent: &str, engine: &str, workspace: &str) -> Option<SessionId> {
        self.session
            .iter()
            .chain(&self.aside)
            .find(|s| s.agent == agent && s.engine == engine && s.workspace == workspace)
            .map(|s| s.id.clone())
    }

    /// From now on this is the session to continue for its agent, engine and workspace.
    pub fn remember(&mut self, session: Session) {
        self.aside.splice(..0, self.session.take());
        self.aside.retain(|s| !s.is_for_the_same(&session));
        self.aside.truncate(KEPT_ASIDE);
        self.session = Some(session);
    }

    /// Whatever comes next begins afresh.
    pub fn forget_sessions(&mut self) {
        self.session = None;
        self.aside.clear();
    }
}

/// How many sessions a conversation keeps aside.
const KEPT_ASIDE: usize = 16;

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

impl Session {
    fn is_for_the_same(&self, other: &Self) -> bool {
        (&self.agent, &self.engine, &self.workspace) == (&other.agent, &other.engine, &other.workspace)
    }
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

#[cfg(test)]
mod tests;
