//! One step of a task inside a transaction: load, apply, save, and the half of the effects that is data in the store.

use std::time::Duration;

use crate::domain::approval::{ApprovalStatus, Moot};
use crate::domain::card::{
    ApprovalCard, ApprovalStage, Card, HandoffButton, TaskSummary, Totals, WorkingCard, WorkingState,
};
use crate::domain::chain::ChainState;
use crate::domain::conversation::{Detail, Session};
use crate::domain::delivery::{Delivery, NewDelivery, Priority, Subject};
use crate::domain::dialogue::{AgentRef, Dialogue};
use crate::domain::effect::Effect;
use crate::domain::event::{TaskEvent, Usage};
use crate::domain::history::HistoryEntry;
use crate::domain::ids::{ApprovalId, ChainId, SessionId, TaskId, Timestamp};
use crate::domain::press::NameKey;
use crate::domain::progress::Progress;
use crate::domain::session::{KnownSession, SessionUse};
use crate::domain::task::{Outcome, Part, Phase, Task};
use crate::domain::transition::Rejected;
use crate::store::{StoreError, Tx};

use super::compose::compose;
use super::core::{Core, FollowUp};
use super::{chains, races};

/// What a step did.
#[derive(Debug)]
pub(super) struct Advanced {
    /// The task as it is now.
    pub(super) task: Task,
    /// What is to be performed after the commit.
    pub(super) effects: Vec<Effect>,
    /// Rows of the outbox that the step wrote.
    pub(super) deliveries: Vec<Delivery>,
    /// What else is to be performed after the commit, when the task was part of something that goes on.
    pub(super) follow_ups: Vec<FollowUp>,
}

/// Why a step was not taken.
#[derive(Debug, thiserror::Error)]
pub(super) enum AdvanceError {
    /// The event does not fit the task.
    #[error(transparent)]
    Rejected(#[from] Rejected),
    /// There is no such task.
    #[error("there is no task {0}")]
    Unknown(TaskId),
    /// The store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Takes one step. `progress` is what the run did, when there is one.
pub(super) async fn advance(
    tx: &mut Tx,
    core: &Core,
    id: TaskId,
    event: TaskEvent,
    now: Timestamp,
    progress: Option<&Progress>,
) -> Result<Advanced, AdvanceError> {
    let task = tx.task(id).await?.ok_or(AdvanceError::Unknown(id))?;
    let was = task.phase.clone();
    let entry = HistoryEntry::Task { moved: event.clone() };
    let (task, effects) = task.apply(event, now)?;
    if task.phase != was {
        tx.save_task(&task, &was).await?;
    }
    tx.append_history(id, now, &[entry]).await?;
    let mut step =
        Step { tx, core, task: &task, now, progress, deliveries: Vec::new(), follow_ups: Vec::new() };
    for effect in &effects {
        step.commit(effect).await?;
    }
    let Step { mut deliveries, follow_ups, .. } = step;
    if let Part::Runner(race) = task.part
        && task.phase != was
        && task.ended_at.is_none()
    {
        deliveries.extend(races::progress(tx, core, race, now).await?);
    }
    if was.run().is_some()
        && task.ended_at.is_some()
        && let Some(run) = was.run()
    {
        tx.end_run(run, now).await?;
    }
    tracing::info!(task = %id, was = was.name(), now = task.phase.name(), "task advanced");
    Ok(Advanced { task, effects, deliveries, follow_ups })
}

struct Step<'a> {
    tx: &'a mut Tx,
    core: &'a Core,
    task: &'a Task,
    now: Timestamp,
    progress: Option<&'a Progress>,
    deliveries: Vec<Delivery>,
    follow_ups: Vec<FollowUp>,
}

impl Step<'_> {
    /// The half of an effect that is data in the store. The other half is performed after the commit.
    async fn commit(&mut self, effect: &Effect) -> Result<(), StoreError> {
        match effect {
            Effect::StartEngine { run } => {
                self.tx.insert_run(*run, self.task.id, &self.task.engine, self.now).await
            }
            Effect::RememberSession { session } => self.remember(session).await,
            Effect::SupersedeApprovals { approvals } => {
                for approval in approvals {
                    self.supersede(*approval).await?;
                }
                Ok(())
            }
            Effect::Conclude { outcome } => self.conclude(outcome).await,
            Effect::StopEngine { .. } | Effect::ShowCard => Ok(()),
        }
    }

