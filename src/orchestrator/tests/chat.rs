//! A chat service in memory: what it is asked to do is written down, and what it answers is the test's to say.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use crate::domain::card::{ApprovalStage, Card};
use crate::domain::ids::{ChatId, MessageId, Place};
use crate::domain::input::{Incoming, SentFile};
use crate::domain::menu::MenuEntry;
use crate::domain::message::{Document, DocumentContent, Message, RichText};
use crate::domain::race::RaceState;
use crate::domain::toast::Toast;
use crate::ports::{BoxFuture, Chat, ChatError, Pace};

/// A word that breaks whatever reads or composes it.
pub(super) const POISON: &str = "poison";

/// One call.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Call {
    pub(super) chat: i64,
    pub(super) edits: Option<MessageId>,
    pub(super) text: String,
    pub(super) document: Option<String>,
    pub(super) answer: Result<MessageId, ChatError>,
}

/// A chat, and the names of the commands that it was told to offer.
type Menu = (i64, Vec<String>);

/// How the service answers a call: given the chat and the text.
type Answers = Box<dyn FnMut(i64, &Message) -> Result<(), ChatError> + Send>;

pub(super) struct FakeChat {
    incoming: Mutex<HashMap<String, Incoming>>,
    cards: Mutex<Vec<Card>>,
    answers: Mutex<Answers>,
    calls: watch::Sender<Vec<Call>>,
    toasts: watch::Sender<Vec<Toast>>,
    menus: watch::Sender<Vec<Menu>>,
}

impl FakeChat {
    pub(super) fn new() -> Self {
        Self {
            incoming: Mutex::default(),
            cards: Mutex::default(),
            answers: Mutex::new(Box::new(|_, _| Ok(()))),
            calls: watch::channel(Vec::new()).0,
            toasts: watch::channel(Vec::new()).0,
            menus: watch::channel(Vec::new()).0,
        }
    }

    /// From now on calls are answered so.
    pub(super) fn answer(
        &self,
        answers: impl FnMut(i64, &Message) -> Result<(), ChatError> + Send + 'static,
    ) {
        *self.answers.lock().unwrap() = Box::new(answers);
    }

    /// The raw body under which this will be read.
    pub(super) fn raw(&self, incoming: Incoming) -> String {
        let mut all = self.incoming.lock().unwrap();
        let raw = format!("update {}", all.len());
        all.insert(raw.clone(), incoming);
        raw
    }

    /// The calls so far, as soon as they are as wanted.
    pub(super) async fn until(&self, what: &str, wanted: impl Fn(&[Call]) -> bool) -> Vec<Call> {
        let mut calls = self.calls.subscribe();
        let met = tokio::time::timeout(Duration::from_secs(20), calls.wait_for(|calls| wanted(calls))).await;
        match met {
            Ok(calls) => calls.unwrap().clone(),
            Err(_) => panic!("{what} never came; there was {:#?}", self.calls.borrow()),
        }
    }

    /// Waits for a toast.
    pub(super) async fn toasted(&self, toast: &Toast) {
        let mut toasts = self.toasts.subscribe();
        let met =
            tokio::time::timeout(Duration::from_secs(20), toasts.wait_for(|all| all.contains(toast))).await;
        assert!(met.is_ok(), "{toast:?} never came; there was {:#?}", self.toasts.borrow());
    }

    /// The menus so far, as soon as they are as wanted.
    pub(super) async fn menus_until(&self, wanted: impl Fn(&[Menu]) -> bool) -> Vec<Menu> {
        let mut menus = self.menus.subscribe();
        let met = tokio::time::timeout(Duration::from_secs(20), menus.wait_for(|menus| wanted(menus))).await;
        match met {
            Ok(menus) => menus.unwrap().clone(),
            Err(_) => panic!("the menu never came; there was {:#?}", self.menus.borrow()),
        }
    }

    /// The cards composed so far.
    pub(super) fn cards(&self) -> Vec<Card> {
        self.cards.lock().unwrap().clone()
    }

    fn call(
        &self,
        chat: ChatId,
        edits: Option<MessageId>,
        message: &Message,
    ) -> Result<MessageId, ChatError> {
        let answer = (self.answers.lock().unwrap_or_else(PoisonError::into_inner))(chat.0, message);
        let mut result = Ok(MessageId(0));
        self.calls.send_modify(|calls| {
            let id = MessageId(i64::try_from(calls.len()).unwrap() + 1);
            result = answer.map(|()| edits.unwrap_or(id));
            let document = message.document.as_ref().map(|document| match &document.content {
                DocumentContent::Text(text) => text.clone(),
                DocumentContent::File(path) => path.display().to_string(),
            });
            let (text, answer) = (message.body.text.clone(), result.clone());
            calls.push(Call { chat: chat.0, edits, text, document, answer });
        });
        result
    }
}

impl Chat for FakeChat {
    fn read(&self, raw: &str) -> Incoming {
        assert!(raw != POISON, "a poisoned update");
        self.incoming.lock().unwrap().get(raw).cloned().unwrap_or(Incoming::Ignored("unknown"))
    }

