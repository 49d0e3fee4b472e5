//! A program's requests for terminals: which command each stands for, whether it was allowed already, and the rest of a
//! terminal's life.

use std::path::PathBuf;

use agent_client_protocol::v1::Responder;
use agent_client_protocol::v1::schema::{
    CreateTerminalRequest, CreateTerminalResponse, KillTerminalRequest, KillTerminalResponse,
    ReleaseTerminalRequest, ReleaseTerminalResponse, TerminalOutputRequest, ToolCallId,
    WaitForTerminalExitRequest, WaitForTerminalExitResponse,
};
use agent_client_protocol::{Error, UntypedMessage};
use tokio::task::JoinSet;

use super::super::process::{Guard, Launch};
use super::calls::Calls;
use super::permission::without_shell;
use super::replies::{read, refuse, respond};
use super::terminals::{Piece, Terminal, Terminals};
use crate::domain::action::ProposedAction;

/// How many permissions for commands are kept until their terminal is asked for.
const GRANTED: usize = 16;

/// The terminals of a run, and who may have one.
pub(super) struct Shells {
    workspace: PathBuf,
    terminals: Terminals,
    /// Those who wait for a terminal's end.
    waits: JoinSet<()>,
    /// Commands that a person has allowed, each for once, and only as long as the call goes on that asked for it.
    granted: Vec<(ToolCallId, ProposedAction)>,
}

/// A command that a terminal is wanted for.
pub(super) struct Command {
    /// What a person is asked.
    pub(super) action: ProposedAction,
    launch: Launch,
    limit: Option<u64>,
}

impl Shells {
    pub(super) fn new(guard: Guard, workspace: PathBuf) -> Self {
        Self { workspace, terminals: Terminals::new(guard), waits: JoinSet::new(), granted: Vec::new() }
    }

    /// A person has allowed an action. If it is a command, one terminal may run it.
    pub(super) fn grant(&mut self, call: ToolCallId, action: ProposedAction) {
        if let ProposedAction::Command { .. } = action {
            if self.granted.len() == GRANTED {
                self.granted.remove(0);
            }
            self.granted.push((call, action));
        }
    }

    /// Runs a command that was allowed just now; gives back one that a person must be asked for.
    pub(super) fn unless_granted(
        &mut self,
        request: CreateTerminalRequest,
        responder: Responder,
        calls: &Calls,
    ) -> Option<(Command, Responder)> {
        let command = self.command(request);
        let fits = |(call, action): &(ToolCallId, _)| calls.goes_on(call) && *action == command.action;
        let Some(at) = self.granted.iter().position(fits) else { return Some((command, responder)) };
        self.granted.remove(at);
        self.run(&command, responder);
        None
    }

    /// Runs a command.
    pub(super) fn run(&mut self, command: &Command, responder: Responder) {
        match self.terminals.create(&command.launch, command.limit) {
            Ok(name) => respond(responder, &CreateTerminalResponse::new(name)),
            Err(reason) => refuse(responder, Error::new(-32603, reason)),
        }
    }

    fn command(&self, request: CreateTerminalRequest) -> Command {
        let cwd = request.cwd.map_or_else(|| self.workspace.clone(), |cwd| self.workspace.join(cwd));
        let mut env: Vec<_> =
            request.env.into_iter().map(|variable| (variable.name, variable.value)).collect();
        env.sort();
        // Without arguments it is a command line, whatever the protocol says: that is what programs send.
        let words = if request.args.is_empty() {
            vec!["sh".to_owned(), "-c".to_owned(), request.command]
        } else {
            std::iter::once(request.command).chain(request.args).collect()
        };
        let shown = without_shell(&words);
        let action =
            ProposedAction::Command { command: shown, cwd: cwd.display().to_string(), env: env.clone() };
        let mut words = words.into_iter().map(Into::into);
        let launch = Launch { program: words.next().unwrap_or_default(), args: words.collect(), cwd, env };
        Command { action, launch, limit: request.output_byte_limit }
    }

    /// A request about a terminal that is there.
    pub(super) fn asked(&mut self, message: &UntypedMessage, responder: Responder) {
        while self.waits.try_join_next().is_some() {}
        match message.method() {
            "terminal/output" => {
                self.about(
                    message,
                    responder,
                    |request: TerminalOutputRequest| request.terminal_id.to_string(),
                    |_, terminal, responder| {
                        respond(responder, &terminal.output());
                    },
                );
            }
            "terminal/wait_for_exit" => {
                self.about(
                    message,
                    responder,
                    |request: WaitForTerminalExitRequest| request.terminal_id.to_string(),
                    |shells, mut terminal, responder| {
                        shells.waits.spawn(async move {
                            respond(responder, &WaitForTerminalExitResponse::new(terminal.exit().await));
                        });
                    },
                );
            }
            "terminal/kill" => {
                self.about(
                    message,
                    responder,
                    |request: KillTerminalRequest| request.terminal_id.to_string(),
                    |_, terminal, responder| {
                        terminal.kill();
                        respond(responder, &KillTerminalResponse::new());
                    },
                );
            }
            "terminal/release" => self.release(message, responder),
            method => refuse(responder, Error::method_not_found().data(method)),
        }
    }

    fn about<T: serde::de::DeserializeOwned>(
        &mut self,
        message: &UntypedMessage,
        responder: Responder,
        name: impl FnOnce(T) -> String,
        then: impl FnOnce(&mut Self, Terminal, Responder),
    ) {
        let Some((request, responder)) = read(message, responder) else { return };
        let name = name(request);
        match self.terminals.get(&name) {
            Some(terminal) => then(self, terminal, responder),
            None => refuse(responder, unknown(&name)),
        }
    }

    fn release(&mut self, message: &UntypedMessage, responder: Responder) {
        let Some((request, responder)) = read::<ReleaseTerminalRequest>(message, responder) else { return };
        if self.terminals.release(&request.terminal_id.0) {
            respond(responder, &ReleaseTerminalResponse::new());
        } else {
            refuse(responder, unknown(&request.terminal_id.0));
        }
    }

    /// The next piece of output of any terminal. Never ends.
    pub(super) async fn next_piece(&mut self) -> Piece {
        self.terminals.next_piece().await
    }

    /// Ends all that runs.
    pub(super) async fn close(&mut self) {
        self.terminals.close().await;
        while self.waits.join_next().await.is_some() {}
    }
}

fn unknown(name: &str) -> Error {
    Error::invalid_params().data(format!("there is no terminal {name}"))
}
