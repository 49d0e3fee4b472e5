//! Races: begun once the repository has been looked at, compared when all who run have ended.

use std::sync::Arc;

use crate::domain::card::{Card, RaceCard, RunnerLine};
use crate::domain::delivery::{Delivery, NewDelivery, Priority, Subject};
use crate::domain::ids::{RaceId, Timestamp};
use crate::domain::race::{Race, RaceState};
use crate::domain::task::{Part, Phase};
use crate::domain::worktree::WorktreeState;
use crate::ports::Head;
use crate::store::{NewRace, NewTask, StoreError, Tx};

use super::compose::compose;
use super::core::{Core, FollowUp};

/// Makes a race; it begins when its repository has been looked at.
pub(super) async fn begin(tx: &mut Tx, core: &Core, new: NewRace) -> Result<Vec<FollowUp>, StoreError> {
    let now = new.created_at;
    let race = tx.insert_race(new).await?;
    let card = Card::Race(card(tx, &race).await?);
    let mut after = Vec::new();
    for message in compose(&*core.chat, &card) {
        let delivery = NewDelivery::message(race.place, race.request, Priority::Message, message)
            .about(Subject::race(race.id));
        after.push(FollowUp::Deliver(tx.enqueue(&delivery, now).await?));
    }
    after.push(FollowUp::PrepareRace(race.id));
    Ok(after)
}

/// Looks at the repository of a race that has not begun, and lets it begin, or says why it cannot. After a crash, also
/// compares one whose end was not noticed.
pub(super) async fn prepare(core: Arc<Core>, id: RaceId) {
    if let Err(error) = try_prepare(&core, id).await {
        tracing::error!(race = %id, %error, "a race could not begin; it is tried again at the next start");
    }
}

async fn try_prepare(core: &Arc<Core>, id: RaceId) -> Result<(), StoreError> {
    let mut tx = core.store.begin().await?;
    let Some(race) = tx.race(id).await? else { return Ok(()) };
    if race.state != RaceState::Preparing {
        let rows = progress(&mut tx, core, id, core.clock.now()).await?;
        tx.commit().await?;
        core.lanes.deliver(rows);
        return Ok(());
    }
    drop(tx);
    let head = match core.workspaces.named(&race.workspace) {
        Some(workspace) => {
            let looking = core.worktrees.head(workspace.path.clone());
            let Some(head) = core.stopping.run_until_cancelled(looking).await else { return Ok(()) };
            head
        }
        None => Err(format!("The workspace {} is not there any more. See /workspace.", race.workspace)),
    };
    let now = core.clock.now();
    let mut tx = core.store.begin().await?;
    // Somebody may have stopped it meanwhile.
    let race = tx.race(id).await?.filter(|race| race.state == RaceState::Preparing);
    let Some(race) = race else { return Ok(()) };
    let after = match head {
        Ok(head) => start(&mut tx, core, race, head, now).await?,
        Err(reason) => refuse(&mut tx, core, race, reason, now).await?,
    };
    tx.commit().await?;
    core.perform(after);
    Ok(())
}

async fn start(
    tx: &mut Tx,
    core: &Core,
    mut race: Race,
    head: Head,
    now: Timestamp,
) -> Result<Vec<FollowUp>, StoreError> {
    let agents = core.agents().within(&race.workspace);
    let gone = race.runners.iter().find(|runner| agents.named(&runner.agent).is_none());
    if let Some(gone) = gone {
        let reason = format!("The agent {} is not there any more. See /agents.", gone.agent);
        return refuse(tx, core, race, reason, now).await;
    }
    let mut after = Vec::new();
    for runner in &mut race.runners {
        let Some(agent) = agents.named(&runner.agent) else { continue };
        let task = tx
            .insert_task(&NewTask {
                place: race.place,
                requester: race.requester,
                request: race.request,
                agent,
                engine: runner.engine.clone(),
                workspace: race.workspace.clone(),
                prompt: race.prompt.clone(),
                files: Vec::new(),
                resume: None,
                part: Part::Runner(race.id),
                created_at: now,
            })
            .await?;
        runner.task = Some(task.id);
        after.push(FollowUp::EnqueueBeside(task.id));
    }
    race.state = RaceState::Running { base: head.commit, dirty: head.dirty };
    tx.save_race(&race).await?;
    after.insert(0, FollowUp::Deliver(draw(tx, core, &race, now).await?));
    Ok(after)
}

