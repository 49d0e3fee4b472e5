//! Several agents at once: `/chain` and `/race` as they are written, and the buttons of their cards.

use crate::domain::card::{Notice, TeamMistake, TeamUsage};
use crate::domain::chain::{Chain, ChainEffect, ChainEvent, MOST_STEPS, Step, StepState};
use crate::domain::conversation::Conversation;
use crate::domain::ids::{ChainId, RaceId, TaskId};
use crate::domain::race::{RUNNERS, RaceState, Runner};
use crate::domain::task::Part;
use crate::domain::toast::Toast;
use crate::domain::wish::{Misnamed, Wish, read};
use crate::domain::worktree::WorktreeState;
use crate::store::{NewChain, NewRace, StoreError};

use super::super::agents::Agents;
use super::super::core::{FollowUp, Setup};
use super::super::{chains, races};
use super::run::PROMPT_LIMIT;
use super::{Intake, Speaker};

/// What stands between the agents of a chain.
const ARROWS: [char; 2] = ['>', '→'];

/// What stands between the agents of a race.
const COMMAS: [char; 2] = [',', '،'];

impl Intake<'_> {
    /// Runs agents one after the other, or says how that is written.
    pub(super) async fn chain(&mut self, who: &Speaker, wish: &str) -> Result<Option<Toast>, StoreError> {
        if self.is_too_long(who, wish).await? {
            return Ok(None);
        }
        let conversation = self.tx.conversation(who.place).await?;
        let agents = self.agents_in(&conversation);
        let wish = match read_wish(&agents, wish, &ARROWS, (2, MOST_STEPS)) {
            Ok(wish) => wish,
            Err(wrong) => return self.notice(who, Notice::ChainUsage(usage_of(&agents, wrong))).await,
        };
        let Some(steps) = self.setups(who, &conversation, &agents, &wish).await? else { return Ok(None) };
        let steps = steps.into_iter().map(|(agent, Setup { engine, workspace })| Step {
            agent,
            engine,
            workspace,
            state: StepState::Pending,
            task: None,
        });
        let new = NewChain {
            place: who.place,
            requester: who.user(),
            request: who.message,
            steps: steps.collect(),
            prompt: wish.prompt,
            created_at: self.now,
        };
        let files = std::mem::take(&mut self.files);
        let after = chains::begin(self.tx, self.core, new, files).await?;
        self.after.extend(after);
        Ok(None)
    }

    /// Runs agents side by side, or says how that is written.
    pub(super) async fn race(&mut self, who: &Speaker, wish: &str) -> Result<Option<Toast>, StoreError> {
        if self.is_too_long(who, wish).await? {
            return Ok(None);
        }
        let conversation = self.tx.conversation(who.place).await?;
        let agents = self.agents_in(&conversation);
        let read = read_wish(&agents, wish, &COMMAS, (*RUNNERS.start(), *RUNNERS.end())).and_then(|wish| {
            let twice = wish.agents.iter().enumerate().find(|(at, name)| wish.agents[..*at].contains(name));
            match twice {
                Some((_, agent)) => Err(TeamMistake::Twice { agent: agent.clone() }),
                None => Ok(wish),
            }
        });
        let wish = match read {
            Ok(wish) => wish,
            Err(wrong) => return self.notice(who, Notice::RaceUsage(usage_of(&agents, wrong))).await,
        };
        let Some(setups) = self.setups(who, &conversation, &agents, &wish).await? else { return Ok(None) };
        let runners =
            setups.into_iter().map(|(agent, setup)| Runner { agent, engine: setup.engine, task: None });
        let new = NewRace {
            place: who.place,
            requester: who.user(),
            request: who.message,
            prompt: wish.prompt,
            workspace: self.core.workspace_of(&conversation).to_owned(),
            runners: runners.collect(),
            created_at: self.now,
        };
        let after = races::begin(self.tx, self.core, new).await?;
        self.after.extend(after);
        Ok(None)
    }

    /// Whether a wish is longer than any request with its agents may be, which is told then.
    async fn is_too_long(&mut self, who: &Speaker, wish: &str) -> Result<bool, StoreError> {
        let too_long = wish.len() > PROMPT_LIMIT;
        if too_long {
            self.notice(who, Notice::PromptTooLong { bytes: wish.len(), limit: PROMPT_LIMIT }).await?;
        }
        Ok(too_long)
    }

    /// What each of the agents works with; nothing, once that is told, when one of them cannot be run.
    async fn setups(
        &mut self,
        who: &Speaker,
        conversation: &Conversation,
        agents: &Agents,
        wish: &Wish,
    ) -> Result<Option<Vec<(String, Setup)>>, StoreError> {
        let mut setups = Vec::new();
        for name in &wish.agents {
            let Some(agent) = agents.named(name) else { continue };
            let setup = self.core.setup(conversation, &agent);
            if let Some(reason) = self.problem(&agent, &setup) {
                self.notice(who, Notice::AgentUnusable { agent: name.clone(), reason }).await?;
                return Ok(None);
            }
            setups.push((name.clone(), setup));
        }
        Ok(Some(setups))
    }

    /// A press about the step that a task could not do.
    pub(super) async fn press_step(
        &mut self,
        who: &Speaker,
        id: TaskId,
        event: ChainEvent,
        done: Toast,
    ) -> Result<Option<Toast>, StoreError> {
        let Some(task) = self.task_here(who, id).await? else { return Ok(Some(Toast::UnknownTask)) };
        let Part::Step(chain) = task.part else { return Ok(Some(Toast::UnknownTask)) };
        self.move_chain(who, chain, event, done).await
    }

    pub(super) async fn stop_chain(
        &mut self,
        who: &Speaker,
        id: ChainId,
    ) -> Result<Option<Toast>, StoreError> {
        self.move_chain(who, id, ChainEvent::Stop, Toast::ChainStopped).await
    }

    async fn move_chain(
        &mut self,
        who: &Speaker,
        id: ChainId,
        event: ChainEvent,
        done: Toast,
    ) -> Result<Option<Toast>, StoreError> {
        let chain = self.tx.chain(id).await?.filter(|chain| chain.place.chat == who.place.chat);
        let Some(chain) = chain else { return Ok(Some(Toast::UnknownTask)) };
        if !self.core.access.may_control(who.user(), who.place.chat, chain.requester) {
            return Ok(Some(Toast::NotYours));
        }
        match chain.apply(event) {
            Ok((chain, effects)) => {
                self.carry_out_chain(who, chain, effects).await?;
                Ok(Some(done))
            }
            Err(rejected) => Ok(Some(Toast::ChainRejected(rejected))),
        }
    }

    async fn carry_out_chain(
        &mut self,
        who: &Speaker,
        chain: Chain,
        effects: Vec<ChainEffect>,
    ) -> Result<(), StoreError> {
        let stopped: Vec<TaskId> = effects
            .iter()
            .filter_map(|effect| match effect {
                ChainEffect::StopTask { task } => Some(*task),
                ChainEffect::StartStep { .. } | ChainEffect::TellResult { .. } => None,
            })
            .collect();
        let after = chains::carry_out(self.tx, self.core, chain, effects, Vec::new(), self.now).await?;
        self.after.extend(after);
        for id in stopped {
            if let Some(task) = self.tx.task(id).await? {
                self.stop_task(who, &task).await?;
            }
        }
        Ok(())
    }

    /// Stops all who run a race.
    pub(super) async fn stop_race(&mut self, who: &Speaker, id: RaceId) -> Result<Option<Toast>, StoreError> {
        let race = self.tx.race(id).await?.filter(|race| race.place.chat == who.place.chat);
        let Some(race) = race else { return Ok(Some(Toast::UnknownTask)) };
        if !self.core.access.may_control(who.user(), who.place.chat, race.requester) {
            return self.say(who, Notice::NotYours, Toast::NotYours).await;
        }
        match race.state {
            RaceState::Preparing => {
                let reason = "It was stopped before it began.".to_owned();
                let after = races::refuse(self.tx, self.core, race, reason, self.now).await?;
                self.after.extend(after);
            }
            RaceState::Running { .. } => {
                // Those that have ended already say so themselves.
                let pressed = Speaker { message: None, ..who.clone() };
                for id in race.tasks() {
                    match self.tx.task(id).await? {
                        Some(task) if task.ended_at.is_none() => {
                            self.stop_task(&pressed, &task).await?;
                        }
                        Some(_) if self.is_tested(id).await? => self.after.push(FollowUp::StopTest(id)),
                        Some(_) | None => {}
                    }
                }
            }
            RaceState::Deciding { .. }
            | RaceState::Kept { .. }
            | RaceState::NoneKept
            | RaceState::Refused { .. } => return Ok(Some(Toast::RaceOver)),
        }
        Ok(Some(Toast::Stopping))
    }
}

