//! A program that speaks the protocol, connected: started, introduced, asked, heard in order, ended.
//!
//! Knows messages, not what a run makes of them. Everything that the program says arrives in one bounded channel, in
//! the order in which it was said, answers to prompts too. While the channel is full nothing more is read, so that a
//! program that floods us has to wait.

use std::path::Path;
use std::time::Duration;

use agent_client_protocol::schema::ProtocolVersion;
use agent_client_protocol::v1::ConnectionTo;
use agent_client_protocol::v1::schema::{
    AgentCapabilities, AuthMethod, ClientCapabilities, ElicitationCapabilities, ElicitationFormCapabilities,
    ElicitationUrlCapabilities, FileSystemCapabilities, Implementation, InitializeRequest,
    InitializeResponse,
};
use agent_client_protocol::{Agent, Error, JsonRpcNotification, JsonRpcRequest, UntypedMessage};
use serde_json::Value;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use super::super::process::{Launch, Wire};
use super::super::program::Program;
use super::super::refusal::Refusal;
use super::connection::{Heard, connect};
use super::refusals::Trouble;
use super::replies::refuse;

/// How many messages of a program may wait to be dealt with.
const INBOX: usize = 32;

/// How long a program may take to introduce itself. Some are downloaded first.
const INTRODUCTION: Duration = Duration::from_secs(120);

/// A program that is up.
#[derive(Debug)]
pub(super) struct Peer {
    pub(super) wire: Wire,
    connection: ConnectionTo<Agent>,
    inbox: mpsc::Receiver<Heard>,
    answers: mpsc::WeakSender<Heard>,
    /// What it can do.
    pub(super) capabilities: AgentCapabilities,
    /// Whether it takes an agent's instructions apart from prompts.
    pub(super) takes_instructions: bool,
    /// How one can log in to it.
    pub(super) auth_methods: Vec<Value>,
    /// Who it is.
    pub(super) info: Option<Implementation>,
    /// Dropped with the rest: it ends the connection.
    _open: oneshot::Sender<()>,
}

impl Peer {
    /// Starts the program in `directory`. It has not said anything yet.
    pub(super) async fn start(program: &Program, directory: &Path) -> Result<Self, Refusal> {
        let mut command = program.command.iter();
        let launch = Launch {
            program: command.next().map(Into::into).unwrap_or_default(),
            args: command.map(Into::into).collect(),
            cwd: directory.to_owned(),
            env: program.env.iter().map(|(name, value)| (name.clone(), value.clone())).collect(),
        };
        let (wire, reader, writer) = Wire::spawn(&program.guard, &launch)?;
        let (sender, inbox) = mpsc::channel(INBOX);
        let answers = sender.downgrade();
        let (open, closed) = oneshot::channel();
        let connected = connect(reader, writer, sender, closed);
        let Ok(connection) = connected.await else {
            let said = "its connection could not be set up; see the log".to_owned();
            return Err(Refusal::Said { name: program.name.clone(), said });
        };
        Ok(Self {
            wire,
            connection,
            inbox,
            answers,
            capabilities: AgentCapabilities::default(),
            takes_instructions: false,
            auth_methods: Vec::new(),
            info: None,
            _open: open,
        })
    }

    /// Tells the program who we are, and learns what it can do.
    pub(super) async fn introduce(&mut self, program: &Program) -> Result<(), Trouble> {
        let request =
            InitializeRequest::new(ProtocolVersion::V1).client_capabilities(capabilities()).client_info(
                Implementation::new("adjutant", env!("CARGO_PKG_VERSION")).title("Adjutant".to_owned()),
            );
        let said = |said: String| Refusal::Said { name: program.name.clone(), said };
        let asked = timeout(INTRODUCTION, self.ask(request, &mut |_| {})).await;
        let Ok(answer) = asked else {
            let command = program.command.join(" ");
            let patience = INTRODUCTION.as_secs();
            return Err(said(format!(
                "it has said nothing for {patience} s after its start. Try `{command}` in a terminal."
            ))
            .into());
        };
        let wrong = |found: String| Refusal::WrongVersion {
            name: program.name.clone(),
            found,
            install: program.install.clone(),
        };
        let answer = answer.map_err(|trouble| match trouble {
            Trouble::Said(error) if error.to_string().contains("protocol version") => wrong(format!(
                "it does not speak version 1 of the Agent Client Protocol ({})",
                super::refusals::words(&error)
            ))
            .into(),
            other => other,
        })?;
        // Not part of the crate's schema yet.
        let place = answer.pointer("/agentCapabilities/sessionCapabilities/systemPrompt");
        let takes_instructions = place.is_some_and(Value::is_object);
        let methods = answer.get("authMethods").and_then(Value::as_array).cloned().unwrap_or_default();
        let answer: InitializeResponse = serde_json::from_value(answer)
            .map_err(|error| said(format!("its introduction makes no sense: {error}")))?;
        if answer.protocol_version != ProtocolVersion::V1 {
            let found = answer.protocol_version;
            return Err(wrong(format!("version {found} of the Agent Client Protocol, not 1")).into());
        }
        self.capabilities = answer.agent_capabilities;
        self.takes_instructions = takes_instructions;
        self.auth_methods = methods;
        self.info = answer.agent_info;
        Ok(())
    }