    /// Keeps the session for the next message, and in the list of those that can be continued.
    async fn remember(&mut self, session: &SessionId) -> Result<(), StoreError> {
        if let Some(run) = self.task.phase.run() {
            self.tx.set_run_session(run, session).await?;
        }
        if self.tx.worktree(self.task.id).await?.is_some() {
            // A session belongs to its directory, and this one is the task's own.
            return Ok(());
        }
        let mut conversation = self.tx.conversation(self.task.place).await?;
        let Task { agent, engine, workspace, resume, .. } = self.task.clone();
        let began_before = |chosen| self.task.started_at.is_some_and(|started| started < chosen);
        if conversation.renewed_at.is_some_and(began_before) {
            // A person has chosen otherwise meanwhile: the next message must not continue this.
            return self.list_session(resume, session).await;
        }
        let known = conversation.session_of(&agent, &engine, &workspace).cloned();
        let before = resume.or_else(|| known.as_ref().map(|known| known.id.clone()));
        self.list_session(before.clone(), session).await?;
        // A session may go on under another id.
        let same = known.filter(|known| known.id == *session || Some(&known.id) == before.as_ref());
        let usage = same.map(|known| known.usage).unwrap_or_default();
        conversation.remember(Session { id: session.clone(), agent, engine, workspace, usage });
        self.tx.save_conversation(&conversation, self.now).await
    }

    /// Keeps the list of sessions that can be continued. One that goes on under another id is still the same.
    async fn list_session(&mut self, before: Option<SessionId>, id: &SessionId) -> Result<(), StoreError> {
        let Task { place, agent, engine, workspace, prompt, .. } = self.task.clone();
        let mut session = KnownSession {
            title: KnownSession::title_of(&prompt),
            id: id.clone(),
            engine,
            workspace,
            used_at: Some(self.now),
            ours: Some(SessionUse { place, agent }),
        };
        let earlier = KnownSession { id: before.unwrap_or_else(|| id.clone()), ..session.clone() };
        if let Some(known) = self.tx.session(earlier.key()).await? {
            session.title = known.title;
        }
        if earlier.id != session.id {
            self.tx.forget_session(earlier.key()).await?;
        }
        self.tx.save_session(&session).await
    }

    async fn supersede(&mut self, id: ApprovalId) -> Result<(), StoreError> {
        let Some(approval) = self.tx.approval(id).await? else { return Ok(()) };
        let Some(closed) = approval.closed(ApprovalStatus::Superseded { at: self.now, why: Moot::Over })
        else {
            return Ok(());
        };
        self.tx.save_approval(&closed).await?;
        let card = ApprovalCard {
            workspace: self.task.workspace.clone(),
            stage: ApprovalStage::Closed,
            rings: false,
            approval: closed,
        };
        self.edit(Subject::approval(id), &Card::Approval(card)).await
    }

    async fn conclude(&mut self, outcome: &Outcome) -> Result<(), StoreError> {
        let totals = self.totals().await?;
        self.tx.save_totals(self.task.id, &totals).await?;
        self.count(&totals.usage).await?;
        forget_question(self.tx, self.task, None, self.now).await?;
        let said = self.progress.map(|progress| progress.answer.as_str()).unwrap_or_default();
        if !said.is_empty() {
            let entry = HistoryEntry::Said { markdown: said.to_owned() };
            self.tx.append_history(self.task.id, self.now, &[entry]).await?;
        }
        match self.task.part {
            Part::Alone => {
                self.tell(outcome, said, None).await?;
                self.fold(outcome, totals).await
            }
            Part::Step(_) => self.conclude_step(outcome, said, totals).await,
            Part::Runner(race) => {
                let rows = races::progress(self.tx, self.core, race, self.now).await?;
                self.deliveries.extend(rows);
                Ok(())
            }
        }
    }

    /// The chain moves on with its step, in the same transaction.
    async fn conclude_step(
        &mut self,
        outcome: &Outcome,
        said: &str,
        totals: Totals,
    ) -> Result<(), StoreError> {
        let Some((chain, effects)) = chains::step_ended(self.tx, self.task, outcome).await? else {
            self.tell(outcome, said, None).await?;
            return self.fold(outcome, totals).await;
        };
        let waits = (chain.state == ChainState::Waiting).then_some(chain.id);
        // A result that the next step gets is not told; nor is the card folded that the next step takes over.
        if *outcome != Outcome::Succeeded
            || (chain.state == ChainState::Succeeded && chain.ends_with(self.task.id))
        {
            self.tell(outcome, said, waits).await?;
        }
        if effects.is_empty() {
            self.fold(outcome, totals).await?;
        }
        let after = chains::carry_out(self.tx, self.core, chain, effects, Vec::new(), self.now).await?;
        self.follow_ups.extend(after);
        Ok(())
    }

    /// Tells what came of the task. One that never ran has nothing to say but that it ended; its card says so.
    async fn tell(
        &mut self,
        outcome: &Outcome,
        said: &str,
        chain: Option<ChainId>,
    ) -> Result<(), StoreError> {
        if self.task.started_at.is_some() {
            let rings = self.tx.conversation(self.task.place).await?.settings.rings.result();
            let card = match outcome {
                Outcome::Succeeded => Card::Answer {
                    task: self.task.id,
                    markdown: said.to_owned(),
                    handoffs: handoffs(self.core, self.task),
                    rings,
                },
                Outcome::Failed { .. }
                | Outcome::Stopped
                | Outcome::TimedOut
                | Outcome::Interrupted
                | Outcome::PassedOn { .. } => Card::Unsuccessful {
                    task: summary(self.task),
                    outcome: outcome.clone(),
                    partial: said.to_owned(),
                    continues: kept_session(self.tx, self.core, self.task).await?.is_some(),
                    chain,
                    rings: rings && *outcome != Outcome::Stopped,
                },
            };
            for message in compose(&*self.core.chat, &card) {
                let delivery =
                    NewDelivery::message(self.task.place, self.task.request, Priority::Final, message);
                self.deliveries.push(self.tx.enqueue(&delivery, self.now).await?);
            }
        }
        Ok(())
    }

