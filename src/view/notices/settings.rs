//! The settings of a conversation, to change by buttons.

use super::{Said, marked, plain};
use crate::domain::conversation::{Detail, Rings};
use crate::domain::message::Button;
use crate::domain::press::Press;
use crate::view::compose::button;

/// Two rows of choices; the current ones are marked.
pub(super) fn settings(detail: Detail, rings: Rings) -> Said {
    let text = format!("{}\n{}", seen(detail), heard(rings));
    let details = [("Brief", Detail::Brief), ("Normal", Detail::Normal), ("Full", Detail::Full)];
    let ringing = [("Ring: all", Rings::All), ("Questions", Rings::Questions), ("Nothing", Rings::Nothing)];
    let seen: Vec<Button> =
        details.map(|(label, to)| button(&marked(label, to == detail), Press::SetDetail(to))).into();
    let heard: Vec<Button> =
        ringing.map(|(label, to)| button(&marked(label, to == rings), Press::SetRings(to))).into();
    (plain(text).0, vec![seen, heard])
}

fn seen(detail: Detail) -> &'static str {
    match detail {
        Detail::Brief => "While an agent works you see: one line.",
        Detail::Normal => "While an agent works you see: its plan and its last five steps.",
        Detail::Full => {
            "While an agent works you see: its plan, its last five steps, its thoughts and its output."
        }
    }
}

fn heard(rings: Rings) -> &'static str {
    match rings {
        Rings::All => "Your phone rings for: results, approvals and questions.",
        Rings::Questions => "Your phone rings for: approvals and questions.",
        Rings::Nothing => "Your phone rings for: nothing.",
    }
}