    /// Asks the program something, and waits for the answer. What it says before that goes to `told`; what it wants
    /// of us before that it does not get.
    pub(super) async fn ask(
        &mut self,
        request: impl JsonRpcRequest,
        told: &mut (dyn FnMut(UntypedMessage) + Send),
    ) -> Result<Value, Trouble> {
        let (done, mut answer) = oneshot::channel();
        // In order, so that all that was said before the answer is in the inbox when the answer is there.
        self.connection.prepare_request(request.to_untyped_message()?).on_receiving_result(
            async move |result| {
                // Whoever asked may have gone.
                let _ = done.send(result);
                Ok(())
            },
        )?;
        let answer = loop {
            tokio::select! {
                biased;
                answer = &mut answer => break answer,
                heard = self.inbox.recv() => match heard {
                    Some(heard) => aside(heard, told),
                    None => return Err(Trouble::Gone),
                },
            }
        };
        while let Ok(heard) = self.inbox.try_recv() {
            aside(heard, told);
        }
        Ok(answer.map_err(|_| Trouble::Gone)??)
    }

    /// Sends a prompt. Its answer is [heard](Self::hear) like everything else, in its place.
    pub(super) fn prompt(&self, request: &impl JsonRpcRequest) -> Result<(), Trouble> {
        let answers = self.answers.clone();
        self.connection.prepare_request(request.to_untyped_message()?).on_receiving_result(
            async move |result| {
                if let Some(answers) = answers.upgrade() {
                    // Whoever asked may have gone.
                    let _ = answers.send(Heard::Answered(result.map_err(Into::into))).await;
                }
                Ok(())
            },
        )?;
        Ok(())
    }

    /// Tells the program something. One that is gone will be noticed elsewhere.
    pub(super) fn tell(&self, notification: impl JsonRpcNotification) {
        if let Err(error) = self.connection.send_notification(notification) {
            tracing::debug!(%error, "a notification could not be sent");
        }
    }

    /// The next thing that the program says; `None` when it says nothing any more. Nothing is lost when the future is
    /// dropped.
    pub(super) async fn hear(&mut self) -> Option<Heard> {
        self.inbox.recv().await
    }

    /// What it has said and nobody has dealt with.
    pub(super) fn backlog(&mut self, told: &mut (dyn FnMut(UntypedMessage) + Send)) {
        while let Ok(heard) = self.inbox.try_recv() {
            aside(heard, told);
        }
    }

    /// Ends the program with all its processes.
    pub(super) async fn stop(self) {
        self.wire.stop().await;
    }
}

/// Deals with what is said while nobody works.
fn aside(heard: Heard, told: &mut (dyn FnMut(UntypedMessage) + Send)) {
    match heard {
        Heard::Told(message) => told(message),
        Heard::Asked(message, responder) => {
            let error = Error::invalid_request().data(format!("{} needs a running prompt", message.method()));
            refuse(*responder, error);
        }
        Heard::Answered(_) => tracing::debug!("an answer to a prompt came late"),
    }
}

fn capabilities() -> ClientCapabilities {
    let elicitation = ElicitationCapabilities::new()
        .form(ElicitationFormCapabilities::new())
        .url(ElicitationUrlCapabilities::new());
    ClientCapabilities::new()
        .fs(FileSystemCapabilities::new().read_text_file(true).write_text_file(true))
        .terminal(true)
        .elicitation(elicitation)
}

/// The ways to log in that a program names, as people know them.
pub(super) fn names_of(methods: &[Value]) -> Vec<String> {
    let name = |method: &Value| match serde_json::from_value(method.clone()).ok()? {
        AuthMethod::Agent(method) => Some(method.name),
        AuthMethod::Terminal(method) => Some(method.name),
        _ => None,
    };
    methods.iter().filter_map(name).collect()
}
