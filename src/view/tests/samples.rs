//! Cards for the tests: with likely words, and with any words at all.

use std::path::PathBuf;
use std::time::Duration;

use proptest::prelude::*;
use uuid::Uuid;

use crate::domain::access::Role;
use crate::domain::action::{Fingerprint, Pattern, ProposedAction, Rule};
use crate::domain::agent::{
    self, AgentSpec, Budget, Dialect, Difference, Isolation, Mistake, PermissionMode,
};
use crate::domain::approval::{Approval, ApprovalStatus, Moot};
use crate::domain::card::*;
use crate::domain::chain::{ChainState, StepState};
use crate::domain::conversation::{Detail, Rings};
use crate::domain::event::{ActionState, PlanEntry, PlanState, Usage};
use crate::domain::ids::{ApprovalId, ChainId, ChatId, Place, RaceId, RunId, TaskId, Timestamp, UserId};
use crate::domain::press::{NameKey, Nonce};
use crate::domain::progress::ActionLine;
use crate::domain::race::RaceState;
use crate::domain::task::Outcome;
use crate::domain::usage::{Used, Window};
use crate::domain::worktree::{Changes, TestResult, WorktreeState};
use crate::view::testing::markdown_source;

/// Any text: short, long, hostile.
pub(crate) fn text() -> impl Strategy<Value = String> {
    let token = prop_oneof![
        any::<String>(),
        markdown_source(),
        prop::sample::select(vec![
            "\u{202e}",
            "\u{1b}[31m",
            "`",
            "a\u{30a}",
            "👩\u{200d}👧",
            "\n",
            "word ",
            "/",
            "=",
            "\u{e0041}"
        ])
        .prop_map(str::to_owned),
    ];
    (token, prop_oneof![8 => Just(1_usize), 1 => Just(100), 1 => Just(9_000)]).prop_map(|(token, times)| {
        // Enough for any limit, and not so much that the tests are slow.
        token.repeat(times.min(6_000 / token.len().max(1)).max(1))
    })
}

/// Any status of an approval.
pub(crate) fn status() -> impl Strategy<Value = ApprovalStatus> {
    let (by, at) = (UserId(i64::MIN), Timestamp(0));
    (text(), text(), 0..11_usize).prop_map(move |(a, b, which)| match which {
        0 => ApprovalStatus::Open,
        1 => ApprovalStatus::Granted { by, name: a, at, rule: None },
        2 => ApprovalStatus::Granted { by, name: b, at, rule: Some(Rule::Exact(Fingerprint(a))) },
        3 => ApprovalStatus::Granted {
            by,
            name: a.clone(),
            at,
            rule: Some(Rule::Pattern(Pattern { prefix: vec![a, b], cwd: String::new() })),
        },
        4 => ApprovalStatus::GrantedByRule { at },
        5 => ApprovalStatus::Denied { by, name: a, at },
        6 => ApprovalStatus::Expired { at },
        7 => ApprovalStatus::Superseded { at, why: Moot::Withdrawn },
        8 => ApprovalStatus::GrantedByPolicy { at, rule: a, by: b },
        9 => ApprovalStatus::DeniedByPolicy { at, rule: a, by: b },
        _ => ApprovalStatus::Undeliverable { at },
    })
}

/// An open approval of an action.
pub(crate) fn approval(action: ProposedAction) -> Approval {
    Approval {
        id: ApprovalId(Uuid::nil()),
        task: TaskId(42),
        run: RunId(Uuid::nil()),
        request: "r1".to_owned(),
        place: Place { chat: ChatId(7), topic: None },
        requester: UserId(1001),
        agent: "reviewer".to_owned(),
        fingerprint: action.fingerprint(),
        action,
        nonce: Nonce(1),
        asked_at: Timestamp(0),
        deadline: Timestamp(900_000),
        status: ApprovalStatus::Open,
    }
}

/// Strings and numbers to make cards of, taken in turn.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    texts: Vec<String>,
    numbers: Vec<u32>,
    at: usize,
}

/// Any source.
pub(crate) fn source() -> impl Strategy<Value = Source> {
    (prop::collection::vec(text(), 3..8), prop::collection::vec(any::<u32>(), 3..8))
        .prop_map(|(texts, numbers)| Source { texts, numbers, at: 0 })
}

