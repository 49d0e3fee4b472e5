//! Chains, moved on: what happens to one is stored, and what that asks for done, in the transaction of whatever moved it.
//!
//! Knows tasks and cards; nothing of what people write or press.

use std::path::PathBuf;
use std::sync::Arc;

use uuid::Uuid;

use crate::domain::agent::{AgentSpec, Dialect, Source};
use crate::domain::approval::ApprovalStatus;
use crate::domain::card::{Card, ChainCard, StepLine, Totals};
use crate::domain::chain::{Chain, ChainEffect, ChainEvent, StepState};
use crate::domain::delivery::{Delivery, NewDelivery, Priority, Subject};
use crate::domain::event::{Ending, TaskEvent};
use crate::domain::handoff::{Handed, step_prompt};
use crate::domain::ids::{RunId, TaskId, Timestamp};
use crate::domain::input::SentFile;
use crate::domain::task::{Outcome, Part, Phase, Task};
use crate::store::{NewChain, NewTask, StoreError, Tx};

use super::advance::{starting, summary};
use super::compose::compose;
use super::core::{Core, FollowUp};
use super::queue::first_card;

/// Makes a chain, and lets its first step begin with the files that came with the request.
pub(super) async fn begin(
    tx: &mut Tx,
    core: &Core,
    new: NewChain,
    files: Vec<SentFile>,
) -> Result<Vec<FollowUp>, StoreError> {
    let now = new.created_at;
    let chain = tx.insert_chain(new).await?;
    let mut after = Vec::new();
    let card = card(tx, &chain).await?;
    for message in compose(&*core.chat, &Card::Chain(card)) {
        let delivery = NewDelivery::message(chain.place, chain.request, Priority::Message, message)
            .about(Subject::chain(chain.id));
        after.push(FollowUp::Deliver(tx.enqueue(&delivery, now).await?));
    }
    if let Ok((chain, effects)) = chain.apply(ChainEvent::Begun) {
        after.extend(carry_out(tx, core, chain, effects, files, now).await?);
    }
    Ok(after)
}

/// A step's task has its outcome. `None` when the chain has no use for it any more.
pub(super) async fn step_ended(
    tx: &mut Tx,
    task: &Task,
    outcome: &Outcome,
) -> Result<Option<(Chain, Vec<ChainEffect>)>, StoreError> {
    let Part::Step(id) = task.part else { return Ok(None) };
    let Some(chain) = tx.chain(id).await? else { return Ok(None) };
    let how = match outcome {
        Outcome::Succeeded => StepState::Succeeded,
        // Whoever is denied what they need gives up, in whatever way their engine does.
        Outcome::Failed { .. } | Outcome::Stopped if was_denied(tx, task.id).await? => StepState::Denied,
        Outcome::Failed { .. } | Outcome::PassedOn { .. } => StepState::Failed,
        Outcome::Stopped => StepState::Stopped,
        Outcome::TimedOut => StepState::TimedOut,
        Outcome::Interrupted => StepState::Interrupted,
    };
    let moved = chain.apply(ChainEvent::Ended { task: task.id, how });
    Ok(moved
        .inspect_err(|why| tracing::warn!(task = %task.id, %why, "a chain took no notice of a step"))
        .ok())
}

/// Whether a person denied something that the task asked for.
async fn was_denied(tx: &mut Tx, task: TaskId) -> Result<bool, StoreError> {
    let approvals = tx.task_approvals(task).await?;
    Ok(approvals.iter().any(|approval| matches!(approval.status, ApprovalStatus::Denied { .. })))
}

