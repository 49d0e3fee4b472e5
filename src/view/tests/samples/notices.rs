//! Notices: one of every kind.

use std::path::PathBuf;

use super::{Source, approval};
use crate::domain::access::Role;
use crate::domain::action::{Fingerprint, Rule};
use crate::domain::agent::{
    self, AgentSpec, Budget, Dialect, Difference, Isolation, Mistake, PermissionMode,
};
use crate::domain::approval::ApprovalStatus;
use crate::domain::card::*;
use crate::domain::conversation::{Detail, Rings};
use crate::domain::ids::{Timestamp, UserId};
use crate::domain::press::NameKey;
use crate::domain::usage::Window;

impl Source {
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
