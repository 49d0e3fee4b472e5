//! What a program wants of us during a run: permissions, answers, files, terminals. Whatever waits for a person waits
//! here, under a name of ours; each request is answered once.
//!
//! A terminal's command is an action like any other: it runs when a person has allowed it, as a permission request for
//! that very command just before, or else by an approval of its own.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use agent_client_protocol::v1::Responder;
use agent_client_protocol::v1::schema::{
    CreateElicitationRequest, CreateElicitationResponse, ElicitationAction, ReadTextFileRequest,
    ReadTextFileResponse, RequestPermissionOutcome, RequestPermissionResponse, ToolCallUpdate,
    WriteTextFileRequest, WriteTextFileResponse,
};
use agent_client_protocol::{Error, UntypedMessage};
use serde::Serialize;
use serde_json::Value;
use tokio::task::JoinSet;

use super::super::files;
use super::calls::{Calls, tool_name};
use super::elicitation::{Asking, Form, Next};
use super::exchange::Reach;
use super::permission;
use super::replies::{read, refuse, respond};
use super::shell::Shells;
use super::uses;
use super::waiting::Waiting;
use crate::domain::action::ProposedAction;
use crate::domain::agent::Verdict;
use crate::domain::approval::Decision;
use crate::domain::event::{ActionState, EngineEvent};
use crate::domain::policy::{Policy, ToolKind, ToolUse};
use crate::engines::process::Guard;

/// How many requests may wait for a person.
const WAITING: usize = 64;

/// The open requests of one run.
pub(super) struct Requests {
    reach: Reach,
    policy: Arc<Policy>,
    pub(super) shells: Shells,
    files: JoinSet<()>,
    waiting: BTreeMap<String, Waiting>,
    /// Names the next one.
    next: u64,
}

impl Requests {
    pub(super) fn new(guard: Guard, reach: Reach, policy: Arc<Policy>) -> Self {
        Self {
            shells: Shells::new(guard, reach.workspace.clone()),
            reach,
            policy,
            files: JoinSet::new(),
            waiting: BTreeMap::new(),
            next: 1,
        }
    }

    /// Takes in a request.
    pub(super) fn asked(
        &mut self,
        message: &UntypedMessage,
        responder: Responder,
        calls: &mut Calls,
    ) -> Vec<EngineEvent> {
        // Finished ones make room.
        while self.files.try_join_next().is_some() {}
        match message.method() {
            "session/request_permission" => self.permission(message, responder, calls),
            "elicitation/create" => self.elicitation(message, responder),
            "fs/read_text_file" => self.read(message, responder, calls),
            "fs/write_text_file" => self.write(message, responder, calls),
            "terminal/create" => self.terminal(message, responder, calls),
            method if method.starts_with("terminal/") => {
                self.shells.asked(message, responder);
                Vec::new()
            }
            method => {
                refuse(responder, Error::method_not_found().data(method));
                Vec::new()
            }
        }
    }

    fn permission(
        &mut self,
        message: &UntypedMessage,
        responder: Responder,
        calls: &mut Calls,
    ) -> Vec<EngineEvent> {
        let call = message.params().get("toolCall").cloned().unwrap_or_default();
        let call: ToolCallUpdate = match serde_json::from_value(call) {
            Ok(call) => call,
            Err(error) => {
                refuse(responder, Error::invalid_params().data(error.to_string()));
                return Vec::new();
            }
        };
        if self.waiting.len() >= WAITING {
            respond(responder, &RequestPermissionResponse::new(RequestPermissionOutcome::Cancelled));
            return Vec::new();
        }
        let name = tool_name(message.params().get("toolCall").unwrap_or(&Value::Null));
        calls.named(&call.tool_call_id, name);
        let said = calls.with(&call);
        let action = permission::proposed(&said, &self.reach.workspace);
        let name = calls.name(&call.tool_call_id);
        let tool = files::followed(uses::of_call(&said, name, &self.reach.workspace));
        let options = permission::options(message.params());
        let waits = calls.wait(&call);
        let call = call.tool_call_id;
        let request = self.keep(Waiting::Permission { call, action: action.clone(), options, responder });
        vec![waits, EngineEvent::ApprovalRequested { request, action, tool }]
    }

