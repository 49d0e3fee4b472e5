//! Approvals from the actor's side: asked for by the engine, answered by people, by a rule, or by the clock.

use std::time::Duration;

use uuid::Uuid;

use crate::domain::action::{ProposedAction, Rule};
use crate::domain::agent::Verdict;
use crate::domain::approval::{Approval, ApprovalStatus, Decision};
use crate::domain::card::{ApprovalCard, ApprovalStage, Card};
use crate::domain::delivery::{Delivery, NewDelivery, Priority, Subject};
use crate::domain::event::TaskEvent;
use crate::domain::history::HistoryEntry;
use crate::domain::ids::{ApprovalId, MessageId, Timestamp};
use crate::domain::policy::{Judgement, ToolUse};
use crate::domain::press::Nonce;
use crate::ports::{Chat, EngineOrder};
use crate::store::{StoreError, Tx};

use super::super::advance::AdvanceError;
use super::super::compose::compose;
use super::{Actor, Waiting};

/// How long an answer may be on its way from the store to the actor.
const ON_ITS_WAY: Duration = Duration::from_millis(500);

impl Actor {
    /// The engine wants to do something: the agent's definition or a rule given earlier in this task decides, or people
    /// are asked.
    pub(super) async fn asked(
        &mut self,
        request: &str,
        action: &ProposedAction,
        tool: &ToolUse,
    ) -> Result<(), AdvanceError> {
        let now = self.core.clock.now();
        let approval = self.approval(request.to_owned(), action.clone(), now);
        if let Some(status) = self.judged(&approval.action, tool, now) {
            return self.settled(Approval { status, ..approval }, now).await;
        }
        let mut tx = self.begin().await?;
        let event = TaskEvent::ApprovalRequested { run: self.run, approval: approval.id };
        let taken = self.step_in(&mut tx, event).await?;
        if taken.advanced.is_none() {
            // The task is stopping: nobody is asked any more.
            return taken.commit(self, tx).await;
        }
        let asked = HistoryEntry::Asked { approval: approval.id, payload: approval.action.payload() };
        tx.insert_approval(&approval).await?;
        tx.append_history(self.task.id, now, &[asked]).await?;
        let card = ApprovalCard {
            approval: approval.clone(),
            workspace: self.task.workspace.clone(),
            stage: ApprovalStage::Main,
            rings: self.settings.rings.question(),
        };
        let rows = ask(&mut tx, &*self.core.chat, card, self.task.request, now).await?;
        taken.commit(self, tx).await?;
        let waiting = Waiting { request: approval.request, deadline: approval.deadline };
        self.approvals.insert(approval.id, waiting);
        self.core.lanes.deliver(rows);
        Ok(())
    }

    fn approval(&self, request: String, action: ProposedAction, now: Timestamp) -> Approval {
        Approval {
            id: ApprovalId(Uuid::now_v7()),
            task: self.task.id,
            run: self.run,
            request,
            place: self.task.place,
            requester: self.task.requester,
            agent: self.task.agent.clone(),
            fingerprint: action.fingerprint(),
            action,
            nonce: fresh_nonce(),
            asked_at: now,
            deadline: now.plus(self.core.limits.approval_timeout),
            status: ApprovalStatus::Open,
        }
    }

    /// What is decided without asking anybody: what the definition forbids, then what a person has allowed for the task,
    /// then what the definition allows.
    fn judged(&self, action: &ProposedAction, tool: &ToolUse, at: Timestamp) -> Option<ApprovalStatus> {
        let Judgement { verdict, because } = self.policy.judge(tool);
        let (rule, by) = because.map(|because| (because.words(), because.label())).unwrap_or_default();
        match verdict {
            Verdict::Deny => Some(ApprovalStatus::DeniedByPolicy { at, rule, by }),
            Verdict::Allow | Verdict::Ask if self.rules.iter().any(|rule| rule.allows(action)) => {
                Some(ApprovalStatus::GrantedByRule { at })
            }
            Verdict::Allow => Some(ApprovalStatus::GrantedByPolicy { at, rule, by }),
            Verdict::Ask => None,
        }
    }

    /// Records an approval that nobody was asked for, and tells the engine.
    async fn settled(&mut self, approval: Approval, now: Timestamp) -> Result<(), AdvanceError> {
        let entries = [
            HistoryEntry::Asked { approval: approval.id, payload: approval.action.payload() },
            HistoryEntry::Resolved { approval: approval.id, status: approval.status.clone() },
        ];
        let mut tx = self.begin().await?;
        tx.insert_approval(&approval).await?;
        tx.append_history(self.task.id, now, &entries).await?;
        self.commit(tx).await?;
        self.core.metrics.approval_ended(approval.status.name());
        if let Some(decision) = approval.status.decision() {
            self.decide(approval.request, decision);
        }
        Ok(())
    }