/// Stores a chain that has moved, makes the task of the step that is to begin, and draws the card anew.
pub(super) async fn carry_out(
    tx: &mut Tx,
    core: &Core,
    mut chain: Chain,
    effects: Vec<ChainEffect>,
    files: Vec<SentFile>,
    now: Timestamp,
) -> Result<Vec<FollowUp>, StoreError> {
    let mut after = Vec::new();
    let mut files = Some(files);
    for effect in effects {
        match effect {
            ChainEffect::StartStep { at } => {
                let (task, begun) =
                    start_step(tx, core, &chain, at, files.take().unwrap_or_default(), now).await?;
                after.extend(begun);
                chain = moved(chain, ChainEvent::Started { at, task: task.id });
                if let Phase::Finished(outcome) = &task.phase {
                    // It could not even begin; the chain waits.
                    after.extend(tell_failure(tx, core, &chain, &task, outcome, now).await?);
                    chain = moved(chain, ChainEvent::Ended { task: task.id, how: StepState::Failed });
                }
            }
            ChainEffect::TellResult { task } => after.extend(tell(tx, core, &chain, task, now).await?),
            // Stopping a task is a step of that task, which whoever moved the chain takes once this is stored.
            ChainEffect::StopTask { .. } => {}
        }
    }
    tx.save_chain(&chain).await?;
    tracing::info!(chain = %chain.id, state = ?chain.state, at = ?chain.at(), "chain moved");
    after.push(FollowUp::Deliver(draw(tx, core, &chain, now).await?));
    Ok(after)
}

/// Makes the task of a step. All but the first go before whatever waits in the place: the chain's turn has come already.
async fn start_step(
    tx: &mut Tx,
    core: &Core,
    chain: &Chain,
    at: usize,
    files: Vec<SentFile>,
    now: Timestamp,
) -> Result<(Task, Vec<FollowUp>), StoreError> {
    let step = &chain.steps[at];
    // What an earlier attempt got, this one gets, too.
    let files = match step.task {
        Some(earlier) => tx.task(earlier).await?.map(|task| task.files).unwrap_or_default(),
        None => files,
    };
    let before = match chain.result_before(at).and_then(|step| Some((step.agent.clone(), step.task?))) {
        Some((agent, task)) => Some(handed(tx, agent, task).await?),
        None => None,
    };
    let agents: Vec<&str> = chain.steps.iter().map(|step| step.agent.as_str()).collect();
    let first = chain.steps.iter().all(|step| step.task.is_none());
    let ahead = if first { tx.queued(chain.place).await?.len() } else { 0 };
    // As it is now: who takes an agent's file away, or some of its tools, takes them from the chain, too.
    let agent = core.agents().within(&step.workspace).named(&step.agent);
    let gone = agent.is_none();
    let task = tx
        .insert_task(&NewTask {
            place: chain.place,
            requester: chain.requester,
            request: chain.request,
            agent: agent.unwrap_or_else(|| absent(&step.agent)),
            engine: step.engine.clone(),
            workspace: step.workspace.clone(),
            prompt: step_prompt(&chain.prompt, &agents, at, before.as_ref()),
            files,
            resume: None,
            part: Part::Step(chain.id),
            created_at: now,
        })
        .await?;
    if gone {
        return Ok((fail(tx, task, now).await?, Vec::new()));
    }
    let card = if first { first_card(core, tx, &task, ahead).await? } else { starting(&task) };
    let mut after = Vec::new();
    if let Some(message) = compose(&*core.chat, &card).pop() {
        let subject = Subject::card_of(&task);
        let delivery = if first {
            NewDelivery::message(task.place, task.request, Priority::Message, message).about(subject)
        } else {
            NewDelivery::edit(task.place, subject, message)
        };
        after.push(FollowUp::Deliver(tx.enqueue(&delivery, now).await?));
    }
    after.push(FollowUp::Enqueue(task.place, task.id));
    if !first {
        tx.put_first(&task).await?;
        after.push(FollowUp::PutFirst(task.place, task.id));
    }
    Ok((task, after))
}

/// Applies an event that fits; one that does not leaves the chain as it is.
fn moved(chain: Chain, event: ChainEvent) -> Chain {
    match chain.clone().apply(event) {
        Ok((moved, _)) => moved,
        Err(why) => {
            tracing::error!(chain = %chain.id, ?event, %why, "a chain did not move");
            chain
        }
    }
}

/// What stands for an agent that is gone; it never runs.
fn absent(name: &str) -> Arc<AgentSpec> {
    let source = Source { path: PathBuf::new(), dialect: Dialect::BuiltIn };
    Arc::new(AgentSpec::new(name, "It is not there any more.", source))
}

