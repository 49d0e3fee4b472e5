//! One run's part of a session: prompts in, events out, until all prompts are answered or the run is stopped.
//!
//! Never waits for one thing alone: the program, the person and the terminals are all heard at any moment.

use agent_client_protocol::UntypedMessage;
use agent_client_protocol::v1::schema::{
    CancelNotification, ContentBlock, PromptCapabilities, PromptRequest,
};
use serde_json::Value;
use tokio::time::{Instant, sleep_until, timeout_at};

use super::super::link::{Halt, Link};
use super::super::process::CANCEL_GRACE;
use super::super::program::Program;
use super::attachments;
use super::connection::Heard;
use super::kept::Kept;
use super::refusals::Trouble;
use super::replies::refuse;
use super::requests::Requests;
use super::terminals::{PIECES, Piece};
use super::watch::{Violation, Watch};
use crate::domain::event::{ActionState, EngineEvent};
use crate::ports::EngineOrder;

/// How a turn ended, while the session goes on.
#[derive(Debug)]
pub(super) enum TurnEnd {
    /// All is done.
    Completed,
    /// The program gave up; the reason is for a person.
    GaveUp(String),
    /// The program cancelled it: some do so when a person has denied something.
    Cancelled,
}

/// A turn.
pub(super) struct Turn<'t> {
    pub(super) link: &'t mut Link,
    pub(super) program: &'t Program,
    pub(super) session: &'t mut Kept,
    pub(super) requests: &'t mut Requests,
    pub(super) watch: Watch,
    /// How many prompts wait for their answer.
    pub(super) open: usize,
}

/// Whatever happens next.
enum Happening {
    Order(EngineOrder),
    Heard(Option<Heard>),
    Piece(Piece),
    Due,
}

