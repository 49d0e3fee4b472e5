//! A session with the program that holds it, as it is kept between two runs.

use agent_client_protocol::UntypedMessage;
use serde_json::Value;

use super::super::sessions::Idle;
use super::peer::Peer;
use super::updates::Decoder;
use crate::domain::event::EngineEvent;
use crate::domain::ids::SessionId;
use crate::ports::BoxFuture;

/// A session that is up.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) peer: Peer,
    pub(super) id: SessionId,
    pub(super) decoder: Decoder,
    /// Whether a prompt may be sent while another is being worked on.
    pub(super) steers: bool,
}

impl Kept {
    /// The events of a notification.
    pub(super) fn update(&mut self, message: &UntypedMessage) -> Vec<EngineEvent> {
        match update_of(message, Some(&self.id)) {
            Some(update) => self.decoder.update(update),
            None => Vec::new(),
        }
    }

    /// A run begins: takes in what was said since the last one, and says what still holds.
    pub(super) fn begin(&mut self, fresh: bool) -> Vec<EngineEvent> {
        let Self { peer, id, decoder, .. } = self;
        peer.backlog(&mut |message| {
            if let Some(update) = update_of(&message, Some(id)) {
                decoder.aside(update);
            }
        });
        decoder.begin(fresh)
    }
}

impl Idle for Kept {
    fn close(self: Box<Self>) -> BoxFuture<'static, ()> {
        Box::pin(self.peer.stop())
    }
}

/// The update in a notification of a session, if it is one.
pub(super) fn update_of<'m>(message: &'m UntypedMessage, session: Option<&SessionId>) -> Option<&'m Value> {
    if message.method() != "session/update" {
        return None;
    }
    let params = message.params();
    // Other sessions of the same program: its helpers, say.
    if let (Some(ours), Some(theirs)) = (session, params.get("sessionId").and_then(Value::as_str))
        && ours.0 != theirs
    {
        return None;
    }
    params.get("update")
}
