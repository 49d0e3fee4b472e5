//! The commands that each chat offers, kept as its agents and their use are: told anew when they differ from what was
//! told last, and not often.
//!
//! Only chats get it in which nobody reads who may not use the bot: names of agents are none of a stranger's business.

use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use super::core::Core;
use crate::domain::access::Access;
use crate::domain::agent::AgentSpec;
use crate::domain::ids::{ChatId, UserId};
use crate::domain::menu::{MenuEntry, menu};
use crate::ports::ChatError;
use crate::store::StoreError;

/// So long after something has changed is a chat told, and all that changes meanwhile with it.
const SOON: Duration = Duration::from_millis(500);

/// At least this long between two menus of a chat, also after a failure.
const RARELY: Duration = Duration::from_secs(30);

/// The menus of all chats.
#[derive(Default)]
pub(super) struct Menus {
    chats: Mutex<HashMap<ChatId, Shown>>,
    changed: Notify,
}

/// What a chat shows.
#[derive(Default)]
struct Shown {
    /// A digest of what it was told last.
    told: Option<u64>,
    told_at: Option<Instant>,
    /// When it is looked at again.
    due: Option<Instant>,
}

impl Menus {
    fn chats(&self) -> MutexGuard<'_, HashMap<ChatId, Shown>> {
        self.chats.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a chat was looked at since the start.
    pub(super) fn knows(&self, chat: ChatId) -> bool {
        self.chats().contains_key(&chat)
    }

    /// What a chat offers may be different now.
    pub(super) fn changed(&self, access: &Access, chat: ChatId) {
        if !has_menu(access, chat) {
            return;
        }
        self.chats().entry(chat).or_default().wake(Instant::now());
        self.changed.notify_one();
    }

    /// What every chat offers may be different now.
    pub(super) fn all_changed(&self) {
        let now = Instant::now();
        self.chats().values_mut().for_each(|shown| shown.wake(now));
        self.changed.notify_one();
    }

    /// The chat that is due, or when the next one will be.
    fn next(&self, now: Instant) -> Result<ChatId, Option<Instant>> {
        let mut chats = self.chats();
        let next = chats.iter_mut().filter_map(|(chat, shown)| Some((shown.due?, *chat, shown)));
        match next.min_by_key(|(due, chat, _)| (*due, *chat)) {
            Some((due, chat, shown)) if due <= now => {
                shown.due = None;
                Ok(chat)
            }
            Some((due, _, _)) => Err(Some(due)),
            None => Err(None),
        }
    }
}

impl Shown {
    fn wake(&mut self, now: Instant) {
        let earliest = self.told_at.map_or(now, |at| at + RARELY);
        self.due.get_or_insert((now + SOON).max(earliest));
    }
}

/// Whether a chat is one in which only people who may use the bot read.
fn has_menu(access: &Access, chat: ChatId) -> bool {
    // A private chat has the id of its person.
    access.chats.contains(&chat) || (chat.is_private() && access.may_use(UserId(chat.0), chat))
}

/// Keeps the menus until Adjutant goes down.
pub(super) async fn run(core: Arc<Core>) {
    let mut failing = false;
    loop {
        let next = core.menus.next(Instant::now());
        let work = async {
            match next {
                Ok(chat) => keep(&core, chat, &mut failing).await,
                Err(Some(due)) => {
                    tokio::select! {
                        () = tokio::time::sleep_until(due) => {}
                        () = core.menus.changed.notified() => {}
                    }
                }
                Err(None) => core.menus.changed.notified().await,
            }
        };
        tokio::select! {
            () = work => {}
            () = core.stopping.cancelled() => return,
        }
    }
}

/// Tells a chat what it offers now, if that is news.
async fn keep(core: &Core, chat: ChatId, failing: &mut bool) {
    let entries = match entries(core, chat).await {
        Ok(entries) => entries,
        Err(error) => return tracing::warn!(%error, %chat, "the commands that a chat offers are not known"),
    };
    let digest = digest(&entries);
    if core.menus.chats().get(&chat).and_then(|shown| shown.told) == Some(digest) {
        return;
    }
    let told = core.chat.set_commands(chat, &entries).await;
    let mut chats = core.menus.chats();
    let shown = chats.entry(chat).or_default();
    let now = Instant::now();
    shown.told_at = Some(now);
    match told {
        Ok(()) => {
            shown.told = Some(digest);
            *failing = false;
        }
        Err(error) => {
            shown.due = match &error {
                ChatError::RetryAfter(wait) => Some(now + (*wait).max(RARELY)),
                ChatError::Unreachable(_) => Some(now + RARELY),
                // Not before something changes.
                ChatError::TargetGone
                | ChatError::TopicGone
                | ChatError::Closed(_)
                | ChatError::Migrated(_)
                | ChatError::Refused(_) => None,
            };
            if !std::mem::replace(failing, true) {
                tracing::warn!(%error, %chat, "the commands of agents are not offered; they work all the same");
            }
        }
    }
}

/// What a chat offers: ours, and the agents of all workspaces that it works in.
async fn entries(core: &Core, chat: ChatId) -> Result<Vec<MenuEntry>, StoreError> {
    let chosen = core.store.workspaces_of(chat).await?;
    let default = core.workspaces.default_name();
    let used = core.store.agents_used(chat).await?;
    let mut agents: BTreeMap<String, Arc<AgentSpec>> = BTreeMap::new();
    let all = core.agents();
    for workspace in chosen.iter().map(|name| name.as_deref().unwrap_or(default)).chain([default]) {
        for (command, agent) in all.within(workspace).commands() {
            agents.entry(command).or_insert_with(|| Arc::clone(agent));
        }
    }
    let agents: Vec<(String, &AgentSpec)> =
        agents.iter().map(|(command, agent)| (command.clone(), agent.as_ref())).collect();
    Ok(menu(&agents, &used))
}

fn digest(entries: &[MenuEntry]) -> u64 {
    let mut hasher = DefaultHasher::new();
    entries.hash(&mut hasher);
    hasher.finish()
}