    fn compose(&self, card: &Card) -> Vec<Message> {
        self.cards.lock().unwrap().push(card.clone());
        let text = words(card);
        assert!(!text.contains(POISON), "a poisoned card");
        let mut messages = Vec::new();
        if let Card::Approval(card) = card
            && card.stage == ApprovalStage::Main
        {
            let content = DocumentContent::Text(card.approval.action.payload());
            messages.push(Message {
                document: Some(Document { name: "action".to_owned(), content }),
                ..message("the whole action")
            });
        }
        messages.push(message(&text));
        messages
    }

    fn pace(&self, _chat: ChatId) -> Pace {
        let moment = Duration::from_millis(1);
        Pace { burst: 100, interval: moment, edit_interval: moment }
    }

    fn send<'a>(
        &'a self,
        place: Place,
        _reply_to: Option<MessageId>,
        message: &'a Message,
    ) -> BoxFuture<'a, Result<MessageId, ChatError>> {
        Box::pin(async move { self.call(place.chat, None, message) })
    }

    fn edit<'a>(
        &'a self,
        chat: ChatId,
        target: MessageId,
        message: &'a Message,
    ) -> BoxFuture<'a, Result<(), ChatError>> {
        Box::pin(async move { self.call(chat, Some(target), message).map(drop) })
    }

    fn fetch<'a>(&'a self, file: &'a SentFile, to: &'a Path) -> BoxFuture<'a, Result<(), ChatError>> {
        let answer = (self.answers.lock().unwrap())(0, &message(&file.id));
        Box::pin(async move { answer.map(|()| std::fs::write(to, &file.id).unwrap()) })
    }

    fn set_commands<'a>(
        &'a self,
        chat: ChatId,
        commands: &'a [MenuEntry],
    ) -> BoxFuture<'a, Result<(), ChatError>> {
        let names = commands.iter().map(|entry| entry.command.clone()).collect();
        let answer = (self.answers.lock().unwrap_or_else(PoisonError::into_inner))(chat.0, &message("menu"));
        self.menus.send_modify(|menus| menus.push((chat.0, names)));
        Box::pin(async move { answer })
    }

    fn toast<'a>(
        &'a self,
        _query: &'a str,
        toast: Option<&'a Toast>,
    ) -> BoxFuture<'a, Result<(), ChatError>> {
        self.toasts.send_modify(|toasts| toasts.extend(toast.cloned()));
        Box::pin(async { Ok(()) })
    }
}

/// A card in a few words.
fn words(card: &Card) -> String {
    match card {
        Card::Queued { task, place, steer } => {
            format!("#{} queued at {place}{}", task.id, if *steer { ", steer?" } else { "" })
        }
        Card::Working(card) => {
            let steered = card.steered.as_ref().map(|words| format!(", {words}"));
            let tokens = card.usage.tokens.map(|tokens| format!(", {tokens} tokens"));
            let more = [steered, tokens].into_iter().flatten().collect::<String>();
            format!("#{} {:?}{more}", card.task.id, card.state)
        }
        Card::Folded { task, outcome, .. } => format!("#{} folded: {}", task.id, outcome.name()),
        Card::Answer { task, markdown, .. } => format!("#{task} answers: {markdown}"),
        Card::Unsuccessful { task, outcome, partial, .. } => {
            format!("#{} {}: {partial}", task.id, outcome.name())
        }
        Card::Approval(card) => format!("approval {:?} {:?}", card.stage, card.approval.status),
        Card::Question(card) => format!("#{} asks: {}", card.task.id, card.text),
        Card::Silence(card) => {
            format!("#{} silent for {} s: {:?}", card.task.id, card.silent.as_secs(), card.stage)
        }
        Card::Chain(card) => {
            let steps: Vec<String> =
                card.steps.iter().map(|step| format!("{} {:?}", step.agent, step.state)).collect();
            format!("chain {} {:?}: {}", card.id, card.state, steps.join(", "))
        }
        Card::Race(card) => format!("race {} {}", card.id, state(&card.state)),
        Card::Comparison(card) => {
            let runners: Vec<String> =
                card.runners.iter().map(|runner| format!("{} {:?}", runner.agent, runner.worktree)).collect();
            format!("compared {} {}: {}", card.id, state(&card.state), runners.join(", "))
        }
        Card::Work(card) => format!("work of #{} {:?}, merges: {}", card.task, card.state, card.merges),
        Card::File { path, .. } => path.display().to_string(),
        Card::Log { task, .. } => format!("log of #{}", task.id),
        Card::Notice(notice) => format!("{notice:?}"),
    }
}

fn state(state: &RaceState) -> String {
    match state {
        RaceState::Running { dirty, .. } => format!("Running, dirty: {dirty}"),
        other => format!("{other:?}"),
    }
}

fn message(text: &str) -> Message {
    let body = RichText { text: text.to_owned(), entities: Vec::new() };
    Message { body, buttons: Vec::new(), document: None, silent: false }
}
