//! A conversation: one place's chosen agent, workspace, engine session and settings.

use serde::{Deserialize, Serialize};

use super::event::{OfferedCommand, Usage};
use super::ids::{Place, SessionId, Timestamp};
use super::task::Task;

/// What a place (a chat, or one topic of it) has chosen so far.
#[derive(Debug, Clone, PartialEq)]
pub struct Conversation {
    /// Where it takes place.
    pub place: Place,
    /// The agent that plain text continues with.
    pub agent: Option<String>,
    /// Whether plain text always goes to that agent, also after another one was called once.
    pub bound: bool,
    /// The chosen workspace; the configured default when `None`.
    pub workspace: Option<String>,
    /// The chosen engine; the agent's own, or the configured default, when `None`.
    pub engine: Option<String>,
    /// The engine session that was used last.
    pub session: Option<Session>,
    /// Sessions of other agents, engines and workspaces, latest first: going back to those continues them.
    pub aside: Vec<Session>,
    /// When a person last chose the session, or to start over: runs that began before do not change that.
    pub renewed_at: Option<Timestamp>,
    /// The slash commands that are offered here besides ours.
    pub offered: Option<Offered>,
    /// What the list of agents shows here.
    pub browsing: Browsing,
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
            bound: false,
            workspace: None,
            engine: None,
            session: None,
            aside: Vec::new(),
            renewed_at: None,
            offered: None,
            browsing: Browsing::default(),
            settings: Settings::default(),
        }
    }

    /// The session to continue: the one of just this agent, engine and workspace.
    #[must_use]
    pub fn session_of(&self, agent: &str, engine: &str, workspace: &str) -> Option<&Session> {
        let mut sessions = self.session.iter().chain(&self.aside);
        sessions.find(|s| s.agent == agent && s.engine == engine && s.workspace == workspace)
    }

    /// Its engine's name for it.
    #[must_use]
    pub fn session_for(&self, agent: &str, engine: &str, workspace: &str) -> Option<SessionId> {
        self.session_of(agent, engine, workspace).map(|session| session.id.clone())
    }

    /// The slash commands that just this agent, engine and workspace offer.
    #[must_use]
    pub fn offered_by(&self, agent: &str, engine: &str, workspace: &str) -> &[String] {
        self.offered
            .as_ref()
            .filter(|o| o.agent == agent && o.engine == engine && o.workspace == workspace)
            .map_or(&[], |offered| &offered.commands)
    }

    /// From now on this is the session to continue for its agent, engine and workspace.
    pub fn remember(&mut self, session: Session) {
        self.aside.splice(..0, self.session.take());
        self.aside.retain(|s| !s.is_for_the_same(&session));
        self.aside.truncate(KEPT_ASIDE);
        self.session = Some(session);
    }

    /// A session is gone: whatever comes next does not continue it.
    pub fn forget(&mut self, engine: &str, id: &SessionId) {
        let gone = |session: &Session| session.engine == engine && session.id == *id;
        self.session.take_if(|session| gone(session));
        self.aside.retain(|session| !gone(session));
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
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Session {
    /// The engine's name for it.
    pub id: SessionId,
    /// The agent it runs.
    pub agent: String,
    /// The engine that holds it.
    pub engine: String,
    /// The workspace it works in.
    pub workspace: String,
    /// What its ended tasks have used here.
    #[serde(default, skip_serializing_if = "Usage::is_unknown")]
    pub usage: Usage,
}

/// What the list of agents shows in a place: its buttons are too small to carry the words that were searched for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Browsing {
    /// Only agents with all of these words; all agents when empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub search: String,
    /// The page, counted from 0.
    #[serde(default)]
    pub page: u16,
}

/// The slash commands of an engine's session, together with what it was opened for. A new session of the same kind has
/// the same ones, so that they outlast it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offered {
    /// The agent.
    pub agent: String,
    /// The engine.
    pub engine: String,
    /// The workspace.
    pub workspace: String,
    /// Their names, without slashes.
    pub commands: Vec<String>,
}

/// So many offered commands are kept.
const MOST_COMMANDS: usize = 256;

/// Longest name of an offered command, in bytes.
const LONGEST_COMMAND: usize = 64;

impl Offered {
    /// What a task's session offers: the commands that a person can type.
    #[must_use]
    pub fn of(task: &Task, commands: &[OfferedCommand]) -> Self {
        let names = commands.iter().map(|command| command.name.trim_start_matches('/'));
        let typed = |name: &&str| {
            let odd = |c: char| c.is_whitespace() || c.is_control();
            !name.is_empty() && name.len() <= LONGEST_COMMAND && !name.contains(odd)
        };
        Self {
            agent: task.agent.clone(),
            engine: task.engine.clone(),
            workspace: task.workspace.clone(),
            commands: names.filter(typed).take(MOST_COMMANDS).map(str::to_owned).collect(),
        }
    }
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