/// Ends a race that has not begun.
pub(super) async fn refuse(
    tx: &mut Tx,
    core: &Core,
    mut race: Race,
    reason: String,
    now: Timestamp,
) -> Result<Vec<FollowUp>, StoreError> {
    race.state = RaceState::Refused { reason };
    tx.save_race(&race).await?;
    Ok(vec![FollowUp::Deliver(draw(tx, core, &race, now).await?)])
}

/// Somebody who runs has moved: the card is drawn anew; when all have ended and it is known what they have changed,
/// they are compared.
pub(super) async fn progress(
    tx: &mut Tx,
    core: &Core,
    id: RaceId,
    now: Timestamp,
) -> Result<Vec<Delivery>, StoreError> {
    let Some(mut race) = tx.race(id).await? else { return Ok(Vec::new()) };
    let RaceState::Running { dirty, .. } = race.state else { return Ok(Vec::new()) };
    let mut rows = Vec::new();
    let now_shown = card(tx, &race).await?;
    let settled =
        |line: &RunnerLine| line.outcome.is_some() && !line.worktree.is_some_and(WorktreeState::is_in_use);
    if now_shown.runners.iter().all(settled) {
        let open = now_shown.runners.iter().any(|line| line.worktree == Some(WorktreeState::Open));
        race.state = if open { RaceState::Deciding { dirty } } else { RaceState::NoneKept };
        tx.save_race(&race).await?;
        let rings = tx.conversation(race.place).await?.settings.rings.result();
        let comparison = Card::Comparison(RaceCard { rings, state: race.state.clone(), ..now_shown });
        for message in compose(&*core.chat, &comparison) {
            let delivery = NewDelivery::message(race.place, race.request, Priority::Final, message)
                .about(Subject::comparison(race.id));
            rows.push(tx.enqueue(&delivery, now).await?);
        }
    }
    rows.push(draw(tx, core, &race, now).await?);
    Ok(rows)
}

/// The comparison as it looks after a person has decided.
pub(super) async fn decided(
    tx: &mut Tx,
    core: &Core,
    race: &Race,
    now: Timestamp,
) -> Result<Delivery, StoreError> {
    let card = Card::Comparison(card(tx, race).await?);
    let message = compose(&*core.chat, &card).pop().unwrap_or_default();
    tx.enqueue(&NewDelivery::edit(race.place, Subject::comparison(race.id), message), now).await
}

async fn draw(tx: &mut Tx, core: &Core, race: &Race, now: Timestamp) -> Result<Delivery, StoreError> {
    let card = Card::Race(card(tx, race).await?);
    let message = compose(&*core.chat, &card).pop().unwrap_or_default();
    tx.enqueue(&NewDelivery::edit(race.place, Subject::race(race.id), message), now).await
}

async fn card(tx: &mut Tx, race: &Race) -> Result<RaceCard, StoreError> {
    let mut runners = Vec::new();
    for runner in &race.runners {
        let (record, tree) = match runner.task {
            Some(task) => (tx.task_record(task).await?, tx.worktree(task).await?),
            None => (None, None),
        };
        let outcome = record.as_ref().and_then(|record| match &record.task.phase {
            Phase::Finished(outcome) => Some(outcome.clone()),
            Phase::Queued
            | Phase::Starting { .. }
            | Phase::Running { .. }
            | Phase::AwaitingApproval { .. }
            | Phase::Stopping { .. } => None,
        });
        runners.push(RunnerLine {
            agent: runner.agent.clone(),
            task: runner.task,
            state: record.as_ref().map_or("queued", |record| record.task.phase.name()).to_owned(),
            totals: record.and_then(|record| record.totals).filter(|_| outcome.is_some()),
            outcome,
            worktree: tree.as_ref().map(|tree| tree.state),
            changes: tree.as_ref().and_then(|tree| tree.changes),
            test: tree.and_then(|tree| tree.test),
        });
    }
    Ok(RaceCard {
        id: race.id,
        prompt: race.prompt.clone(),
        state: race.state.clone(),
        runners,
        rings: false,
    })
}
