//! One update, applied: read, allowed or refused, understood, and turned into rows, all in one transaction.
//!
//! What is to happen after the commit is returned as data. Nothing here waits for a person, an engine or the chat.

mod again;
mod agents;
mod approvals;
mod engines;
mod handoffs;
mod lists;
mod places;
mod presses;
mod run;
mod running;
mod sessions;
mod tasks;
mod teams;
mod texts;
mod worktrees;

use std::sync::Arc;

use crate::domain::card::{Card, Notice};
use crate::domain::chain::ChainEvent;
use crate::domain::delivery::{NewDelivery, Priority, Subject};
use crate::domain::dialogue::{Dialogue, Intent, Utterance, step};
use crate::domain::ids::{MessageId, Place, Timestamp, UserId};
use crate::domain::input::Incoming;
use crate::domain::input::{Person, SentFile};
use crate::domain::toast::Toast;
use crate::store::{StoreError, Tx};

use super::agents::Agents;
use super::compose::compose;
use super::core::{Core, FollowUp};

/// Applies what arrived, within a transaction. The caller marks it as applied, commits, and performs what is returned.
pub(super) async fn apply(
    core: &Core,
    tx: &mut Tx,
    incoming: Incoming,
    now: Timestamp,
) -> Result<Vec<FollowUp>, StoreError> {
    let mut intake = Intake::new(core, tx, now);
    match incoming {
        Incoming::Text(text) => intake.text(text).await?,
        Incoming::Pressed(press) => intake.pressed(press).await?,
        Incoming::Unsupported { place, from, message } => {
            intake.unsupported(place, &from, message).await?;
        }
        Incoming::Migrated { from, to } => {
            intake.tx.migrate_chat(from, to).await?;
            intake.after.push(FollowUp::Migrated { from, to });
        }
        Incoming::Reachable { chat, reachable } => {
            intake.after.push(FollowUp::Reachable(chat, reachable));
        }
        Incoming::Ignored(reason) => tracing::debug!(reason, "an update was ignored"),
    }
    Ok(intake.after)
}

/// The work on one update.
struct Intake<'a> {
    core: &'a Core,
    /// The agents as they are now.
    agents: Arc<Agents>,
    tx: &'a mut Tx,
    now: Timestamp,
    after: Vec<FollowUp>,
    /// Files that came with what is said, until something takes them.
    files: Vec<SentFile>,
}

/// Who said or pressed something, where, and what an answer refers to.
#[derive(Debug, Clone)]
struct Speaker {
    place: Place,
    person: Person,
    /// The message that asked; `None` for a press.
    message: Option<MessageId>,
    /// Whether an answer should point at that message, because others talk in between.
    quote: bool,
}

impl Speaker {
    fn user(&self) -> UserId {
        self.person.id
    }

    fn reply_to(&self) -> Option<MessageId> {
        self.message.filter(|_| self.quote)
    }
}

impl<'a> Intake<'a> {
    fn new(core: &'a Core, tx: &'a mut Tx, now: Timestamp) -> Self {
        Self { agents: core.agents(), core, tx, now, after: Vec::new(), files: Vec::new() }
    }
}

