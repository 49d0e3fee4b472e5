//! One run: what Claude Code says becomes events, what the run is told becomes messages.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;
use tokio::time::sleep;
use uuid::Uuid;

use super::super::files;
use super::super::link::{Halt, Link};
use super::heard::Heard;
use super::live::Live;
use super::outgoing;
use super::permission::{self, Request};
use super::questions::{self, Asked, Questions};
use super::refusals::Trouble;
use super::waiting::Waiting;
use crate::domain::agent::PermissionMode;
use crate::domain::approval::Decision;
use crate::domain::event::EngineEvent;
use crate::domain::policy::Policy;
use crate::ports::EngineOrder;

/// How long a message may lie there while Claude Code rests. It takes up the next one within milliseconds.
const PATIENCE: Duration = Duration::from_secs(3);

/// What an agent is told that only plans, when its plan is there.
const PLANNED: &str =
    "The plan was shown to the person. This agent only plans: end your turn now, and change nothing.";

/// How a run ended that nobody stopped.
#[derive(Debug)]
pub(super) enum End {
    /// All is dealt with.
    Over(Result<(), Trouble>),
    /// All but a message that was not taken up.
    Stuck(Result<(), Trouble>),
    /// The program ended. `begun` is whether it had taken up anything.
    Gone {
        /// Whether the prompt may have had effects.
        begun: bool,
    },
}

/// What Claude Code waits for, by its name for the request.
#[derive(Debug)]
enum Asking {
    Permission(Request),
    Questions(Questions),
    Plan(Request),
}

/// A run with its program.
pub(super) struct Turn<'r> {
    link: &'r mut Link,
    live: &'r mut Live,
    policy: &'r Policy,
    /// Where the session works.
    workspace: &'r str,
    asking: BTreeMap<String, Asking>,
    waiting: Waiting,
}

impl<'r> Turn<'r> {
    pub(super) fn new(
        link: &'r mut Link,
        live: &'r mut Live,
        policy: &'r Policy,
        workspace: &'r str,
    ) -> Self {
        Self { link, live, policy, workspace, asking: BTreeMap::new(), waiting: Waiting::default() }
    }

    /// Says the prompt and goes on until all is dealt with.
    pub(super) async fn play(mut self, prompt: &str, content: &Value) -> Result<End, Halt> {
        self.live.decoder.run_begins();
        if let Some(offers) = self.live.offers.clone() {
            self.link.emit(EngineEvent::Offers(offers)).await?;
        }
        self.say(prompt, content, None);
        loop {
            let stuck = self.waiting.is_stuck(self.live.decoder.tells_idle());
            tokio::select! {
                biased;
                order = self.link.next_order() => self.follow(order?).await?,
                heard = self.live.hear() => match heard {
                    Some(heard) => self.take_in(heard).await?,
                    None => return Ok(End::Gone { begun: !self.waiting.has_not_begun() }),
                },
                () = sleep(PATIENCE), if stuck => {
                    tracing::warn!("Claude Code rests without having taken up a message");
                    return Ok(End::Stuck(self.waiting.outcome()));
                }
            }
            let decoder = &self.live.decoder;
            if let Some(outcome) = self.waiting.over(decoder.tells_idle(), decoder.has_agents()) {
                return Ok(End::Over(outcome));
            }
        }
    }

    fn say(&mut self, text: &str, content: &Value, order: Option<String>) {
        let name = Uuid::new_v4().to_string();
        self.live.send(outgoing::user(&name, content));
        self.waiting.said(name, text, order);
    }

    async fn take_in(&mut self, heard: Vec<Heard>) -> Result<(), Halt> {
        for heard in heard {
            match heard {
                Heard::Event(event) => self.link.emit(event).await?,
                Heard::Asked(request) => self.ask(request).await?,
                Heard::Declined { request } => self.live.send(outgoing::decline(&request)),
                Heard::Withdrawn { request } => self.withdraw(&request).await?,
                Heard::Ready { offers, .. } => {
                    self.live.offers = Some(offers.clone());
                    self.link.emit(EngineEvent::Offers(offers)).await?;
                }
                Heard::TakenUp { name } => {
                    let order = self.waiting.taken_up(&name);
                    self.steered(order).await?;
                }
                Heard::TurnOver(over) => {
                    let order = self.waiting.turn_over(over);
                    self.steered(order).await?;
                }
                Heard::Rests(rests) => self.waiting.rests(rests),
            }
        }
        Ok(())
    }

    /// Reports that the words of an order were taken up. Sent is not enough: they would be lost with a run that stops.
    async fn steered(&mut self, order: Option<String>) -> Result<(), Halt> {
        match order {
            Some(request) => self.link.emit(EngineEvent::Steered { request }).await,
            None => Ok(()),
        }
    }

