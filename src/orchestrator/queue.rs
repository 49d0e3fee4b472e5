//! The cards of the tasks that wait in a place: they say how many go before.

use crate::domain::card::Card;
use crate::domain::delivery::{Delivery, NewDelivery, Subject};
use crate::domain::ids::{Place, Timestamp};
use crate::ports::Chat;
use crate::store::{StoreError, Tx};

use super::advance::summary;
use super::compose::compose;

/// Lets the first `count` cards of a place's queue say their places as they are now.
pub(super) async fn renumber(
    tx: &mut Tx,
    chat: &dyn Chat,
    place: Place,
    count: usize,
    now: Timestamp,
) -> Result<Vec<Delivery>, StoreError> {
    let mut rows = Vec::new();
    for (at, id) in tx.queued(place).await?.into_iter().take(count).enumerate() {
        let Some(task) = tx.task(id).await? else { continue };
        let card = Card::Queued { task: summary(&task), place: at + 1 };
        if let Some(message) = compose(chat, &card).pop() {
            let edit = NewDelivery::edit(task.place, Subject::task(id), message);
            rows.push(tx.enqueue(&edit, now).await?);
        }
    }
    Ok(rows)
}