impl Intake<'_> {
    /// Whether the worktree of a task that has ended is looked at, and perhaps tested, just now.
    async fn is_tested(&mut self, id: TaskId) -> Result<bool, StoreError> {
        Ok(self.tx.worktree(id).await?.is_some_and(|tree| tree.state == WorktreeState::Made))
    }
}

/// The agents and the request of a text, if that is what it holds.
fn read_wish(
    agents: &Agents,
    text: &str,
    separators: &[char],
    range: (usize, usize),
) -> Result<Wish, TeamMistake> {
    if text.trim().is_empty() {
        return Err(TeamMistake::Nothing);
    }
    let names: Vec<&str> = agents.list.iter().map(|agent| agent.name.as_str()).collect();
    let wish = read(text, separators, &names)
        .map_err(|Misnamed { wanted, nearest }| TeamMistake::Unknown { wanted, nearest })?;
    let given = wish.agents.len();
    if !(range.0..=range.1).contains(&given) {
        return Err(TeamMistake::Count { given, range });
    }
    if wish.prompt.is_empty() { Err(TeamMistake::NoRequest) } else { Ok(wish) }
}

fn usage_of(agents: &Agents, wrong: TeamMistake) -> TeamUsage {
    let example = agents.list.iter().take(2).map(|agent| agent.name.clone()).collect();
    TeamUsage { wrong, example }
}