    async fn ask(&mut self, request: Request) -> Result<(), Halt> {
        if self.asking.contains_key(&request.id) {
            return Ok(());
        }
        let id = request.id.clone();
        let asking = match request.tool.as_str() {
            "AskUserQuestion" => Questions::read(&request.input).map(Asking::Questions),
            "ExitPlanMode" => Some(Asking::Plan(request.clone())),
            _ => None,
        };
        let asking = asking.unwrap_or(Asking::Permission(request));
        match &asking {
            Asking::Permission(request) => {
                let cwd = self.live.decoder.cwd(request.subagent);
                let action = request.action(cwd, self.workspace);
                let tool = files::followed(request.tool_use(cwd));
                let request = request.id.clone();
                self.link.emit(EngineEvent::ApprovalRequested { request, action, tool }).await?;
            }
            Asking::Questions(questions) => {
                if let Some((number, asked)) = questions.next() {
                    self.question(name_of(&id, number), asked).await?;
                }
            }
            Asking::Plan(request) => {
                if let Some(text) = self.live.decoder.says(questions::plan(&request.input)) {
                    self.link.emit(text).await?;
                }
                // An agent that only plans is done with that.
                if self.policy.mode() == PermissionMode::Plan {
                    self.live.send(outgoing::answer(&id, &permission::deny(PLANNED)));
                    return Ok(());
                }
                self.question(id.clone(), questions::about_plan()).await?;
            }
        }
        self.asking.insert(id, asking);
        Ok(())
    }

    async fn question(&mut self, request: String, asked: Asked) -> Result<(), Halt> {
        let Asked { text, options } = asked;
        self.link.emit(EngineEvent::Question { request, text, options }).await
    }

    async fn withdraw(&mut self, id: &str) -> Result<(), Halt> {
        let request = match self.asking.remove(id) {
            None => return Ok(()),
            Some(Asking::Permission(_) | Asking::Plan(_)) => id.to_owned(),
            Some(Asking::Questions(questions)) => match questions.next() {
                Some((number, _)) => name_of(id, number),
                None => return Ok(()),
            },
        };
        self.link.emit(EngineEvent::Withdrawn { request }).await
    }

    async fn follow(&mut self, order: EngineOrder) -> Result<(), Halt> {
        match order {
            EngineOrder::Stop => return Err(Halt::Stopped),
            EngineOrder::Steer { request, text } => {
                let content = Value::from(text.as_str());
                self.say(&text, &content, Some(request));
            }
            EngineOrder::Decide { request, decision } => self.decide(&request, decision).await?,
            EngineOrder::Answer { request, text } => self.answer(&request, &text).await?,
        }
        Ok(())
    }

    /// An approval was decided. One that is not waited for any more changes nothing.
    async fn decide(&mut self, id: &str, decision: Decision) -> Result<(), Halt> {
        let Some(Asking::Permission(request)) = self.asking.get(id) else { return Ok(()) };
        self.live.send(outgoing::answer(id, &permission::response(&request.input, &decision)));
        let call = request.call.clone();
        self.asking.remove(id);
        let actions = self.live.decoder.actions();
        if let Some(why) = decision.note() {
            actions.refused(&call, why);
        } else if let Some(event) = actions.goes_on(&call) {
            self.link.emit(event).await?;
        }
        Ok(())
    }

    /// A question was answered. One that is not waited for any more changes nothing.
    async fn answer(&mut self, name: &str, text: &str) -> Result<(), Halt> {
        let (id, number) = id_of(name);
        let answer = match self.asking.get_mut(id) {
            None | Some(Asking::Permission(_)) => return Ok(()),
            Some(Asking::Plan(request)) => questions::plan_response(&request.input, text),
            Some(Asking::Questions(questions)) => {
                let Some(number) = number else { return Ok(()) };
                questions.answer(number, text);
                if let Some((number, asked)) = questions.next() {
                    let name = name_of(id, number);
                    return self.question(name, asked).await;
                }
                questions.response()
            }
        };
        self.live.send(outgoing::answer(id, &answer));
        self.asking.remove(id);
        Ok(())
    }
}

/// Our name for one of several questions of a request.
fn name_of(id: &str, number: usize) -> String {
    format!("{id}/{number}")
}

/// The request, and the number if it is one of several questions.
fn id_of(name: &str) -> (&str, Option<usize>) {
    match name.rsplit_once('/').map(|(id, number)| (id, number.parse())) {
        Some((id, Ok(number))) => (id, Some(number)),
        Some((_, Err(_))) | None => (name, None),
    }
}
