//! What the core needs of the outside world, where there is more than one kind of it: chats and engines.
//!
//! Knows the domain's words only; the adapters behind these traits know everything else.

use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use crate::domain::agent::AgentSpec;
use crate::domain::approval::Decision;
use crate::domain::card::Card;
use crate::domain::event::EngineEvent;
use crate::domain::ids::{ChatId, MessageId, Place, RunId, SessionId, TaskId, Timestamp};
use crate::domain::input::{Incoming, RawUpdate, SentFile};
use crate::domain::menu::MenuEntry;
use crate::domain::message::Message;
use crate::domain::policy::Policy;
use crate::domain::toast::Toast;
use crate::domain::worktree::{Changes, TestResult, Worktree};

/// A boxed future, as the object-safe traits below return them.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A chat service: reads its updates, composes messages within its limits, delivers them.
pub trait Chat: Send + Sync + 'static {
    /// Reads one raw update. Never fails: what cannot be read is [`Incoming::Ignored`].
    fn read(&self, raw: &str) -> Incoming;

    /// Turns a card into the messages that carry it, in order; never none. A card that changes later is edited in its
    /// last message; those before it (a file with a long action, say) stay as they are.
    fn compose(&self, card: &Card) -> Vec<Message>;

    /// How fast this chat may be written to.
    fn pace(&self, chat: ChatId) -> Pace;

    /// Sends a new message. `reply_to` is a wish: a vanished message is no error.
    ///
    /// # Errors
    /// See [`ChatError`].
    fn send<'a>(
        &'a self,
        place: Place,
        reply_to: Option<MessageId>,
        message: &'a Message,
    ) -> BoxFuture<'a, Result<MessageId, ChatError>>;

    /// Changes a message of ours. Success when it already reads so.
    ///
    /// # Errors
    /// See [`ChatError`]; [`ChatError::TargetGone`] when there is nothing to change any more.
    fn edit<'a>(
        &'a self,
        chat: ChatId,
        target: MessageId,
        message: &'a Message,
    ) -> BoxFuture<'a, Result<(), ChatError>>;

    /// Fetches a file that a person sent into a new file of ours.
    ///
    /// # Errors
    /// See [`ChatError`]; [`ChatError::Refused`] also when it cannot be written.
    fn fetch<'a>(&'a self, file: &'a SentFile, to: &'a Path) -> BoxFuture<'a, Result<(), ChatError>>;

    /// Sets the commands that a chat offers while one types, in place of those for all chats.
    ///
    /// # Errors
    /// See [`ChatError`].
    fn set_commands<'a>(
        &'a self,
        chat: ChatId,
        commands: &'a [MenuEntry],
    ) -> BoxFuture<'a, Result<(), ChatError>>;

    /// Answers a press: stops its spinner, and shows a short text if there is one.
    ///
    /// # Errors
    /// See [`ChatError`]; too late is no error.
    fn toast<'a>(&'a self, query: &'a str, toast: Option<&'a Toast>) -> BoxFuture<'a, Result<(), ChatError>>;
}

/// Updates that came in together.
#[derive(Debug)]
pub struct Batch {
    /// The updates, in the service's order.
    pub updates: Vec<RawUpdate>,
    /// Fires once they are committed. Dropped unfired, they are not, and must be fetched again.
    pub accepted: oneshot::Sender<()>,
}

/// How fast a chat may be written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// How many messages may follow each other at once.
    pub burst: u32,
    /// After a burst, one message in this time.
    pub interval: Duration,
    /// At least this long between two edits of one message.
    pub edit_interval: Duration,
}

/// Why the chat service did not do it; a variant for each thing a caller can do about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChatError {
    /// Too fast: wait this long, then try again.
    #[error("flood wait of {} s", .0.as_secs())]
    RetryAfter(Duration),
    /// No answer, or a failure on the service's side: try again, a little later each time.
    #[error("not reachable: {0}")]
    Unreachable(String),
    /// The message to edit does not exist any more: send anew.
    #[error("the message is gone")]
    TargetGone,
    /// The topic does not exist any more: send to the chat itself.
    #[error("the topic is gone")]
    TopicGone,
    /// The bot may not write there any more: stop until it may again.
    #[error("the chat is closed to the bot: {0}")]
    Closed(String),
    /// The chat has a new id: go on there.
    #[error("the chat is now {0}")]
    Migrated(ChatId),
    /// The service will never take this message: give up on it, and say so in the log.
    #[error("refused: {0}")]
    Refused(String),
}

/// A program that runs agents.
pub trait Engine: Send + Sync + 'static {
    /// Its kind, as `type:` in the configuration.
    fn kind(&self) -> &'static str;

    /// Checks an agent's definition without running it.
    ///
    /// # Errors
    /// Why this engine cannot run the agent, and what to do, in words for a person.
    fn check(&self, agent: &AgentSpec) -> Result<(), String>;

    /// Starts a run. Returns at once; whatever goes wrong is told as the run's `Ended` event.
    fn start(&self, request: RunRequest) -> RunHandle;

    /// The sessions of a workspace that this engine can continue, those begun elsewhere too, latest first.
    ///
    /// # Errors
    /// Why they cannot be listed, in words for a person.
    fn sessions(&self, workspace: PathBuf) -> BoxFuture<'_, Result<Vec<SessionSummary>, String>>;
}