impl Turn<'_> {
    /// Sends the prompt and goes on until everything is answered.
    pub(super) async fn run(&mut self, prompt: Vec<ContentBlock>) -> Result<TurnEnd, Halt> {
        self.prompt(prompt).await?;
        let mut end = TurnEnd::Completed;
        while self.open > 0 {
            let happening = tokio::select! {
                biased;
                order = self.link.next_order() => Happening::Order(order?),
                heard = self.session.peer.hear() => Happening::Heard(heard),
                piece = self.requests.shells.next_piece() => Happening::Piece(piece),
                () = due(self.watch.due()) => Happening::Due,
            };
            match happening {
                Happening::Order(order) => self.order(order).await?,
                Happening::Heard(Some(Heard::Answered(answer))) => {
                    self.print_all().await?;
                    self.open -= 1;
                    // The last answer counts: the others were for words that something was added to.
                    end = self.answered(answer).await?;
                }
                Happening::Heard(Some(heard)) => self.heard(heard).await?,
                Happening::Heard(None) => return Err(self.trouble(Trouble::Gone).await),
                Happening::Piece(piece) => self.printed(piece).await?,
                Happening::Due => self.look().await?,
            }
        }
        Ok(end)
    }

    async fn prompt(&mut self, prompt: Vec<ContentBlock>) -> Result<(), Halt> {
        let request = PromptRequest::new(self.session.id.0.clone(), prompt);
        match self.session.peer.prompt(&request) {
            Ok(()) => {
                self.open += 1;
                Ok(())
            }
            Err(trouble) => Err(self.trouble(trouble).await),
        }
    }

    async fn order(&mut self, order: EngineOrder) -> Result<(), Halt> {
        let calls = &mut self.session.decoder.calls;
        let events = match order {
            EngineOrder::Decide { request, decision } => self.requests.decided(&request, &decision, calls),
            EngineOrder::Answer { request, text } => self.requests.answered(&request, &text),
            EngineOrder::Steer { request, text } if self.session.steers => {
                let blocks = attachments::blocks(&PromptCapabilities::default(), &text, None, &[]).await;
                self.prompt(blocks).await?;
                vec![EngineEvent::Steered { request }]
            }
            // Not reported as taken: the words wait as a task of their own.
            EngineOrder::Steer { .. } => Vec::new(),
            EngineOrder::Stop => return Err(Halt::Stopped),
        };
        self.emit(events).await
    }

    async fn heard(&mut self, heard: Heard) -> Result<(), Halt> {
        // It may say that a command has ended: first what the command printed.
        self.print_all().await?;
        let events = match heard {
            Heard::Told(message) if message.method() == "$/cancel_request" => self.requests.taken_back(),
            Heard::Told(message) => self.session.update(&message),
            Heard::Asked(message, responder) => {
                self.requests.asked(&message, *responder, &mut self.session.decoder.calls)
            }
            Heard::Answered(_) => Vec::new(),
        };
        self.emit(events).await?;
        self.look().await?;
        let claimed = self.requests.shells.claimed(&self.session.decoder.calls);
        self.emit(claimed).await
    }

    /// Ends the run when the program does not keep to the policy.
    async fn look(&mut self) -> Result<(), Halt> {
        let calls = &mut self.session.decoder.calls;
        let Some(Violation { call, note, reason }) = self.watch.look(calls) else { return Ok(()) };
        let Some(call) = call else { return Err(Halt::Failed(reason)) };
        let stopped = calls.set(&call, ActionState::Failed { note });
        self.link.emit(stopped).await?;
        Err(Halt::Failed(format!("{} {reason}", self.program.name)))
    }

    /// A prompt was answered.
    async fn answered(&mut self, answer: Result<Value, Trouble>) -> Result<TurnEnd, Halt> {
        let answer = match answer {
            Ok(answer) => answer,
            Err(trouble) => return Err(self.trouble(trouble).await),
        };
        let usage = self.session.decoder.answered(&answer);
        self.emit(usage).await?;
        let reason = answer.get("stopReason").and_then(Value::as_str).unwrap_or_default();
        let name = &self.program.name;
        let why = match reason {
            "end_turn" => return Ok(TurnEnd::Completed),
            "cancelled" => return Ok(TurnEnd::Cancelled),
            "max_tokens" => "stopped: the model's limit of tokens was reached",
            "max_turn_requests" => "stopped: it had made as many requests as one turn may",
            "refusal" => "refused to go on",
            "" => "stopped without a reason",
            other => &format!("stopped: {other}"),
        };
        Ok(TurnEnd::GaveUp(format!("{name} {why}.")))
    }

    async fn printed(&mut self, piece: Piece) -> Result<(), Halt> {
        let output = self.requests.shells.printed(piece, &self.session.decoder.calls);
        self.emit(output).await
    }

    /// Shows what terminals have printed by now.
    async fn print_all(&mut self) -> Result<(), Halt> {
        for _ in 0..PIECES {
            let Some(piece) = self.requests.shells.piece_now() else { break };
            self.printed(piece).await?;
        }
        Ok(())
    }

    async fn emit(&mut self, events: impl IntoIterator<Item = EngineEvent>) -> Result<(), Halt> {
        for event in events {
            self.link.emit(event).await?;
        }
        Ok(())
    }

    async fn trouble(&mut self, trouble: Trouble) -> Halt {
        Halt::Failed(trouble.at_work(self.program, &mut self.session.peer.wire).await)
    }

    /// Asks the program to stop what it does, and gives it a moment to do so. Nobody is told of what it does meanwhile,
    /// and it is given nothing more.
    pub(super) async fn cancel(&mut self) {
        if self.open == 0 {
            return;
        }
        self.session.peer.tell(CancelNotification::new(self.session.id.0.clone()));
        self.requests.cancel();
        let deadline = Instant::now() + CANCEL_GRACE;
        while self.open > 0 {
            match timeout_at(deadline, self.session.peer.hear()).await {
                Ok(Some(Heard::Answered(_))) => self.open -= 1,
                Ok(Some(Heard::Asked(message, responder))) => self.cancelled(&message, *responder),
                Ok(Some(Heard::Told(_))) => {}
                Ok(None) | Err(_) => return,
            }
        }
    }

    /// A request that came after the stop.
    fn cancelled(&mut self, message: &UntypedMessage, responder: agent_client_protocol::v1::Responder) {
        if message.method() == "session/request_permission" {
            self.requests.asked(message, responder, &mut self.session.decoder.calls);
            self.requests.cancel();
        } else {
            let error = agent_client_protocol::Error::invalid_request().data("the prompt was cancelled");
            refuse(responder, error);
        }
    }
}

/// Waits for a moment; for ever when there is none.
async fn due(moment: Option<Instant>) {
    match moment {
        Some(moment) => sleep_until(moment).await,
        None => std::future::pending().await,
    }
}