impl Source {
    fn text(&mut self) -> String {
        self.at += 1;
        self.texts[self.at % self.texts.len()].clone()
    }

    fn number(&mut self) -> u32 {
        self.at += 1;
        self.numbers[self.at % self.numbers.len()]
    }

    fn time(&mut self) -> Duration {
        Duration::from_secs(self.number().into())
    }

    fn pick<T: Clone>(&mut self, choices: &[T]) -> T {
        choices[self.number() as usize % choices.len()].clone()
    }

    fn some<T>(&mut self, most: u32, mut one: impl FnMut(&mut Self) -> T) -> Vec<T> {
        (0..self.number() % most).map(|_| one(self)).collect()
    }

    fn maybe<T>(&mut self, one: impl FnOnce(&mut Self) -> T) -> Option<T> {
        (self.number().is_multiple_of(2)).then(|| one(self))
    }

    fn id(&mut self) -> TaskId {
        TaskId(i64::from(self.number()) * i64::from(i32::MAX))
    }

    fn summary(&mut self) -> TaskSummary {
        TaskSummary { id: self.id(), agent: self.text(), engine: self.text() }
    }

    fn usage(&mut self) -> Usage {
        Usage { cost_usd: self.maybe(|s| s.number().into()), tokens: self.maybe(|s| s.number().into()) }
    }

    fn amount(&mut self) -> Used {
        Used { agent: self.text(), engine: self.text(), tasks: self.number().into(), usage: self.usage() }
    }

    fn totals(&mut self) -> Totals {
        let usage = self.usage();
        Totals { elapsed: self.time(), steps: self.number(), usage }
    }

    fn outcome(&mut self) -> Outcome {
        let reason = self.text();
        let outcomes = [
            Outcome::Succeeded,
            Outcome::Failed { reason },
            Outcome::Stopped,
            Outcome::TimedOut,
            Outcome::Interrupted,
            Outcome::PassedOn { to: self.id() },
        ];
        self.pick(&outcomes)
    }

    fn action(&mut self) -> ProposedAction {
        let (a, b, c, d) = (self.text(), self.text(), self.text(), self.text());
        let env = self.some(5, |s| (s.text(), s.text()));
        self.pick(&[
            ProposedAction::Command { command: a.clone(), cwd: b.clone(), env },
            ProposedAction::WriteFile { path: a, content: b.clone() },
            ProposedAction::Other { title: c, detail: b, cwd: d },
        ])
    }

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

    fn mistake(&mut self) -> TeamUsage {
        let (wanted, agent, nearest) = (self.text(), self.text(), self.some(9, Self::text));
        let mistakes = [
            TeamMistake::Nothing,
            TeamMistake::Unknown { wanted, nearest },
            TeamMistake::NoRequest,
            TeamMistake::Count { given: 1, range: (2, 4) },
            TeamMistake::Count { given: usize::MAX, range: (2, 4) },
            TeamMistake::Twice { agent },
        ];
        TeamUsage { wrong: self.pick(&mistakes), example: self.some(4, Self::text) }
    }

    fn agent(&mut self) -> AgentLine {
        AgentLine { name: self.text(), description: self.text() }
    }

    fn spec(&mut self) -> AgentSpec {
        let source = agent::Source { path: self.text().into(), dialect: Dialect::ClaudeCode };
        let words = |source: &mut Self| source.some(30, Self::text);
        AgentSpec {
            role: self.maybe(Self::text),
            model: self.maybe(Self::text),
            tools: self.maybe(words),
            disallowed_tools: words(self),
            permission_mode: Some(PermissionMode::Plan),
            max_turns: Some(7),
            timeout: Some(self.time()),
            budget: Some(Budget { microdollars: Some(u64::MAX), tokens: Some(self.number().into()) }),
            isolation: Isolation::Worktree,
            skills: words(self),
            bases: self.some(30, |source| source.text().into()),
            ..AgentSpec::new(self.text(), self.text(), source)
        }
    }

    fn agent_detail(&mut self) -> AgentDetail {
        AgentDetail {
            agent: self.spec().into(),
            engine: self.text(),
            workspace: self.text(),
            command: self.maybe(Self::text),
            recent: self.some(5, Self::task_line),
            bound: self.pick(&[true, false]),
            page: self.pick(&[0, u16::MAX]),
        }
    }