    async fn fold(&mut self, outcome: &Outcome, totals: Totals) -> Result<(), StoreError> {
        let folded = Card::Folded { task: summary(self.task), outcome: outcome.clone(), totals };
        self.edit(Subject::card_of(self.task), &folded).await
    }

    /// Adds what the task has used to the sums, and to those of the session that it belongs to.
    async fn count(&mut self, usage: &Usage) -> Result<(), StoreError> {
        if usage.is_unknown() {
            return Ok(());
        }
        self.tx.count_usage(self.task, usage, self.now).await?;
        let mut conversation = self.tx.conversation(self.task.place).await?;
        let own = self.tx.task_session(self.task.id).await?;
        if let (Some(session), Some(own)) = (&mut conversation.session, own)
            && session.id == own
            && session.engine == self.task.engine
        {
            session.usage = session.usage.plus(*usage);
            self.tx.save_conversation(&conversation, self.now).await?;
        }
        Ok(())
    }

    /// What the run did and used; without its progress, what was last stored of that.
    async fn totals(&mut self) -> Result<Totals, StoreError> {
        let elapsed = match (self.task.started_at, self.task.ended_at) {
            (Some(started), Some(ended)) => ended.since(started),
            (None, _) | (_, None) => Duration::ZERO,
        };
        let stored = match self.progress {
            Some(Progress { steps, usage, .. }) => Some((*steps, *usage)),
            None => {
                self.tx.task_record(self.task.id).await?.and_then(|r| r.totals).map(|t| (t.steps, t.usage))
            }
        };
        let (steps, usage) = stored.unwrap_or_default();
        Ok(Totals { elapsed, steps, usage })
    }

    async fn edit(&mut self, subject: Subject, card: &Card) -> Result<(), StoreError> {
        // The last message of a card is the one with its buttons, and the one that changes.
        if let Some(message) = compose(&*self.core.chat, card).pop() {
            let delivery = NewDelivery::edit(self.task.place, subject, message);
            self.deliveries.push(self.tx.enqueue(&delivery, self.now).await?);
        }
        Ok(())
    }
}

/// Whatever a task's requester says next is no answer to its question any more; to none of them without a number.
pub(super) async fn forget_question(
    tx: &mut Tx,
    task: &Task,
    number: Option<u32>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let Task { id, place, requester, .. } = *task;
    match tx.dialogue(place, requester).await? {
        Dialogue::Answering { task, question } if task == id && number.is_none_or(|n| n == question) => {
            tx.save_dialogue(place, requester, &Dialogue::Idle, now).await
        }
        _ => Ok(()),
    }
}

/// The session in which an interrupted task's agent can go on; `None` when there is none, or when what it worked with is
/// not there any more.
pub(super) async fn kept_session(
    tx: &mut Tx,
    core: &Core,
    task: &Task,
) -> Result<Option<SessionId>, StoreError> {
    if task.phase != Phase::Finished(Outcome::Interrupted) || !core.still_has(task) {
        return Ok(None);
    }
    if tx.worktree(task.id).await?.is_some() {
        return Ok(None);
    }
    tx.task_session(task.id).await
}

/// Most agents that a result offers to be handed on to.
const MOST_HANDOFFS: usize = 4;

/// To whom a task's result can be handed on: those of its agent's file that are there.
fn handoffs(core: &Core, task: &Task) -> Vec<HandoffButton> {
    let agents = core.agents().within(&task.workspace);
    let Some(agent) = agents.named(&task.agent) else { return Vec::new() };
    let there =
        agent.handoffs.iter().filter(|handoff| agents.find(&AgentRef::Name(handoff.agent.clone())).is_ok());
    there
        .take(MOST_HANDOFFS)
        .map(|handoff| HandoffButton { label: handoff.label.clone(), key: NameKey::of(&handoff.label) })
        .collect()
}

/// The card of a task that begins at once.
pub(super) fn starting(task: &Task) -> Card {
    Card::Working(WorkingCard {
        task: summary(task),
        state: WorkingState::Starting,
        elapsed: Duration::ZERO,
        steps: 0,
        usage: Usage::default(),
        plan: Vec::new(),
        actions: Vec::new(),
        thought: None,
        output: String::new(),
        steered: None,
        detail: Detail::Brief,
    })
}

/// The few words that name a task.
pub(super) fn summary(task: &Task) -> TaskSummary {
    TaskSummary { id: task.id, agent: task.agent.clone(), engine: task.engine.clone() }
}
