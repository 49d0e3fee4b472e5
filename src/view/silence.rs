//! What is told of an engine that gives no sign of life.

use crate::domain::card::{SilenceCard, SilenceStage};
use crate::domain::message::Message;
use crate::domain::press::Press;

use super::compose::{button, name, silent};
use super::quantity::span;
use super::states;
use super::text::RichBuilder;

/// The message, with its buttons while it asks.
pub(super) fn silence(card: &SilenceCard) -> Message {
    let SilenceCard { task, silent: time, stage, rings } = card;
    let mut text = RichBuilder::new();
    text.push(states::ASKING).push(" No sign of life from ");
    name(&mut text, &task.engine);
    text.push(&format!(" for {} (#{}).", span(*time), task.id));
    text.push(match stage {
        SilenceStage::Asking => " It may still be working.",
        SilenceStage::Waiting => "\nWaiting on.",
        SilenceStage::Over => "\nIt works again.",
        SilenceStage::Ended => "\nThe task has ended.",
    });
    let asking = *stage == SilenceStage::Asking;
    let buttons = vec![button("Stop", Press::Stop(task.id)), button("Wait", Press::Wait(task.id))];
    let rows = if asking { vec![buttons] } else { Vec::new() };
    Message { silent: !(asking && *rings), ..silent(text.finish(), rows) }
}