/// What makes worktrees of a workspace's repository, looks at them and removes them. It touches no directory and no branch
/// but those of the worktrees that it is given. Errors are words for a person: what happened, and what to do.
pub trait Worktrees: Send + Sync + 'static {
    /// Where the repository of a workspace stands.
    ///
    /// # Errors
    /// When there is no repository, or no commit in it.
    fn head(&self, workspace: PathBuf) -> BoxFuture<'_, Result<Head, String>>;

    /// Whether nothing of this name is there yet, neither a directory nor a branch.
    ///
    /// # Errors
    /// When that cannot be told.
    fn is_free(&self, workspace: PathBuf, name: String) -> BoxFuture<'_, Result<bool, String>>;

    /// The directory of a worktree of this name, made or not.
    fn path(&self, name: &str) -> PathBuf;

    /// Makes it; gives the directory to work in, which is that of the workspace within the repository.
    ///
    /// # Errors
    /// When it cannot be made.
    fn make(&self, tree: Worktree) -> BoxFuture<'_, Result<PathBuf, String>>;

    /// What was changed in it, committed or not.
    ///
    /// # Errors
    /// When that cannot be told.
    fn changes(&self, tree: Worktree) -> BoxFuture<'_, Result<Changes, String>>;

    /// Runs the workspace's test in it.
    fn test(&self, tree: Worktree, command: String) -> BoxFuture<'_, TestResult>;

    /// Commits what is not committed yet. Tells whether the branch can be merged at once: the workspace stands where it
    /// stood, without changes of its own. May be asked for again.
    ///
    /// # Errors
    /// When it cannot be committed.
    fn keep(&self, tree: Worktree, message: String) -> BoxFuture<'_, Result<bool, String>>;

    /// Makes its branch part of the workspace, if the workspace has only to move forward.
    ///
    /// # Errors
    /// When it is not so, or cannot be done.
    fn merge(&self, tree: Worktree) -> BoxFuture<'_, Result<(), MergeError>>;

    /// Removes it with its branch. No error when it is gone already.
    ///
    /// # Errors
    /// When something of it is still there.
    fn remove(&self, tree: Worktree) -> BoxFuture<'_, Result<(), String>>;
}

/// Why a branch did not become part of its workspace.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{problem}")]
pub struct MergeError {
    /// In words for a person.
    pub problem: String,
    /// Whether it may still work later.
    pub passes: bool,
}

/// Where a repository stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The commit that is checked out.
    pub commit: String,
    /// Whether there are changes that are not committed.
    pub dirty: bool,
}

/// A session that an engine can continue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionSummary {
    /// The engine's name for it.
    pub id: SessionId,
    /// What it is about: its title, else its first prompt; may be empty.
    pub title: String,
    /// When it was last used, where the engine knows.
    pub used_at: Option<Timestamp>,
}

/// A file that comes with a prompt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Where it is, outside of the workspace.
    pub path: PathBuf,
    /// Its name as the sender had it.
    pub name: String,
    /// Its media type, such as `image/png`.
    pub media_type: String,
}

/// What an engine needs for a run.
#[derive(Debug, Clone)]
pub struct RunRequest {
    /// The task.
    pub task: TaskId,
    /// The run.
    pub run: RunId,
    /// The agent.
    pub agent: Arc<AgentSpec>,
    /// What it may do. Whatever the engine can do by itself to hold the agent to it, it does; and it lets nothing happen
    /// unasked that this forbids.
    pub policy: Arc<Policy>,
    /// What it shall do.
    pub prompt: String,
    /// Files that come with it.
    pub attachments: Vec<Attachment>,
    /// The directory to work in.
    pub workspace: PathBuf,
    /// Whether anything will go on there after this run: where not, the engine leaves nothing behind that still works.
    pub lasting: bool,
    /// The session to continue.
    pub resume: Option<SessionId>,
}

/// The two ends of a run.
#[derive(Debug)]
pub struct RunHandle {
    /// What the run reports: exactly one `Ended`, always last. An end without one counts as a failure.
    pub events: mpsc::Receiver<EngineEvent>,
    /// What the run is told. Dropping it stops the run.
    pub orders: mpsc::Sender<EngineOrder>,
}

/// What a run is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EngineOrder {
    /// The answer to an approval request.
    Decide {
        /// The engine's name for the request.
        request: String,
        /// The answer.
        decision: Decision,
    },
    /// The answer to a question.
    Answer {
        /// The engine's name for the question.
        request: String,
        /// The answer.
        text: String,
    },
    /// More words of the requester for the running turn; given only to a run that [offers](crate::domain::event::Offers)
    /// to take them. It reports [`EngineEvent::Steered`] once its program has them, and then ends only after it has dealt
    /// with them. Words without that report are not lost: they wait as a task of their own.
    Steer {
        /// Our name for these words; the report repeats it.
        request: String,
        /// The words.
        text: String,
    },
    /// End, with all processes.
    Stop,
}