    fn agent_change(&mut self) -> AgentChange {
        let key = NameKey(u64::MAX);
        let differences = self.some(30, |source| Difference { what: source.text(), widens: true });
        let fates = [AgentFate::New(Vec::new()), AgentFate::Gone, AgentFate::Changed(differences)];
        let stages = [
            ChangeStage::Applied,
            ChangeStage::Waiting { key },
            ChangeStage::Used { by: self.text() },
            ChangeStage::Kept { by: self.text() },
            ChangeStage::Overtaken,
        ];
        let (how, stage) = (self.pick(&fates), self.pick(&stages));
        AgentChange { agent: self.text(), home: self.maybe(Self::text), how, stage }
    }

    fn broken_change(&mut self) -> BrokenChange {
        let (path, text, remedy) = (self.text().into(), self.text(), self.maybe(Self::text));
        let mistake = Mistake { path, line: Some(usize::MAX), text, remedy };
        BrokenChange { mistake, still_in_force: self.pick(&[true, false]) }
    }

    fn task_line(&mut self) -> TaskLine {
        let states = ["queued", "stopping", "succeeded", "else", "running"];
        let state = self.pick(&states).to_owned();
        TaskLine { id: self.id(), agent: self.text(), prompt: self.text(), state, age: self.time() }
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

    /// One notice of every kind.
    pub(crate) fn notices(&mut self) -> Vec<Notice> {
        let mut notices = self.agent_notices();
        notices.extend(self.task_notices());
        notices.extend(self.choices());
        notices.extend([
            Notice::Welcome { name: self.text(), example: self.maybe(Self::text) },
            Notice::Help { offered: self.some(60, Self::text) },
            Notice::SessionLost,
            Notice::Warning { task: self.id(), text: self.text() },
            Notice::Refused { user: UserId(i64::MIN) },
            Notice::UnknownCommand { command: self.text(), nearest: self.maybe(Self::text) },
            Notice::WrongArgument { command: self.text(), expected: self.text() },
            Notice::EditIgnored,
            Notice::ForwardIgnored,
            Notice::Unsupported,
            Notice::FileTooBig { name: self.text(), limit: 20_000_000 },
            Notice::FileUnused,
            Notice::EmptyPrompt,
            Notice::PromptTooLong { bytes: usize::MAX, limit: self.number() as usize },
            Notice::NotYours,
            Notice::Whoami {
                user: UserId(1),
                place: self.text(),
                role: self.pick(&[Role::Owner, Role::Member, Role::Guest, Role::Stranger]),
            },
            Notice::QuestionGone,
            Notice::Trouble,
        ]);
        notices
    }

    fn agent_notices(&mut self) -> Vec<Notice> {
        let page = AgentPage {
            agents: self.some(60, Self::agent),
            page: self.pick(&[0, 3, u16::MAX]),
            pages: self.pick(&[0, 1, 7, u16::MAX]),
        };
        vec![
            Notice::NoAgentChosen { agents: self.some(60, Self::text) },
            Notice::NoAgents,
            Notice::UnknownAgent { wanted: self.text(), nearest: self.some(9, Self::text) },
            Notice::AgentUnusable { agent: self.text(), reason: self.text() },
            Notice::PassOnPicker { task: self.id(), page: page.clone() },
            Notice::NoAnswer { task: self.id() },
            Notice::ChainUsage(self.mistake()),
            Notice::RaceUsage(self.mistake()),
            Notice::AskPrompt { agent: self.text(), description: self.text(), hint: self.maybe(Self::text) },
            Notice::AgentPicker(page.clone()),
            Notice::AgentBrowser(Box::new(AgentBrowser {
                page,
                search: self.text(),
                found: self.number() as usize,
                broken: self.number() as usize,
                broken_files: self.some(9, |source| source.text().into()),
            })),
            Notice::AgentDetail(Box::new(self.agent_detail())),
            Notice::AgentElsewhere { agent: self.text(), workspace: self.text() },
            Notice::BoundAgentGone { agent: self.text() },
            Notice::AmbiguousCommand { command: self.text(), agents: self.some(60, Self::text) },
            Notice::AgentsChanged(Box::new(AgentsChanged {
                changes: self.some(30, Self::agent_change),
                mistakes: self.some(30, Self::broken_change),
            })),
            Notice::NewSession { agent: self.maybe(Self::text) },
        ]
    }

    fn task_notices(&mut self) -> Vec<Notice> {
        let (by, at) = (UserId(1), Timestamp(0));
        let statuses = [
            ApprovalStatus::Open,
            ApprovalStatus::Denied { by, name: self.text(), at },
            ApprovalStatus::Granted {
                by,
                name: self.text(),
                at,
                rule: Some(Rule::Exact(Fingerprint(String::new()))),
            },
        ];
        let detail = TaskDetail {
            line: self.task_line(),
            engine: self.text(),
            workspace: self.text(),
            requester: by,
            continues: self.number().is_multiple_of(2),
            answered: self.number().is_multiple_of(2),
            outcome: self.maybe(Self::outcome),
            totals: self.maybe(Self::totals),
            approvals: self.some(50, |s| (s.text(), s.pick(&statuses))),
        };
        let status = Status {
            agent: self.maybe(Self::text),
            bound: self.pick(&[true, false]),
            engine: self.text(),
            workspace: self.text(),
            session: self.number().is_multiple_of(2),
            title: self.maybe(Self::text),
            used: self.usage(),
            running: self.maybe(|s| (s.id(), s.time())),
            asks: self.number().is_multiple_of(2),
            queued: self.number() as usize,
            running_everywhere: self.number() as usize,
            limit: self.number() as usize,
            approvals: self.number() as usize,
        };
        vec![
            Notice::NothingToStop,
            Notice::UnknownTask { task: self.maybe(Self::id) },
            Notice::TaskList { tasks: self.some(100, Self::task_line), older: self.maybe(Self::id) },
            Notice::TaskDetail(Box::new(detail)),
            Notice::Status(Box::new(status)),
            Notice::Usage(Box::new(UsageReport {
                everywhere: self.number().is_multiple_of(2),
                windows: Window::ALL.map(|window| (window, self.some(30, Self::amount))).into(),
            })),
            Notice::OpenApprovals { approvals: self.some(50, |s| (approval(s.action()), s.time())) },
        ]
    }

    fn used(&mut self) -> AgentEngine {
        AgentEngine { agent: self.text(), engine: self.text() }
    }

    fn sessions(&mut self) -> SessionPicker {
        let reason = self.text();
        SessionPicker {
            engine: self.text(),
            workspace: self.text(),
            sessions: self.some(60, |s| SessionLine {
                key: NameKey(s.number().into()),
                title: s.text(),
                age: s.maybe(Self::time),
                current: s.number().is_multiple_of(2),
            }),
            search: self.pick(&[
                SessionSearch::Looking,
                SessionSearch::Done,
                SessionSearch::Failed { reason },
            ]),
        }
    }

    fn choices(&mut self) -> Vec<Notice> {
        let workspaces = self.some(60, |s| (s.text(), PathBuf::from(s.text())));
        vec![
            Notice::WorkspacePicker { workspaces, current: self.text(), bound: self.maybe(Self::text) },
            Notice::WorkspaceChosen {
                name: self.text(),
                path: PathBuf::from(self.text()),
                bound: self.maybe(Self::text),
            },
            Notice::UnknownWorkspace { wanted: self.text(), names: self.some(60, Self::text) },
            Notice::EnginePicker {
                engines: self.some(60, |s| EngineLine { name: s.text(), kind: s.text() }),
                chosen: self.maybe(Self::text),
                default: self.text(),
                used: self.maybe(Self::used),
            },
            Notice::EngineChosen(Box::new(EngineChange {
                name: self.maybe(Self::text),
                used: self.maybe(Self::used),
                problem: self.maybe(Self::text),
                continues: self.number().is_multiple_of(2),
                aside: self.maybe(Self::text),
            })),
            Notice::SessionPicker(self.sessions()),
            Notice::Continuing { title: self.text(), agent: self.text() },
            Notice::SessionUnusable { reason: self.text() },
            Notice::UnknownEngine { wanted: self.text(), names: self.some(60, Self::text) },
            Notice::Settings {
                detail: self.pick(&[Detail::Brief, Detail::Normal, Detail::Full]),
                rings: self.pick(&[Rings::All, Rings::Questions, Rings::Nothing]),
            },
        ]
    }
}
