//! What people look at: agents, tasks, approvals, what goes on, who they are.

use std::time::Duration;

use crate::domain::agent::TOUR;
use crate::domain::card::{ApprovalCard, ApprovalStage, Notice, Status, TaskDetail, TaskLine, UsageReport};
use crate::domain::command::is_ours;
use crate::domain::conversation::{Conversation, Session};
use crate::domain::handoff::request_of;
use crate::domain::ids::TaskId;
use crate::domain::session::KnownSession;
use crate::domain::task::{Phase, Task};
use crate::domain::toast::Toast;
use crate::domain::usage::Window;
use crate::store::{StoreError, TaskRecord};

use super::super::actor::approvals::ask;
use super::super::advance::kept_session;
use super::super::core::{FollowUp, Setup};
use super::{Intake, Speaker};

/// How many tasks one page of the list shows.
const PAGE: u32 = 8;

impl Intake<'_> {
    pub(super) async fn welcome(&mut self, who: &Speaker) -> Result<Option<Toast>, StoreError> {
        let conversation = self.tx.conversation(who.place).await?;
        let agents = self.agents_in(&conversation);
        let example = agents.named(TOUR).or_else(|| agents.list.first().cloned()).map(|a| a.name.clone());
        // Whoever says hello can be written to; that is remembered with what the place has chosen.
        self.tx.save_conversation(&conversation, self.now).await?;
        self.notice(who, Notice::Welcome { name: who.person.name.clone(), example }).await
    }

    pub(super) async fn help(&mut self, who: &Speaker) -> Result<Option<Toast>, StoreError> {
        let conversation = self.tx.conversation(who.place).await?;
        let offered = self.offered(&conversation).iter().filter(|name| !is_ours(name)).cloned().collect();
        self.notice(who, Notice::Help { offered }).await
    }

    /// The slash commands of the session that the next message goes to.
    pub(super) fn offered<'c>(&self, conversation: &'c Conversation) -> &'c [String] {
        let Ok(agent) = self.agent_for(conversation, None) else { return &[] };
        let Setup { engine, workspace } = self.core.setup(conversation, &agent);
        conversation.offered_by(&agent.name, &engine, &workspace)
    }

    /// What was used: in this chat; an owner alone with the bot sees that of all chats.
    pub(super) async fn usage(&mut self, who: &Speaker) -> Result<Option<Toast>, StoreError> {
        let chat = who.place.chat;
        let everywhere = chat.is_private() && self.is_owner(who);
        let mut windows = Vec::new();
        for window in Window::ALL {
            let chat = (!everywhere).then_some(chat);
            windows.push((window, self.tx.usage(chat, window.length(), self.now).await?));
        }
        self.notice(who, Notice::Usage(Box::new(UsageReport { everywhere, windows }))).await
    }

    pub(super) async fn list_tasks(
        &mut self,
        who: &Speaker,
        before: Option<TaskId>,
    ) -> Result<Option<Toast>, StoreError> {
        let mut records = self.tx.tasks_page(Some(who.place), before, PAGE + 1).await?;
        let more = records.len() > PAGE as usize;
        records.truncate(PAGE as usize);
        let older = if more { records.last().map(|record| record.task.id) } else { None };
        let tasks = records.iter().map(|record| self.line(&record.task)).collect();
        self.notice(who, Notice::TaskList { tasks, older }).await
    }

    pub(super) async fn show_task(
        &mut self,
        who: &Speaker,
        id: Option<TaskId>,
    ) -> Result<Option<Toast>, StoreError> {
        let record = match id {
            Some(id) => self.tx.task_record(id).await?,
            None => self.tx.tasks_page(Some(who.place), None, 1).await?.pop(),
        };
        match record.filter(|record| record.task.place.chat == who.place.chat) {
            Some(record) => {
                let detail = self.detail(record).await?;
                self.notice(who, Notice::TaskDetail(Box::new(detail))).await
            }
            None => self.notice(who, Notice::UnknownTask { task: id }).await,
        }
    }

    async fn detail(&mut self, record: TaskRecord) -> Result<TaskDetail, StoreError> {
        let TaskRecord { task, mut totals } = record;
        if let (Some(totals), Some(started), None) = (&mut totals, task.started_at, task.ended_at) {
            totals.elapsed = self.now.since(started);
        }
        let continues = kept_session(self.tx, self.core, &task).await?.is_some();
        let approvals = self.tx.task_approvals(task.id).await?;
        let answered = task.ended_at.is_some() && self.tx.answer(task.id).await?.is_some();
        Ok(TaskDetail {
            line: self.line(&task),
            outcome: match &task.phase {
                Phase::Finished(outcome) => Some(outcome.clone()),
                Phase::Queued
                | Phase::Starting { .. }
                | Phase::Running { .. }
                | Phase::AwaitingApproval { .. }
                | Phase::Stopping { .. } => None,
            },
            continues,
            answered,
            engine: task.engine,
            workspace: task.workspace,
            requester: task.requester,
            totals,
            approvals: approvals.into_iter().map(|a| (a.action.title(), a.status)).collect(),
        })
    }

    pub(super) fn line(&self, task: &Task) -> TaskLine {
        TaskLine {
            id: task.id,
            agent: task.agent.clone(),
            prompt: request_of(&task.prompt).to_owned(),
            state: match &task.phase {
                Phase::Finished(outcome) => outcome.name().to_owned(),
                phase => phase.name().to_owned(),
            },
            age: self.now.since(task.created_at),
        }
    }

    pub(super) async fn status(&mut self, who: &Speaker) -> Result<Option<Toast>, StoreError> {
        let core = self.core;
        let conversation = self.tx.conversation(who.place).await?;
        let (active, running_everywhere) = {
            let scheduler = core.scheduler();
            (scheduler.active(who.place), scheduler.running())
        };
        let running = match active {
            Some(id) => self.tx.task(id).await?.map(|task| {
                let elapsed = task.started_at.map_or(Duration::ZERO, |at| self.now.since(at));
                (id, elapsed)
            }),
            None => None,
        };
        let session = self.next_session(&conversation).cloned();
        let title = match &session {
            Some(Session { engine, workspace, id, .. }) => {
                let key = KnownSession::key_of(engine, workspace, id);
                self.tx.session(key).await?.map(|known| known.title)
            }
            None => None,
        };
        let status = Status {
            session: session.is_some(),
            title,
            used: session.map(|session| session.usage).unwrap_or_default(),
            bound: conversation.bound && conversation.agent.is_some(),
            agent: conversation.agent,
            engine: conversation.engine.unwrap_or_else(|| core.engines.default.clone()),
            workspace: conversation.workspace.unwrap_or_else(|| core.workspaces.default_name().to_owned()),
            asks: running.is_some_and(|(id, _)| core.asks(id)),
            running,
            queued: self.tx.queued(who.place).await?.len(),
            running_everywhere,
            limit: core.limits.running_tasks,
            approvals: self.tx.open_approvals(Some(who.place)).await?.len(),
        };
        self.notice(who, Notice::Status(Box::new(status))).await
    }

    /// The session that the next message continues.
    fn next_session<'c>(&self, conversation: &'c Conversation) -> Option<&'c Session> {
        let agent = self.agent_for(conversation, None).ok()?;
        let Setup { engine, workspace } = self.core.setup(conversation, &agent);
        conversation.session_of(&agent.name, &engine, &workspace)
    }

    pub(super) async fn list_approvals(&mut self, who: &Speaker) -> Result<Option<Toast>, StoreError> {
        let open = self.tx.open_approvals(Some(who.place)).await?;
        let approvals = open.iter().map(|a| (a.clone(), a.deadline.since(self.now))).collect();
        self.notice(who, Notice::OpenApprovals { approvals }).await?;
        // Their cards once more: the first ones may be far up by now, deleted, or left behind in a group's old id.
        for approval in open {
            let Some(task) = self.tx.task(approval.task).await? else { continue };
            let (workspace, stage) = (task.workspace, ApprovalStage::Main);
            let card = ApprovalCard { approval, workspace, stage, rings: false };
            let rows = ask(self.tx, &*self.core.chat, card, task.request, self.now).await?;
            self.after.extend(rows.into_iter().map(FollowUp::Deliver));
        }
        Ok(None)
    }

    pub(super) async fn whoami(&mut self, who: &Speaker) -> Result<Option<Toast>, StoreError> {
        let role = self.core.access.role(who.user(), who.place.chat);
        let notice = Notice::Whoami { user: who.user(), place: who.place.to_string(), role };
        self.notice(who, notice).await
    }
}
