//! The playground: a Bot API server on this machine, with people in it.
//!
//! `adjutant demo` talks to it instead of Telegram, the tests stand on it, and anyone can point a bot of their own
//! at it. It is strict where Telegram is strict, with Telegram's texts and codes: a bot that works here has met the
//! limits, the flood rules and the failures of the real one.
//!
//! Start with [`Playground::start`]; [`Sim`] is what people (and failures) do in it, the same verbs that
//! `/sim` offers over HTTP. Reading order: `model` (what is on the wire), `world` (state and its changes),
//! `hub` (the lock, the journal, the watchers), `methods` (the Bot API), `sim` (the people), `server` (HTTP).
//!
//! It knows nothing of the rest of the crate.

mod assets;
mod cast;
mod dispatch;
mod errors;
mod event;
mod faults;
mod files;
mod flood;
mod guard;
mod hub;
mod journal;
mod keyboard;
mod meter;
mod methods;
mod model;
mod options;
mod params;
mod reply;
mod server;
mod sim;
mod text;
mod traffic;
mod updates;
mod uploads;
mod wire;
mod world;

#[cfg(test)]
mod tests;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub use cast::{SimChat, SimTopic, SimUser};
pub use event::{
    AnswerRecord, ChatView, Command, CommandSet, EventKind, Revision, SimEvent, SimState, Transcript,
    TranscriptMessage,
};
pub use faults::{Fault, FaultKind};
pub use meter::{ChatMeter, FaultView, FloodLimits, FloodState};
pub use model::{
    Button, ChatKind, ChatRef, Document, Entity, Keyboard, Message, PhotoSize, Reaction, SimMessage, User,
    Voice,
};
pub use options::Options;
pub use sim::{
    ChatAction, ChatChange, ChatChanged, Found, NewChat, NewPerson, React, SendText, SendUpload, Sim,
    SimError, StopDraft, Tap, Wait, WaitCall, WaitEvent, WaitMessage,
};
pub use traffic::{CallPage, CallRecord, Traffic};

use hub::{Hub, HubParts};
use journal::Journal;
use world::{Change, World};

/// Connections that do not end by themselves are abandoned after this time.
const STOP_WITHIN: Duration = Duration::from_secs(2);

/// Why a playground did not start.
#[derive(Debug, thiserror::Error)]
pub enum PlaygroundError {
    /// The address is taken, or not this machine's.
    #[error("cannot listen on {address}: {source}; choose another address")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// The system's reason.
        source: io::Error,
    },
    /// Others could reach the address, and that was not asked for.
    #[error(
        "{address} can be reached from outside this machine, by anyone, to read everything and act as anyone; \
         listen on 127.0.0.1, or allow it with --allow-remote"
    )]
    Remote {
        /// The address.
        address: SocketAddr,
    },
    /// There is no folder for the file that keeps the chats.
    #[error("cannot keep the chats in {file}: {source}")]
    State {
        /// The file.
        file: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// The history cannot be read.
    #[error("cannot read the playground's history: {0}")]
    History(String),
}

/// A running playground. Dropping it stops it too, without waiting for its connections.
pub struct Playground {
    hub: Arc<Hub>,
    address: SocketAddr,
    serving: Option<JoinHandle<()>>,
}

impl Playground {
    /// Opens the history, if it is kept, and begins to serve.
    ///
    /// # Errors
    /// When the address or the file cannot be used, or the history is damaged.
    pub async fn start(options: Options) -> Result<Self, PlaygroundError> {
        let wanted = options.listen;
        if !options.allow_remote && !wanted.ip().to_canonical().is_loopback() {
            return Err(PlaygroundError::Remote { address: wanted });
        }
        let listener = TcpListener::bind(wanted)
            .await
            .map_err(|source| PlaygroundError::Listen { address: wanted, source })?;
        let address =
            listener.local_addr().map_err(|source| PlaygroundError::Listen { address: wanted, source })?;
        let hub = Arc::new(open(options).await?);
        let serving = Some(server::spawn(Arc::clone(&hub), listener));
        Ok(Self { hub, address, serving })
    }

    /// The base URL, for the bot and for the browser.
    pub fn url(&self) -> String {
        let mut address = self.address;
        if address.ip().is_unspecified() {
            // "Any address" is no address that one could call.
            address.set_ip(Ipv4Addr::LOCALHOST.into());
        }
        format!("http://{address}")
    }

    /// The address that it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What people do in it.
    pub fn sim(&self) -> Sim {
        Sim::new(Arc::clone(&self.hub))
    }

    /// Ends waiting calls, and returns when the port is free.
    pub async fn stop(mut self) {
        self.hub.closing.send_replace(true);
        if let Some(mut serving) = self.serving.take()
            && tokio::time::timeout(STOP_WITHIN, &mut serving).await.is_err()
        {
            serving.abort();
        }
    }
}

impl Drop for Playground {
    fn drop(&mut self) {
        self.hub.closing.send_replace(true);
    }
}

/// The world as the journal left it, or a new one with the people and chats of the options.
async fn open(options: Options) -> Result<Hub, PlaygroundError> {
    let mut world = World::new(options.bot());
    let (mut journal, mut had_history) = (None, false);
    if let Some(file) = &options.state {
        let folder = file.parent().unwrap_or(file);
        std::fs::create_dir_all(folder)
            .map_err(|source| PlaygroundError::State { file: file.clone(), source })?;
        let opened = Journal::open(file, &mut world).await;
        let (opened, had) = opened.map_err(|error| PlaygroundError::History(error.to_string()))?;
        (journal, had_history) = (Some(opened), had);
    }
    // The token and the user name of today hold, whatever the journal says; a name the bot chose stays.
    world.take_bot(options.bot());
    let files = options.files();
    let hub = Hub::new(HubParts {
        world,
        journal,
        token: options.token,
        files,
        label: options.workspace_label,
        flood: options.flood,
        allow_remote: options.allow_remote,
    });
    hub.change(|inner, now| {
        if had_history {
            inner.world.resume(now);
        }
        for user in options.users {
            let private = SimChat::private(&user);
            if inner.world.users.get(&user.id) != Some(&user) {
                inner.commit(now, Change::User(user));
            }
            if !inner.world.chats.contains_key(&private.id) {
                inner.commit(now, Change::Chat(private));
            }
        }
        for chat in options.chats {
            if !inner.world.chats.contains_key(&chat.id) {
                inner.commit(now, Change::Chat(chat));
            }
        }
    });
    Ok(hub)
}
