//! Agent files that change while Adjutant runs: what the owners are told, and what they decide.

use std::sync::Arc;

use super::advance::AdvanceError;
use super::agents::Agents;
use super::compose::compose;
use super::core::Core;
use super::patience::Patience;
use super::versions::Told;
use crate::domain::card::{Card, Notice};
use crate::domain::delivery::{NewDelivery, Priority, Subject};
use crate::domain::dialogue::VersionChoice;
use crate::domain::ids::{ChatId, Place};
use crate::domain::press::NameKey;
use crate::store::StoreError;

/// The files say something else.
pub(super) fn reloaded(core: &Arc<Core>, agents: Agents) {
    let told = core.versions.offer(agents);
    core.menus.all_changed();
    tell_soon(core, told);
}

/// An owner has decided about a changed agent: it counts at once, and all owners are told.
pub(super) fn decided(core: &Arc<Core>, key: NameKey, choice: VersionChoice, by: &str) {
    let told = core.versions.decide(key, choice, by);
    core.menus.all_changed();
    tell_soon(core, told);
}

/// In a task of its own: it may have to wait for the database.
fn tell_soon(core: &Arc<Core>, told: Vec<Told>) {
    if !told.is_empty() {
        let core = Arc::clone(core);
        core.actors.clone().spawn(async move { tell(&core, &told).await });
    }
}

/// Tells every owner who has a private chat with the bot.
async fn tell(core: &Core, told: &[Told]) {
    let mut patience = Patience::new(core, "what became of the agents");
    while let Err(error) = store(core, told).await {
        if let Err(error) = patience.after(AdvanceError::Store(error)).await {
            return tracing::error!(%error, "the owners are not told what became of the agents");
        }
    }
    patience.over();
}

async fn store(core: &Core, told: &[Told]) -> Result<(), StoreError> {
    let now = core.clock.now();
    let mut rows = Vec::new();
    let mut tx = core.store.begin().await?;
    for owner in &core.access.owners {
        // A person's private chat has their own id.
        let place = Place { chat: ChatId(owner.0), topic: None };
        if !tx.knows(place.chat).await? {
            continue;
        }
        for told in told {
            let card = Card::Notice(Notice::AgentsChanged(Box::new(told.changed.clone())));
            let Some(message) = compose(&*core.chat, &card).pop() else { continue };
            let subject = Subject::agents_changed(place, told.number);
            let delivery = if told.again {
                NewDelivery::edit(place, subject, message)
            } else {
                NewDelivery::message(place, None, Priority::Message, message).about(subject)
            };
            rows.push(tx.enqueue(&delivery, now).await?);
        }
    }
    tx.commit().await?;
    core.lanes.deliver(rows);
    Ok(())
}
