//! The lines of a program as messages, in one bounded channel, in order.
//!
//! While the channel is full nothing more is read, so that a program that floods us has to wait.

use agent_client_protocol::v1::{ConnectionTo, Dispatch, Responder};
use agent_client_protocol::{Agent, Client, ConnectTo, Lines, UntypedMessage};
use futures_util::{Stream, StreamExt};
use serde_json::Value;
use tokio::sync::{mpsc, oneshot};

use super::super::process::{LineReader, LineWriter};
use super::refusals::Trouble;

/// What a program says.
#[derive(Debug)]
pub(super) enum Heard {
    /// A notification.
    Told(UntypedMessage),
    /// A request; it waits for the answer.
    Asked(UntypedMessage, Box<Responder>),
    /// The answer to a prompt.
    Answered(Result<Value, Trouble>),
}

/// Connects to a program. What it says goes to `inbox`, until its output ends or `closed` does.
pub(super) fn connect(
    reader: LineReader,
    writer: LineWriter,
    inbox: mpsc::Sender<Heard>,
    closed: oneshot::Receiver<()>,
) -> oneshot::Receiver<ConnectionTo<Agent>> {
    let transport = Lines::new(writer.into_sink(), paced(reader.into_stream(), inbox.clone()));
    let (ready, connected) = oneshot::channel();
    tokio::spawn(serve(transport, inbox, ready, closed));
    connected
}

/// The lines that hold an object of JSON, each when there is room for it. Programs print other things, too: a warning
/// of their runtime, say.
fn paced(
    lines: impl Stream<Item = String> + Send + 'static,
    inbox: mpsc::Sender<Heard>,
) -> impl Stream<Item = std::io::Result<String>> + Send + 'static {
    let objects = lines.filter(|line| {
        let object = line.trim_start().starts_with('{') && is_json(line);
        if !object {
            tracing::debug!(bytes = line.len(), "a line was dropped: no message");
        }
        std::future::ready(object)
    });
    objects.then(move |line| {
        let inbox = inbox.clone();
        async move {
            // When nobody listens any more, the connection is about to end.
            let _ = inbox.reserve().await;
            Ok(line)
        }
    })
}

fn is_json(line: &str) -> bool {
    serde_json::from_str::<serde::de::IgnoredAny>(line).is_ok()
}

/// Serves the connection until the program's output ends, or the peer is dropped.
async fn serve(
    transport: impl ConnectTo<Client> + 'static,
    inbox: mpsc::Sender<Heard>,
    ready: oneshot::Sender<ConnectionTo<Agent>>,
    closed: oneshot::Receiver<()>,
) {
    let served = Client
        .v1()
        .on_receive_dispatch(
            async move |dispatch: Dispatch, _| {
                let heard = match dispatch {
                    Dispatch::Request(message, responder) => Heard::Asked(message, Box::new(responder)),
                    Dispatch::Notification(message) => Heard::Told(message),
                    Dispatch::Response(result, router) => return router.route_with_result(result),
                };
                // Nobody listens any more: the peer was dropped.
                let _ = inbox.send(heard).await;
                Ok(())
            },
            agent_client_protocol::on_receive_dispatch!(),
        )
        .connect_with(transport, async move |connection: ConnectionTo<Agent>| {
            let _ = ready.send(connection.clone());
            tokio::select! {
                _ = closed => {}
                () = connection.incoming_closed() => {}
            }
            Ok(())
        })
        .await;
    if let Err(error) = served {
        tracing::debug!(%error, "a connection broke");
    }
}
