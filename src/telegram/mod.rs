//! Telegram: the adapter behind [`Chat`], and the loop that fetches updates.
//!
//! Owns everything that is Telegram's: methods, limits, error texts, callback data, which updates are meant
//! for us. It must not know the store, the orchestrator or any engine, and decides nothing about tasks.
//!
//! `teloxide` gives the bot, the client's settings, the types and the payloads; the call itself is `api`,
//! and the loop `inbound`: its module texts say why.

mod api;
mod callback;
mod connect;
mod fetch;
mod inbound;
mod menu;
mod outbound;
mod reach;
mod read;
mod refusal;
#[cfg(test)]
mod fake;

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

pub use connect::{ConnectError, ConnectSettings};
pub use inbound::{PollError, poll};

use crate::domain::card::Card;
use crate::domain::ids::{ChatId, MessageId, Place, UserId};
use crate::domain::input::{Incoming, SentFile};
use crate::domain::menu::MenuEntry;
use crate::domain::message::Message;
use crate::domain::toast::Toast;
use crate::ports::{BoxFuture, Chat, ChatError, Pace};
use api::Api;

/// About one message a second per chat.
const PRIVATE: Pace =
    Pace { burst: 5, interval: Duration::from_secs(1), edit_interval: Duration::from_millis(1_500) };
/// 20 messages a minute per group.
const GROUP: Pace =
    Pace { burst: 5, interval: Duration::from_secs(3), edit_interval: Duration::from_secs(4) };

/// A bot of Telegram's that answers. Cheap to clone.
#[derive(Clone)]
pub struct Telegram {
    api: Api,
    me: Arc<Me>,
    /// Replaces the pace of every chat, where Telegram's limits do not hold.
    pace: Option<Pace>,
}

/// Who the bot is.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Me {
    id: UserId,
    /// Without `@`.
    username: String,
}

impl Telegram {
    /// The bot's username, without `@`.
    #[must_use]
    pub fn username(&self) -> &str {
        &self.me.username
    }

    /// The bot's user id.
    #[must_use]
    pub fn id(&self) -> UserId {
        self.me.id
    }

    /// The same bot with one pace for all chats, for servers with limits of their own.
    #[must_use]
    pub fn with_pace(self, pace: Pace) -> Self {
        Self { pace: Some(pace), ..self }
    }
}

/// Leaves out the token.
impl fmt::Debug for Telegram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Telegram").field("me", &self.me).field("pace", &self.pace).finish_non_exhaustive()
    }
}

impl Chat for Telegram {
    fn read(&self, raw: &str) -> Incoming {
        read::read(raw, &self.me)
    }

    fn compose(&self, card: &Card) -> Vec<Message> {
        crate::view::render(card)
    }

    fn pace(&self, chat: ChatId) -> Pace {
        self.pace.unwrap_or(if chat.0 < 0 { GROUP } else { PRIVATE })
    }

    fn send<'a>(
        &'a self,
        place: Place,
        reply_to: Option<MessageId>,
        message: &'a Message,
    ) -> BoxFuture<'a, Result<MessageId, ChatError>> {
        Box::pin(outbound::send(&self.api, place, reply_to, message))
    }

    fn edit<'a>(
        &'a self,
        chat: ChatId,
        target: MessageId,
        message: &'a Message,
    ) -> BoxFuture<'a, Result<(), ChatError>> {
        Box::pin(outbound::edit(&self.api, chat, target, message))
    }

    fn fetch<'a>(&'a self, file: &'a SentFile, to: &'a Path) -> BoxFuture<'a, Result<(), ChatError>> {
        Box::pin(fetch::fetch(&self.api, file, to))
    }

    fn set_commands<'a>(
        &'a self,
        chat: ChatId,
        commands: &'a [MenuEntry],
    ) -> BoxFuture<'a, Result<(), ChatError>> {
        Box::pin(menu::set(&self.api, chat, commands))
    }

    fn toast<'a>(&'a self, query: &'a str, toast: Option<&'a Toast>) -> BoxFuture<'a, Result<(), ChatError>> {
        Box::pin(outbound::toast(&self.api, query, toast.map(crate::view::toast::toast)))
    }
}
