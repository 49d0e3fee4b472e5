//! Books what was delivered. Many lanes share one transaction, and each waits until its own entry is committed.

use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use crate::domain::delivery::DeliveryId;
use crate::store::{Delivered, Store};

use super::super::clock::Clock;

/// The most entries of one transaction.
const BATCH: usize = 256;

/// Between two tries while the database refuses.
const RETRY: Duration = Duration::from_millis(500);

struct Entry {
    delivered: Delivered,
    committed: Option<oneshot::Sender<()>>,
}

/// The one who books.
pub(super) struct Recorder {
    entries: mpsc::UnboundedSender<Entry>,
}

impl Recorder {
    /// Starts booking into `store`. Ends with the last lane.
    pub(super) fn start(store: Store, clock: Clock) -> Self {
        let (entries, receiver) = mpsc::unbounded_channel();
        tokio::spawn(book(store, clock, receiver));
        Self { entries }
    }

    /// Books an entry and waits until it is committed.
    pub(super) async fn record(&self, delivered: Delivered) {
        let (committed, done) = oneshot::channel();
        if self.entries.send(Entry { delivered, committed: Some(committed) }).is_ok() {
            // An error means that we are going down: the row stays pending and is delivered once more.
            let _ = done.await;
        }
    }

    /// Books rows whose content a later row overtook.
    pub(super) fn overtaken(&self, ids: Vec<DeliveryId>) {
        for id in ids {
            let delivered = Delivered { id, subject: None, result: Ok(None) };
            // As above: what is not booked is delivered once more.
            let _ = self.entries.send(Entry { delivered, committed: None });
        }
    }
}

async fn book(store: Store, clock: Clock, mut entries: mpsc::UnboundedReceiver<Entry>) {
    let mut batch = Vec::with_capacity(BATCH);
    while entries.recv_many(&mut batch, BATCH).await > 0 {
        let (rows, waiting): (Vec<_>, Vec<_>) = batch.drain(..).map(|e| (e.delivered, e.committed)).unzip();
        let mut warned = false;
        while let Err(error) = store.record_deliveries(&rows, clock.now()).await {
            if !warned {
                tracing::error!(%error, "deliveries cannot be booked; trying again");
                warned = true;
            }
            tokio::time::sleep(RETRY).await;
        }
        for committed in waiting.into_iter().flatten() {
            let _ = committed.send(());
        }
    }
}
