//! The sessions that can be continued: those of our own runs, and those that an engine tells of.

use super::ids::{Place, SessionId, Timestamp};
use super::press::NameKey;

/// Longest title that is made of a prompt, in characters.
const TITLE: usize = 120;

/// A session that can be continued, whoever began it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownSession {
    /// The engine's name for it.
    pub id: SessionId,
    /// The engine that holds it.
    pub engine: String,
    /// The workspace it works in.
    pub workspace: String,
    /// What it is about; may be empty.
    pub title: String,
    /// When it was last used, where that is known.
    pub used_at: Option<Timestamp>,
    /// Who used it last, where that was one of our conversations.
    pub ours: Option<SessionUse>,
}

/// Which conversation used a session last, and with which agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionUse {
    /// The conversation.
    pub place: Place,
    /// The agent.
    pub agent: String,
}

impl KnownSession {
    /// What a session is about as long as nobody has said it better: the first words that it was begun with.
    #[must_use]
    pub fn title_of(prompt: &str) -> String {
        let line = prompt.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
        line.trim().chars().take(TITLE).collect()
    }

    /// What a button calls it.
    #[must_use]
    pub fn key(&self) -> NameKey {
        Self::key_of(&self.engine, &self.workspace, &self.id)
    }

    /// What a button calls a session of an engine in a workspace.
    #[must_use]
    pub fn key_of(engine: &str, workspace: &str, id: &SessionId) -> NameKey {
        NameKey::of(&[engine, workspace, &id.0].join("\0"))
    }
}

/// Sessions that we know together with those that an engine has told of: each once, latest first, no more than `most`.
#[must_use]
pub fn merge_sessions(known: Vec<KnownSession>, told: Vec<KnownSession>, most: usize) -> Vec<KnownSession> {
    let mut all = known;
    for session in told {
        match all.iter_mut().find(|one| one.key() == session.key()) {
            Some(one) => {
                if !session.title.trim().is_empty() {
                    one.title = session.title;
                }
                one.used_at = one.used_at.max(session.used_at);
            }
            None => all.push(session),
        }
    }
    // Stable: what has no time keeps the engine's order, after those that have one.
    all.sort_by_key(|session| std::cmp::Reverse(session.used_at));
    all.truncate(most);
    all
}

#[cfg(test)]
mod tests;