    fn terminal(
        &mut self,
        message: &UntypedMessage,
        responder: Responder,
        calls: &Calls,
    ) -> Vec<EngineEvent> {
        let Some((command, responder)) = read(message, responder) else { return Vec::new() };
        let Some((command, responder)) = self.shells.unless_granted(command, responder, calls) else {
            return Vec::new();
        };
        if self.waiting.len() >= WAITING {
            refuse(responder, Error::invalid_request().data("too many commands wait for a person"));
            return Vec::new();
        }
        let action = command.action.clone();
        let tool = files::followed(uses::of_action(&action));
        let request = self.keep(Waiting::Terminal { command, responder });
        vec![EngineEvent::ApprovalRequested { request, action, tool }]
    }

    fn elicitation(&mut self, message: &UntypedMessage, responder: Responder) -> Vec<EngineEvent> {
        let Some((request, responder)) = read::<CreateElicitationRequest>(message, responder) else {
            return Vec::new();
        };
        match Form::of(request) {
            Some(form) if self.waiting.len() < WAITING => {
                let asking = form.asking();
                vec![self.question(asking, form, responder)]
            }
            Some(_) | None => {
                respond(responder, &CreateElicitationResponse::new(ElicitationAction::Decline));
                Vec::new()
            }
        }
    }

    fn question(&mut self, asking: Asking, form: Form, responder: Responder) -> EngineEvent {
        let request = self.keep(Waiting::Form { form, responder });
        EngineEvent::Question { request, text: asking.text, options: asking.options }
    }

    fn read(
        &mut self,
        message: &UntypedMessage,
        responder: Responder,
        calls: &mut Calls,
    ) -> Vec<EngineEvent> {
        if let Some((request, responder)) = read::<ReadTextFileRequest>(message, responder) {
            let used = files::followed(uses::of_file(ToolKind::Read, &request.path, &self.reach.workspace));
            let sent = self.reach.attachments.contains(&request.path);
            if let Some(error) = barred(&self.policy, &used).filter(|_| !sent) {
                calls.excuse(&used, &self.reach.workspace);
                refuse(responder, error);
                return Vec::new();
            }
            let reach = self.reach.clone();
            self.on_disk(responder, move || {
                if reach.lacks(&request.path) {
                    return Err(missing(&request.path));
                }
                reach.read(&request).map(ReadTextFileResponse::new).map_err(internal)
            });
        }
        Vec::new()
    }

    fn write(
        &mut self,
        message: &UntypedMessage,
        responder: Responder,
        calls: &mut Calls,
    ) -> Vec<EngineEvent> {
        if let Some((request, responder)) = read::<WriteTextFileRequest>(message, responder) {
            let used = files::followed(uses::of_file(ToolKind::Edit, &request.path, &self.reach.workspace));
            if let Some(error) = barred(&self.policy, &used) {
                calls.excuse(&used, &self.reach.workspace);
                refuse(responder, error);
                return Vec::new();
            }
            let judgement = self.policy.judge(&used);
            let must_ask = judgement.verdict == Verdict::Ask && judgement.because.is_some();
            if !must_ask || calls.may_edit(&self.reach.workspace) {
                self.put(request, responder);
            } else if self.waiting.len() >= WAITING {
                refuse(responder, Error::invalid_request().data("too many files wait for a person"));
            } else {
                let path = self.reach.workspace.join(&request.path).display().to_string();
                let action = ProposedAction::WriteFile { path, content: request.content.clone() };
                let request = self.keep(Waiting::Write { file: request, responder });
                return vec![EngineEvent::ApprovalRequested { request, action, tool: used }];
            }
        }
        Vec::new()
    }

    /// Writes a file that may be written.
    fn put(&mut self, file: WriteTextFileRequest, responder: Responder) {
        let reach = self.reach.clone();
        self.on_disk(responder, move || {
            reach.write(&file).map(|()| WriteTextFileResponse::new()).map_err(internal)
        });
    }