impl Intake<'_> {
    /// What an utterance means here and now, with the dialogue moved on. The result is a toast for a press.
    async fn utter(&mut self, who: &Speaker, utterance: Utterance) -> Result<Option<Toast>, StoreError> {
        let before = self.tx.dialogue(who.place, who.user()).await?;
        let (after, intent) = step(before.clone(), utterance);
        if after != before {
            self.tx.save_dialogue(who.place, who.user(), &after, self.now).await?;
        }
        self.carry_out(who, intent).await
    }

    async fn carry_out(&mut self, who: &Speaker, intent: Intent) -> Result<Option<Toast>, StoreError> {
        match intent {
            Intent::Welcome => self.welcome(who).await,
            Intent::Help => self.help(who).await,
            Intent::BrowseAgents { search } => self.browse_agents(who, search).await,
            Intent::TurnBrowser { page } => self.turn_browser(who, page).await,
            Intent::ShowAgent(agent) => self.show_agent(who, &agent).await,
            Intent::UseAgent(agent) => self.use_agent(who, &agent).await,
            Intent::ReleaseAgent(agent) => self.release_agent(who, &agent).await,
            Intent::Version { key, choice } => Ok(Some(self.choose_version(who, key, choice))),
            Intent::PickAgent { page } => self.pick_agent(who, page, false).await,
            Intent::TurnAgents { page } => self.pick_agent(who, page, true).await,
            Intent::AskPrompt { agent } => self.ask_prompt(who, &agent).await,
            Intent::Run { agent, prompt } => self.run(who, agent.as_ref(), prompt).await,
            Intent::EmptyPrompt => self.notice(who, Notice::EmptyPrompt).await,
            Intent::NewSession => self.new_session(who).await,
            Intent::PickSession => self.pick_session(who).await,
            Intent::ContinueSession(key) => self.continue_session(who, key).await,
            Intent::Stop(task) => self.stop(who, task).await,
            Intent::ListTasks { before } => self.list_tasks(who, before).await,
            Intent::ShowTask(task) => self.show_task(who, task).await,
            Intent::Status => self.status(who).await,
            Intent::Approvals => self.list_approvals(who).await,
            Intent::Usage => self.usage(who).await,
            Intent::PickWorkspace => self.pick_workspace(who).await,
            Intent::UseWorkspace(named) => self.use_workspace(who, &named).await,
            Intent::PickEngine => self.pick_engine(who).await,
            Intent::UseEngine(named) => self.use_engine(who, named.as_ref()).await,
            Intent::Settings => self.settings(who, false).await,
            Intent::SetDetail(detail) => self.set(who, |settings| settings.detail = detail).await,
            Intent::SetRings(rings) => self.set(who, |settings| settings.rings = rings).await,
            Intent::Whoami => self.whoami(who).await,
            Intent::Retry(task) => self.retry(who, task).await,
            Intent::Continue(task) => self.go_on(who, task).await,
            Intent::Log(task) => self.log(who, task).await,
            Intent::RunNext(task) => self.run_next(who, task).await,
            Intent::Drop(task) => self.drop_queued(who, task).await,
            Intent::Steer(task) => self.steer(who, task).await,
            Intent::Wait(task) => self.wait(who, task).await,
            Intent::Chain { wish } => self.chain(who, &wish).await,
            Intent::Race { wish } => self.race(who, &wish).await,
            Intent::RetryStep(task) => {
                self.press_step(who, task, ChainEvent::Retry { task }, Toast::RetryingStep).await
            }
            Intent::SkipStep(task) => {
                self.press_step(who, task, ChainEvent::Skip { task }, Toast::Skipped).await
            }
            Intent::StopChain(chain) => self.stop_chain(who, chain).await,
            Intent::StopRace(race) => self.stop_race(who, race).await,
            Intent::Keep(task) => self.keep(who, task).await,
            Intent::Discard(task) => self.discard(who, task).await,
            Intent::Merge(task) => self.merge(who, task).await,
            Intent::KeepNone(race) => self.keep_none(who, race).await,
            Intent::HandOff { task, handoff } => self.hand_off(who, task, handoff).await,
            Intent::AskPassOn { task, page } => self.ask_pass_on(who, task, page).await,
            Intent::PassTo { task, agent } => self.pass_to(who, task, agent).await,
            Intent::ShowAnswer(task) => self.show_answer(who, task).await,
            Intent::Approval { id, nonce, choice } => self.approval(who, id, nonce, choice).await,
            Intent::Answer { task, question, answer } => self.answer(who, task, question, answer).await,
        }
    }

    /// Answers with a notice of the bot's own.
    async fn notice(&mut self, who: &Speaker, notice: Notice) -> Result<Option<Toast>, StoreError> {
        self.reply(who, &Card::Notice(notice)).await
    }

    async fn reply(&mut self, who: &Speaker, card: &Card) -> Result<Option<Toast>, StoreError> {
        for message in compose(&*self.core.chat, card) {
            let delivery = NewDelivery::message(who.place, who.reply_to(), Priority::Message, message);
            self.deliver(&delivery).await?;
        }
        Ok(None)
    }

    /// Shows a panel: a message whose buttons change it. A press changes the latest one of its kind in this place.
    async fn panel(
        &mut self,
        who: &Speaker,
        kind: &str,
        notice: Notice,
        change: bool,
    ) -> Result<Option<Toast>, StoreError> {
        let subject = Subject::panel(kind, who.place);
        let Some(message) = compose(&*self.core.chat, &Card::Notice(notice)).pop() else { return Ok(None) };
        let delivery = if change {
            NewDelivery::edit(who.place, subject, message)
        } else {
            NewDelivery::message(who.place, who.reply_to(), Priority::Message, message).about(subject)
        };
        self.deliver(&delivery).await?;
        Ok(None)
    }

    async fn deliver(&mut self, delivery: &NewDelivery) -> Result<(), StoreError> {
        let row = self.tx.enqueue(delivery, self.now).await?;
        self.after.push(FollowUp::Deliver(row));
        Ok(())
    }

    async fn forget_dialogue(&mut self, who: &Speaker) -> Result<(), StoreError> {
        self.tx.save_dialogue(who.place, who.user(), &Dialogue::Idle, self.now).await
    }
}

/// Tells a person that their message could not be dealt with.
pub(super) async fn apologize(
    core: &Core,
    tx: &mut Tx,
    incoming: Incoming,
    now: Timestamp,
) -> Result<Vec<FollowUp>, StoreError> {
    let mut intake = Intake::new(core, tx, now);
    match incoming {
        Incoming::Text(text) => {
            let message = Some(text.message);
            let who = Speaker { place: text.place, person: text.from, message, quote: true };
            intake.notice(&who, Notice::Trouble).await?;
        }
        Incoming::Pressed(press) => {
            intake.after.push(FollowUp::Toast { query: press.query, toast: Some(Toast::Trouble) });
        }
        Incoming::Unsupported { .. }
        | Incoming::Migrated { .. }
        | Incoming::Reachable { .. }
        | Incoming::Ignored(_) => {}
    }
    Ok(intake.after)
}