    /// An approval has its answer, committed: tell the engine.
    pub(super) fn resolved(&mut self, approval: &Approval) {
        let Some(Waiting { request, .. }) = self.approvals.remove(&approval.id) else { return };
        if let Some(rule) = approval.status.rule() {
            self.rules.push(Rule::clone(rule));
        }
        if let Some(decision) = approval.status.decision() {
            self.decide(request, decision);
        }
    }

    fn decide(&mut self, request: String, decision: Decision) {
        if self.handle.orders.try_send(EngineOrder::Decide { request, decision }).is_err() {
            tracing::warn!("the engine takes no answers; it is told to stop");
            self.stop_engine();
        }
    }

    /// A person stopped the task, and thereby closed its approvals.
    pub(super) fn superseded(&mut self) {
        for _ in self.approvals.drain() {
            self.core.metrics.approval_ended("superseded");
        }
    }

    /// Closes the approvals whose time is over.
    pub(super) async fn expire(&mut self) -> Result<(), AdvanceError> {
        let now = self.core.clock.now();
        let due: Vec<ApprovalId> =
            self.approvals.iter().filter(|(_, waiting)| waiting.deadline <= now).map(|(id, _)| *id).collect();
        for id in due {
            self.close_unanswered(id, ApprovalStatus::Expired { at: now }).await?;
        }
        Ok(())
    }

    /// The approval that the engine calls so and waits for.
    pub(super) fn waiting_for(&self, request: &str) -> Option<ApprovalId> {
        self.approvals.iter().find(|(_, waiting)| waiting.request == request).map(|(id, _)| *id)
    }

    /// Closes an approval that nobody has answered.
    pub(super) async fn close_unanswered(
        &mut self,
        id: ApprovalId,
        status: ApprovalStatus,
    ) -> Result<(), AdvanceError> {
        let now = self.core.clock.now();
        let mut tx = self.begin().await?;
        let stored = tx.approval(id).await?;
        let closed = stored.and_then(|approval| approval.closed(status));
        let Some(approval) = closed else {
            // Answered in the last moment: that answer is on its way to us.
            if let Some(waiting) = self.approvals.get_mut(&id) {
                waiting.deadline = now.plus(ON_ITS_WAY);
            }
            return Ok(());
        };
        let row = close(&mut tx, &*self.core.chat, &approval, &self.task.workspace, now).await?;
        let event = TaskEvent::ApprovalResolved { run: self.run, approval: id };
        self.step_in(&mut tx, event).await?.commit(self, tx).await?;
        self.core.lanes.deliver(row);
        self.core.metrics.approval_ended(approval.status.name());
        self.resolved(&approval);
        Ok(())
    }
}

/// Asks: the card, in its messages. What is too long for one goes first, as a file, and the buttons wait for it. Asked
/// again, the newest card is the one that changes later.
pub(in crate::orchestrator) async fn ask(
    tx: &mut Tx,
    chat: &dyn Chat,
    card: ApprovalCard,
    reply_to: Option<MessageId>,
    now: Timestamp,
) -> Result<Vec<Delivery>, StoreError> {
    let (id, place) = (card.approval.id, card.approval.place);
    let messages = compose(chat, &Card::Approval(card));
    let last = messages.len().saturating_sub(1);
    let mut rows: Vec<Delivery> = Vec::new();
    for (at, message) in messages.into_iter().enumerate() {
        let mut delivery = NewDelivery::message(place, reply_to, Priority::Approval, message);
        delivery.after = rows.last().map(|row| row.id);
        delivery.approval = Some(id);
        if at == last {
            delivery = delivery.about(Subject::approval(id));
        }
        rows.push(tx.enqueue(&delivery, now).await?);
    }
    Ok(rows)
}

/// Stores an approval's final status and changes its card accordingly.
pub(in crate::orchestrator) async fn close(
    tx: &mut Tx,
    chat: &dyn Chat,
    approval: &Approval,
    workspace: &str,
    now: Timestamp,
) -> Result<Vec<Delivery>, StoreError> {
    tx.save_approval(approval).await?;
    let resolved = HistoryEntry::Resolved { approval: approval.id, status: approval.status.clone() };
    tx.append_history(approval.task, now, &[resolved]).await?;
    let card = ApprovalCard {
        approval: approval.clone(),
        workspace: workspace.to_owned(),
        stage: ApprovalStage::Closed,
        rings: false,
    };
    let mut rows = Vec::new();
    if let Some(message) = compose(chat, &Card::Approval(card)).pop() {
        let edit = NewDelivery::edit(approval.place, Subject::approval(approval.id), message);
        rows.push(tx.enqueue(&edit, now).await?);
    }
    Ok(rows)
}

/// Thirty-two random bits from the generator that also makes our ids.
fn fresh_nonce() -> Nonce {
    let [a, b, c, d, ..] = *Uuid::new_v4().as_bytes();
    Nonce(u32::from_be_bytes([a, b, c, d]))
}