/// Ends a task that cannot begin: its agent is gone.
async fn fail(tx: &mut Tx, task: Task, now: Timestamp) -> Result<Task, StoreError> {
    let was = task.phase.clone();
    let run = RunId(Uuid::now_v7());
    let reason = format!("The agent {} is not there any more. See /agents.", task.agent);
    let ended = TaskEvent::Ended { run, ending: Ending::Failed { reason } };
    let failed = task.clone().apply(TaskEvent::Started { run }, now);
    match failed.and_then(|(task, _)| task.apply(ended, now)) {
        Ok((failed, _)) => {
            tx.save_task(&failed, &was).await?;
            Ok(failed)
        }
        Err(why) => {
            tracing::error!(task = %task.id, %why, "a task did not end");
            Ok(task)
        }
    }
}

/// Tells why a step could not begin, with what can be done about it.
async fn tell_failure(
    tx: &mut Tx,
    core: &Core,
    chain: &Chain,
    task: &Task,
    outcome: &Outcome,
    now: Timestamp,
) -> Result<Vec<FollowUp>, StoreError> {
    let rings = tx.conversation(chain.place).await?.settings.rings.result();
    let card = Card::Unsuccessful {
        task: summary(task),
        outcome: outcome.clone(),
        partial: String::new(),
        continues: false,
        chain: Some(chain.id),
        rings,
    };
    let mut rows = Vec::new();
    for message in compose(&*core.chat, &card) {
        let delivery = NewDelivery::message(chain.place, chain.request, Priority::Final, message);
        rows.push(FollowUp::Deliver(tx.enqueue(&delivery, now).await?));
    }
    // The step before has left its card to this one.
    let folded = Card::Folded { task: summary(task), outcome: outcome.clone(), totals: Totals::default() };
    if let Some(message) = compose(&*core.chat, &folded).pop() {
        let edit = NewDelivery::edit(chain.place, Subject::card_of(task), message);
        rows.push(FollowUp::Deliver(tx.enqueue(&edit, now).await?));
    }
    Ok(rows)
}

/// What a task hands on.
pub(super) async fn handed(tx: &mut Tx, agent: String, task: TaskId) -> Result<Handed, StoreError> {
    let result = tx.answer(task).await?.unwrap_or_default();
    let branch = tx.worktree(task).await?.filter(|tree| tree.state.has_branch()).map(|tree| tree.branch());
    Ok(Handed { agent, task, result, branch })
}

/// The result of a step has become the chain's.
async fn tell(
    tx: &mut Tx,
    core: &Core,
    chain: &Chain,
    task: TaskId,
    now: Timestamp,
) -> Result<Vec<FollowUp>, StoreError> {
    let markdown = tx.answer(task).await?.unwrap_or_default();
    let rings = tx.conversation(chain.place).await?.settings.rings.result();
    let card = Card::Answer { task, markdown, handoffs: Vec::new(), rings };
    let mut rows = Vec::new();
    for message in compose(&*core.chat, &card) {
        let delivery = NewDelivery::message(chain.place, chain.request, Priority::Final, message);
        rows.push(FollowUp::Deliver(tx.enqueue(&delivery, now).await?));
    }
    Ok(rows)
}

async fn draw(tx: &mut Tx, core: &Core, chain: &Chain, now: Timestamp) -> Result<Delivery, StoreError> {
    let card = card(tx, chain).await?;
    // A card is at least one message.
    let message = compose(&*core.chat, &Card::Chain(card)).pop().unwrap_or_default();
    tx.enqueue(&NewDelivery::edit(chain.place, Subject::chain(chain.id), message), now).await
}

async fn card(tx: &mut Tx, chain: &Chain) -> Result<ChainCard, StoreError> {
    let mut steps = Vec::new();
    for step in &chain.steps {
        let record = match step.task {
            Some(task) => tx.task_record(task).await?,
            None => None,
        };
        let ended = record.filter(|record| record.task.ended_at.is_some());
        let totals = ended.and_then(|record| record.totals);
        steps.push(StepLine { agent: step.agent.clone(), state: step.state, task: step.task, totals });
    }
    Ok(ChainCard { id: chain.id, prompt: chain.prompt.clone(), state: chain.state, steps })
}
