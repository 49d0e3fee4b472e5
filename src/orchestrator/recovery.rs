//! What an earlier run left behind: queued tasks go on, runs that died are told as interrupted, messages are delivered.
//! Nothing is run a second time unasked.

use std::sync::Arc;
use std::time::Duration;

use crate::domain::approval::Moot;
use crate::domain::card::{Card, QuestionCard, SilenceCard, SilenceStage};
use crate::domain::delivery::{NewDelivery, Subject};
use crate::domain::event::{EngineEvent, TaskEvent};
use crate::domain::history::HistoryEntry;
use crate::domain::progress::Progress;
use crate::domain::task::{Part, Phase, Task};
use crate::store::StoreError;

use super::advance::{AdvanceError, advance, summary};
use super::compose::compose;
use super::core::{Core, FollowUp};

/// Brings everything back into order. Runs before the first update is applied.
pub(super) async fn recover(core: &Arc<Core>) -> Result<(), StoreError> {
    // First what was never delivered, so that the order in each chat stays.
    let waiting = core.store.pending_deliveries().await?;
    if !waiting.is_empty() {
        tracing::info!(count = waiting.len(), "delivering what an earlier run did not");
    }
    core.lanes.deliver(waiting);
    let mut queued = Vec::new();
    for task in core.store.unfinished_tasks().await? {
        match task.phase {
            Phase::Queued => queued.push(match task.part {
                Part::Alone | Part::Step(_) => FollowUp::Enqueue(task.place, task.id),
                Part::Runner(_) => FollowUp::EnqueueBeside(task.id),
            }),
            Phase::Starting { .. }
            | Phase::Running { .. }
            | Phase::AwaitingApproval { .. }
            | Phase::Stopping { .. } => queued.extend(interrupt(core, &task).await?),
            Phase::Finished(_) => {}
        }
    }
    for race in core.store.races_under_way().await? {
        queued.push(FollowUp::PrepareRace(race));
    }
    for tree in core.store.unsettled_worktrees().await? {
        queued.push(FollowUp::Tidy(tree.task));
    }
    core.perform(queued);
    Ok(())
}

/// The run died with the earlier process: its task ends as interrupted, and the chat is told so.
async fn interrupt(core: &Arc<Core>, task: &Task) -> Result<Vec<FollowUp>, StoreError> {
    let past = match Past::of(core, task).await {
        // What cannot be read any more must not keep the task from ending, and us from starting.
        Err(error @ StoreError::Corrupt { .. }) => {
            tracing::error!(task = %task.id, %error, "what the run did is not known");
            Past::default()
        }
        past => past?,
    };
    let mut tx = core.store.begin().await?;
    let (event, now) = (TaskEvent::Interrupted, core.clock.now());
    let advanced = match advance(&mut tx, core, task.id, event, now, Some(&past.progress)).await {
        Ok(advanced) => advanced,
        Err(AdvanceError::Rejected(_) | AdvanceError::Unknown(_)) => return Ok(Vec::new()),
        Err(AdvanceError::Store(error)) => return Err(error),
    };
    let mut rows = advanced.deliveries;
    for (subject, card) in past.left_open(task) {
        if let Some(message) = compose(&*core.chat, &card).pop() {
            rows.push(tx.enqueue(&NewDelivery::edit(task.place, subject, message), now).await?);
        }
    }
    tx.commit().await?;
    tracing::warn!(task = %task.id, "was interrupted");
    core.metrics.task_ended("interrupted", Duration::ZERO);
    core.lanes.deliver(rows);
    Ok(advanced.follow_ups)
}

/// What is known of a run that died.
#[derive(Default)]
struct Past {
    progress: Progress,
    questions: Vec<(u32, String)>,
    answers: usize,
    /// How often a silent engine was told, and for how long it was silent the last time, unless that is over.
    silences: u32,
    silent: Option<Duration>,
}

impl Past {
    async fn of(core: &Arc<Core>, task: &Task) -> Result<Self, StoreError> {
        let mut past = Self::default();
        let totals = core.store.task_record(task.id).await?.and_then(|record| record.totals);
        past.progress.usage = totals.map(|totals| totals.usage).unwrap_or_default();
        let mut asked = 0;
        for (_, entry) in core.store.history(task.id).await? {
            match entry {
                HistoryEntry::Action { update } => {
                    past.progress.fold(&EngineEvent::Action(update));
                }
                HistoryEntry::Question { text } => {
                    asked += 1;
                    past.questions.push((asked, text));
                }
                HistoryEntry::Withdrawn { question } => past.questions.retain(|(n, _)| *n != question),
                HistoryEntry::Answer { .. } => past.answers += 1,
                HistoryEntry::Silent { seconds } => {
                    past.silences += 1;
                    past.silent = Some(Duration::from_secs(seconds));
                }
                HistoryEntry::Heard => past.silent = None,
                HistoryEntry::Task { .. }
                | HistoryEntry::Output { .. }
                | HistoryEntry::Plan { .. }
                | HistoryEntry::Asked { .. }
                | HistoryEntry::Resolved { .. }
                | HistoryEntry::SessionLost
                | HistoryEntry::Warned { .. }
                | HistoryEntry::Steered { .. }
                | HistoryEntry::File { .. }
                | HistoryEntry::Said { .. } => {}
            }
        }
        Ok(past)
    }

    /// The messages that still wait for a person, as they look when the task has ended.
    fn left_open(self, task: &Task) -> Vec<(Subject, Card)> {
        let unanswered = self.questions.into_iter().skip(self.answers);
        let mut cards: Vec<_> = unanswered
            .map(|(number, text)| (Subject::question(task.id, number), closed_question(task, number, text)))
            .collect();
        if let Some(silent) = self.silent {
            let (task, stage) = (summary(task), SilenceStage::Ended);
            let subject = Subject::silence(task.id, self.silences);
            cards.push((subject, Card::Silence(SilenceCard { task, silent, stage, rings: false })));
        }
        cards
    }
}

fn closed_question(task: &Task, number: u32, text: String) -> Card {
    Card::Question(QuestionCard {
        task: summary(task),
        number,
        text,
        options: Vec::new(),
        answer: None,
        closed: Some(Moot::Over),
        rings: false,
    })
}
