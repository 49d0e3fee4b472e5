//! Cards but notices: one of every kind.

use std::path::PathBuf;

use super::{Source, approval};
use crate::domain::approval::{Approval, Moot};
use crate::domain::card::*;
use crate::domain::chain::{ChainState, StepState};
use crate::domain::conversation::Detail;
use crate::domain::event::{ActionState, PlanEntry, PlanState};
use crate::domain::ids::{ChainId, RaceId};
use crate::domain::press::NameKey;
use crate::domain::progress::ActionLine;
use crate::domain::race::RaceState;
use crate::domain::worktree::{Changes, TestResult, WorktreeState};

impl Source {
    fn working(&mut self) -> WorkingCard {
        let note = self.text();
        let states =
            [ActionState::Running, ActionState::Waiting, ActionState::Done, ActionState::Failed { note }];
        let plan_states = [PlanState::Pending, PlanState::Active, PlanState::Done];
        WorkingCard {
            task: self.summary(),
            state: self.pick(&[
                WorkingState::Starting,
                WorkingState::Working,
                WorkingState::AwaitingApproval,
                WorkingState::AwaitingAnswer,
                WorkingState::Stopping,
            ]),
            elapsed: self.time(),
            steps: self.number(),
            usage: self.usage(),
            plan: self.some(60, |s| PlanEntry { text: s.text(), state: s.pick(&plan_states) }),
            actions: self.some(9, |s| ActionLine { id: s.text(), title: s.text(), state: s.pick(&states) }),
            thought: self.maybe(Self::text),
            output: self.text(),
            steered: self.maybe(Self::text),
            detail: self.pick(&[Detail::Brief, Detail::Normal, Detail::Full]),
        }
    }

    fn chain(&mut self) -> ChainCard {
        let states = [
            StepState::Pending,
            StepState::Running,
            StepState::Succeeded,
            StepState::Failed,
            StepState::Denied,
            StepState::TimedOut,
            StepState::Interrupted,
            StepState::Stopped,
            StepState::Skipped,
        ];
        ChainCard {
            id: ChainId(i64::MAX),
            prompt: self.text(),
            state: self.pick(&[
                ChainState::Working,
                ChainState::Waiting,
                ChainState::Stopping,
                ChainState::Succeeded,
                ChainState::Stopped,
            ]),
            steps: self.some(13, |s| StepLine {
                agent: s.text(),
                state: s.pick(&states),
                task: s.maybe(Self::id),
                totals: s.maybe(Self::totals),
            }),
        }
    }

    fn changes(&mut self) -> Changes {
        Changes { files: self.number(), added: self.number().into(), removed: self.number().into() }
    }

    fn tested(&mut self) -> TestResult {
        let (reason, tail) = (self.text(), self.text());
        self.pick(&[
            TestResult::Passed,
            TestResult::Failed { code: -1, tail },
            TestResult::TimedOut,
            TestResult::Stopped,
            TestResult::NotStarted { reason },
        ])
    }

    fn tree(&mut self) -> WorktreeState {
        self.pick(&[
            WorktreeState::Made,
            WorktreeState::Open,
            WorktreeState::Keeping,
            WorktreeState::Kept,
            WorktreeState::Merging,
            WorktreeState::Merged,
            WorktreeState::Removing,
        ])
    }

    fn race(&mut self) -> RaceCard {
        let (reason, base, task) = (self.text(), self.text(), self.id());
        RaceCard {
            id: RaceId(i64::MAX),
            prompt: self.text(),
            state: self.pick(&[
                RaceState::Preparing,
                RaceState::Running { base, dirty: true },
                RaceState::Deciding { dirty: true },
                RaceState::Kept { task },
                RaceState::NoneKept,
                RaceState::Refused { reason },
            ]),
            runners: self.some(5, |s| RunnerLine {
                agent: s.text(),
                task: s.maybe(Self::id),
                state: s.pick(&["queued", "running", "stopping"]).to_owned(),
                outcome: s.maybe(Self::outcome),
                totals: s.maybe(Self::totals),
                worktree: s.maybe(Self::tree),
                changes: s.maybe(Self::changes),
                test: s.maybe(Self::tested),
            }),
            rings: true,
        }
    }

    fn work(&mut self) -> WorkCard {
        WorkCard {
            task: self.id(),
            agent: self.text(),
            changes: self.changes(),
            state: self.tree(),
            branch: self.text(),
            path: PathBuf::from(self.text()),
            merges: self.number().is_multiple_of(2),
            problem: self.maybe(Self::text),
            rings: true,
        }
    }

    /// One card of every kind but notices.
    pub(crate) fn cards(&mut self) -> Vec<Card> {
        let (action, stages) =
            (self.action(), [ApprovalStage::Main, ApprovalStage::Lasting, ApprovalStage::Closed]);
        let question = QuestionCard {
            task: self.summary(),
            number: self.number(),
            text: self.text(),
            options: self.some(60, Self::text),
            answer: self.maybe(Self::text),
            closed: self.pick(&[None, Some(Moot::Over), Some(Moot::Withdrawn)]),
            rings: true,
        };
        vec![
            Card::Queued {
                task: self.summary(),
                place: self.number() as usize,
                steer: self.number().is_multiple_of(2),
            },
            Card::Working(self.working()),
            Card::Folded { task: self.summary(), outcome: self.outcome(), totals: self.totals() },
            Card::Answer {
                task: self.id(),
                markdown: self.text(),
                handoffs: self
                    .some(12, |s| HandoffButton { label: s.text(), key: NameKey(s.number().into()) }),
                rings: true,
            },
            Card::Chain(self.chain()),
            Card::Race(self.race()),
            Card::Comparison(self.race()),
            Card::Work(self.work()),
            Card::Unsuccessful {
                task: self.summary(),
                outcome: self.outcome(),
                partial: self.text(),
                continues: self.number().is_multiple_of(2),
                chain: self.maybe(|s| ChainId(s.number().into())),
                rings: true,
            },
            Card::Approval(ApprovalCard {
                approval: Approval { agent: self.text(), ..approval(action) },
                workspace: self.text(),
                stage: self.pick(&stages),
                rings: true,
            }),
            Card::Question(question),
            Card::Silence(SilenceCard {
                task: self.summary(),
                silent: self.time(),
                stage: self.pick(&[
                    SilenceStage::Asking,
                    SilenceStage::Waiting,
                    SilenceStage::Over,
                    SilenceStage::Ended,
                ]),
                rings: true,
            }),
            Card::File { path: PathBuf::from(self.text()), task: self.id() },
            Card::Log {
                task: Box::new(crate::domain::task::Task {
                    prompt: self.text(),
                    ..crate::view::log::tests::task()
                }),
                history: Vec::new(),
            },
        ]
    }
}