    fn on_disk<T: Serialize + Send + 'static>(
        &mut self,
        responder: Responder,
        work: impl FnOnce() -> Result<T, Error> + Send + 'static,
    ) {
        self.files.spawn_blocking(move || match work() {
            Ok(answer) => respond(responder, &answer),
            Err(error) => refuse(responder, error),
        });
    }

    /// A person has decided. An answer to what waits no more changes nothing.
    pub(super) fn decided(
        &mut self,
        request: &str,
        decision: &Decision,
        calls: &mut Calls,
    ) -> Vec<EngineEvent> {
        match self.waiting.remove(request) {
            Some(Waiting::Permission { call, action, options, responder }) => {
                let (outcome, allows) = permission::answer(&options, decision);
                respond(responder, &permission::response(outcome, decision));
                if allows {
                    self.shells.grant(call.clone(), action);
                    return vec![calls.set(&call, ActionState::Running)];
                }
                let note = decision.note().unwrap_or_else(|| "it cannot be allowed just once".to_owned());
                vec![calls.set(&call, ActionState::Failed { note })]
            }
            Some(Waiting::Terminal { command, responder }) => {
                match refusal(decision) {
                    None => self.shells.run(&command, responder),
                    Some(error) => {
                        if matches!(decision, Decision::Forbidden { .. }) {
                            calls.excuse(&uses::of_action(&command.action), &self.reach.workspace);
                        }
                        refuse(responder, error);
                    }
                }
                Vec::new()
            }
            Some(Waiting::Write { file, responder }) => {
                match refusal(decision) {
                    None => self.put(file, responder),
                    Some(error) => refuse(responder, error),
                }
                Vec::new()
            }
            Some(form @ Waiting::Form { .. }) => {
                self.waiting.insert(request.to_owned(), form);
                Vec::new()
            }
            None => Vec::new(),
        }
    }

    /// A person has answered a question.
    pub(super) fn answered(&mut self, request: &str, text: &str) -> Vec<EngineEvent> {
        match self.waiting.remove(request) {
            Some(Waiting::Form { mut form, responder }) => match form.answer(text) {
                Next::Ask(asking) => vec![self.question(asking, form, responder)],
                Next::Done(answer) => {
                    respond(responder, &answer);
                    Vec::new()
                }
            },
            Some(other) => {
                self.waiting.insert(request.to_owned(), other);
                Vec::new()
            }
            None => Vec::new(),
        }
    }

    /// Lets go of what the program has taken back.
    pub(super) fn taken_back(&mut self) -> Vec<EngineEvent> {
        let (gone, waiting): (BTreeMap<_, _>, _) =
            std::mem::take(&mut self.waiting).into_iter().partition(|(_, waiting)| waiting.is_taken_back());
        self.waiting = waiting;
        gone.into_iter()
            .map(|(request, waiting)| {
                waiting.let_go();
                EngineEvent::Withdrawn { request }
            })
            .collect()
    }

    /// Tells all that wait that nobody will answer them any more.
    pub(super) fn cancel(&mut self) {
        for waiting in std::mem::take(&mut self.waiting).into_values() {
            waiting.cancel();
        }
    }

    /// Ends all that goes on for the program: when this returns, nothing is written and nothing runs any more.
    pub(super) async fn close(&mut self) {
        self.cancel();
        self.shells.close().await;
        while self.files.join_next().await.is_some() {}
    }

    fn keep(&mut self, waiting: Waiting) -> String {
        let name = format!("acp-{}", self.next);
        self.next += 1;
        self.waiting.insert(name.clone(), waiting);
        name
    }
}

/// That a file is not there, in the words by which programs know it.
fn missing(path: &Path) -> Error {
    let shown = path.display();
    Error::new(-32002, format!("Resource not found: ENOENT: no such file or directory, open '{shown}'"))
}

fn internal(reason: String) -> Error {
    Error::new(-32603, reason)
}

/// The answer to what was not allowed.
fn refusal(decision: &Decision) -> Option<Error> {
    let note = decision.note()?;
    let forbidden = decision.to_agent().filter(|_| matches!(decision, Decision::Forbidden { .. }));
    Some(internal(forbidden.unwrap_or_else(|| format!("not allowed: {note}"))))
}

/// Why the agent may not have a file, in words for it.
fn barred(policy: &Policy, used: &ToolUse) -> Option<Error> {
    let because = policy.forbids(used)?;
    Some(internal(Decision::forbidden(&because).to_agent().unwrap_or_default()))
}
