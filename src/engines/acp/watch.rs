//! Whether a program keeps to the agent's policy: what it does without asking is held against it.
//!
//! Some programs tell that a call is under way and ask for it then. So one that may not be is given a moment.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use agent_client_protocol::v1::schema::ToolCallId;
use tokio::time::Instant;

use super::super::files;
use super::calls::{Calls, Standing};
use super::uses;
use crate::domain::policy::Policy;

/// How long a call may be under way before its permission is asked for.
const GRACE: Duration = Duration::from_secs(1);

/// What is watched of one run.
#[derive(Debug)]
pub(super) struct Watch {
    policy: Arc<Policy>,
    workspace: PathBuf,
    /// Calls that are under way and may not be.
    suspects: Vec<(Instant, ToolCallId)>,
}

/// Something that must end the run.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Violation {
    /// The call, where it is one.
    pub(super) call: Option<ToolCallId>,
    /// What stands on its line.
    pub(super) note: String,
    /// Why the run ends, without the program's name in front, or the whole sentence where there is no call.
    pub(super) reason: String,
}

impl Watch {
    pub(super) fn new(policy: Arc<Policy>, workspace: PathBuf) -> Self {
        Self { policy, workspace, suspects: Vec::new() }
    }

    /// When something must be looked at again.
    pub(super) fn due(&self) -> Option<Instant> {
        self.suspects.iter().map(|(due, _)| *due).min()
    }

    /// Looks at the call that was told of last, at those whose time is over, and at how many rounds there were.
    pub(super) fn look(&mut self, calls: &mut Calls) -> Option<Violation> {
        if let Some(excess) = self.policy.limits.outran(calls.rounds()) {
            return Some(Violation { call: None, note: String::new(), reason: excess.to_string() });
        }
        let news = calls.news();
        let found = news.and_then(|id| self.examine(&id, calls));
        let now = Instant::now();
        let (due, waiting): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.suspects).into_iter().partition(|(due, _)| *due <= now);
        self.suspects = waiting;
        found.or_else(|| due.into_iter().find_map(|(_, id)| self.held(&id, calls)))
    }

    fn examine(&mut self, id: &ToolCallId, calls: &Calls) -> Option<Violation> {
        match calls.standing(id)? {
            Standing::Planned | Standing::Excused => None,
            Standing::Done => self.violation(id, calls),
            Standing::UnderWay => {
                let known = self.suspects.iter().any(|(_, suspect)| suspect == id);
                if !known && self.violation(id, calls).is_some() {
                    self.suspects.push((Instant::now() + GRACE, id.clone()));
                }
                None
            }
        }
    }

    /// A call whose time is over, if it has not asked meanwhile.
    fn held(&self, id: &ToolCallId, calls: &Calls) -> Option<Violation> {
        match calls.standing(id)? {
            Standing::Planned | Standing::Excused => None,
            Standing::UnderWay | Standing::Done => self.violation(id, calls),
        }
    }

    fn violation(&self, id: &ToolCallId, calls: &Calls) -> Option<Violation> {
        let (said, name) = calls.said(id)?;
        let used = files::followed(uses::of_call(said, name, &self.workspace));
        let because = self.policy.forbids(&used)?;
        let (deed, label) = (uses::deed(&used), because.label());
        Some(Violation {
            call: Some(id.clone()),
            note: format!("denied by {label}"),
            reason: format!("{deed}, which {label} forbids, without asking. It was stopped."),
        })
    }
}
