//! What arrived, made whole: a long paste that the chat service cut into several messages is one text again. Pure.
//!
//! Telegram's apps cut a paste at 4,096 characters (some from about 3,500 on) and send the pieces one after another;
//! files sent at once come as so many messages of one album. Taken one by one, each would start a task of its own.

use std::collections::HashMap;
use std::time::Duration;

use tokio::time::Instant;

use crate::domain::ids::{MessageId, Place, UserId};
use crate::domain::input::{Incoming, IncomingText};

/// A piece at least this long, in UTF-16 units, may be followed by another.
const LONG: usize = 3_500;

/// A piece of this length, in UTF-16 units, was cut in the middle; a shorter one at the end of a line.
const FULL: usize = 4_096;

/// How far the numbers of two pieces may lie apart: in a group, others may write in between.
const GAP: i64 = 3;

/// How long the next piece of a long paste is waited for.
const NEXT_PIECE: Duration = Duration::from_millis(700);

/// One thing to apply, with the updates that brought it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Arrival {
    /// The updates, in order. Never empty.
    pub(super) updates: Vec<i64>,
    /// What they bring together.
    pub(super) incoming: Incoming,
    last_piece: Option<Piece>,
}

/// The latest piece of a text that may go on.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Piece {
    place: Place,
    from: UserId,
    message: MessageId,
    length: usize,
    album: Option<String>,
}

impl Arrival {
    fn new(update: i64, incoming: Incoming) -> Self {
        let last_piece = match &incoming {
            Incoming::Text(text) => Piece::of(text),
            Incoming::Pressed(_)
            | Incoming::Unsupported { .. }
            | Incoming::Migrated { .. }
            | Incoming::Reachable { .. }
            | Incoming::Ignored(_) => None,
        };
        Self { updates: vec![update], incoming, last_piece }
    }

    /// Whether another piece may follow.
    pub(super) fn may_go_on(&self) -> bool {
        self.last_piece.is_some()
    }

    /// The update that brought the latest piece.
    fn latest(&self) -> i64 {
        self.updates.last().copied().unwrap_or_default()
    }

    /// Takes in the next piece, if this is one.
    fn continued(&mut self, update: i64, next: &IncomingText) -> bool {
        let (Some(last), Incoming::Text(whole)) = (&self.last_piece, &mut self.incoming) else {
            return false;
        };
        if next.album.is_some() && next.album == last.album {
            whole.files.extend(next.files.iter().cloned());
            join_words(&mut whole.text, &next.text);
            self.updates.push(update);
            return true;
        }
        let apart = next.message.0.saturating_sub(last.message.0);
        let follows = next.place == last.place && next.from.id == last.from && (1..=GAP).contains(&apart);
        let same_kind = !next.edited && next.forwarded == whole.forwarded && !next.text.starts_with('/');
        if !(follows && same_kind && last.length >= LONG && next.files.is_empty()) {
            return false;
        }
        if last.length < FULL {
            whole.text.push('\n');
        }
        whole.text.push_str(&next.text);
        self.updates.push(update);
        self.last_piece = Piece::of(next);
        true
    }
}

impl Piece {
    /// The text as a piece, when it is long enough to be one that goes on, or part of an album.
    fn of(text: &IncomingText) -> Option<Self> {
        let length = text.text.encode_utf16().count();
        let goes_on = length >= LONG || text.album.is_some();
        (goes_on && !text.edited).then(|| Self {
            place: text.place,
            from: text.from.id,
            message: text.message,
            length,
            album: text.album.clone(),
        })
    }
}

fn join_words(whole: &mut String, more: &str) {
    if !whole.is_empty() && !more.is_empty() {
        whole.push('\n');
    }
    whole.push_str(more);
}

/// Makes whole what belongs together, beginning with texts that were open before. Everything else stays as it came, in
/// order.
pub(super) fn join(open: Vec<Arrival>, read: impl IntoIterator<Item = (i64, Incoming)>) -> Vec<Arrival> {
    let mut arrivals = open;
    for (update, incoming) in read {
        let earlier = speaker(&incoming)
            .and_then(|(place, user)| arrivals.iter_mut().rev().find(|a| a.is_from(place, user)));
        if let Some(earlier) = earlier {
            if let Incoming::Text(text) = &incoming
                && earlier.continued(update, text)
            {
                continue;
            }
            // Something else of the same person: what they wrote before is complete, and comes first.
            earlier.last_piece = None;
        }
        arrivals.push(Arrival::new(update, incoming));
    }
    arrivals
}

/// Long texts that may go on, each by the update that brought its latest piece, and until when they are waited for.
#[derive(Debug, Default)]
pub(super) struct Held {
    until: HashMap<i64, Instant>,
}

impl Held {
    /// When the first of them is complete.
    pub(super) fn next(&self) -> Option<Instant> {
        self.until.values().min().copied()
    }

    /// What is held from now on, and which of the texts that are open have been waited for long enough.
    pub(super) fn after(&self, open: Vec<Arrival>, now: Instant) -> (Self, Vec<Arrival>) {
        let mut held = Self::default();
        let mut complete = Vec::new();
        for arrival in open {
            let until = self.until.get(&arrival.latest()).copied().unwrap_or(now + NEXT_PIECE);
            if until > now {
                held.until.insert(arrival.latest(), until);
            } else {
                complete.push(arrival);
            }
        }
        (held, complete)
    }
}

/// Who did something, and where.
fn speaker(incoming: &Incoming) -> Option<(Place, UserId)> {
    match incoming {
        Incoming::Text(text) => Some((text.place, text.from.id)),
        Incoming::Pressed(press) => Some((press.place?, press.from.id)),
        Incoming::Unsupported { place, from, .. } => Some((*place, from.id)),
        Incoming::Migrated { .. } | Incoming::Reachable { .. } | Incoming::Ignored(_) => None,
    }
}

impl Arrival {
    fn is_from(&self, place: Place, user: UserId) -> bool {
        matches!(&self.incoming, Incoming::Text(text) if text.place == place && text.from.id == user)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::ChatId;
    use crate::domain::input::{IncomingPress, Person, SentFile};

    fn text(user: i64, message: i64, text: &str) -> Incoming {
        Incoming::Text(IncomingText {
            place: Place { chat: ChatId(user), topic: None },
            from: Person { id: UserId(user), name: "You".to_owned() },
            message: MessageId(message),
            text: text.to_owned(),
            private: true,
            reply_to_bot: false,
            edited: false,
            forwarded: false,
            files: Vec::new(),
            album: None,
        })
    }

    fn joined(read: Vec<Incoming>) -> Vec<(Vec<i64>, usize, bool)> {
        join(Vec::new(), (1..).zip(read))
            .into_iter()
            .map(|arrival| {
                let length = match &arrival.incoming {
                    Incoming::Text(text) => text.text.len(),
                    _ => 0,
                };
                (arrival.updates.clone(), length, arrival.may_go_on())
            })
            .collect()
    }

    #[test]
    fn the_pieces_of_a_long_paste_are_one_text() {
        let (full, cut) = ("x".repeat(4_096), "y".repeat(3_600));
        let paste = vec![text(1, 10, &full), text(1, 11, &cut), text(1, 12, "end")];
        assert_eq!(joined(paste), [(vec![1, 2, 3], 4_096 + 3_600 + 1 + 3, false)]);
    }

    #[test]
    fn a_long_text_may_go_on_and_a_short_one_does_not() {
        assert_eq!(joined(vec![text(1, 1, &"x".repeat(3_500))]), [(vec![1], 3_500, true)]);
        assert_eq!(joined(vec![text(1, 1, &"x".repeat(3_499))]), [(vec![1], 3_499, false)]);
        assert_eq!(joined(vec![text(1, 1, &"💡".repeat(1_750))]), [(vec![1], 7_000, true)], "UTF-16 counts");
    }

    #[test]
    fn what_others_say_in_between_stays_apart() {
        let long = "x".repeat(4_000);
        let read = vec![text(1, 10, &long), text(2, 10, &long), text(1, 11, "mine"), text(2, 11, "yours")];
        assert_eq!(joined(read), [(vec![1, 3], 4_005, false), (vec![2, 4], 4_006, false)]);
    }

    #[test]
    fn a_press_completes_what_the_same_person_wrote_and_nobody_elses() {
        let long = "x".repeat(4_000);
        let press = |user| {
            Incoming::Pressed(IncomingPress {
                place: Some(Place { chat: ChatId(1), topic: None }),
                from: Person { id: UserId(user), name: String::new() },
                query: String::new(),
                press: None,
            })
        };
        let open = |user| joined(vec![text(1, 10, &long), press(user)])[0].2;
        assert_eq!([open(1), open(2)], [false, true]);
    }

    #[test]
    fn each_text_is_waited_for_on_its_own() {
        let long = "x".repeat(4_000);
        let open = |users: &[i64]| join(Vec::new(), users.iter().map(|user| (*user, text(*user, 10, &long))));
        let begun = Instant::now();
        let (held, complete) = Held::default().after(open(&[1]), begun);
        assert_eq!((held.next(), complete.len()), (Some(begun + NEXT_PIECE), 0));
        let (held, complete) = held.after(open(&[1, 2]), begun + NEXT_PIECE / 2);
        assert_eq!((held.next(), complete.len()), (Some(begun + NEXT_PIECE), 0), "others do not prolong it");
        let (held, complete) = held.after(open(&[1, 2]), begun + NEXT_PIECE);
        let complete: Vec<_> = complete.into_iter().flat_map(|arrival| arrival.updates).collect();
        assert_eq!((held.next(), complete), (Some(begun + NEXT_PIECE / 2 + NEXT_PIECE), vec![1]));
    }

    fn photo(user: i64, message: i64, album: Option<&str>, caption: &str) -> Incoming {
        let Incoming::Text(text) = text(user, message, caption) else { unreachable!() };
        let file = SentFile {
            id: message.to_string(),
            name: "photo.jpg".to_owned(),
            media_type: "image/jpeg".to_owned(),
            bytes: None,
        };
        Incoming::Text(IncomingText { files: vec![file], album: album.map(str::to_owned), ..text })
    }

    #[test]
    fn the_photos_of_an_album_are_one_message() {
        let arrivals = join(
            Vec::new(),
            (1..).zip([
                photo(1, 10, Some("a"), "compare these"),
                photo(2, 10, None, "alone"),
                photo(1, 11, Some("a"), ""),
                photo(1, 12, Some("b"), "another"),
            ]),
        );
        let seen: Vec<_> = arrivals
            .iter()
            .map(|arrival| match &arrival.incoming {
                Incoming::Text(text) => {
                    (arrival.updates.clone(), text.text.as_str(), text.files.len(), arrival.may_go_on())
                }
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(
            seen,
            [
                (vec![1, 3], "compare these", 2, false),
                (vec![2], "alone", 1, false),
                (vec![4], "another", 1, true),
            ]
        );
    }

    #[test]
    fn a_text_goes_on_in_the_next_chunk() {
        let long = "x".repeat(4_000);
        let open = join(Vec::new(), [(1, text(1, 10, &long)), (2, text(2, 10, &long))]);
        let arrivals = join(open, [(3, text(2, 11, "end")), (4, text(1, 11, "/stop"))]);
        let updates: Vec<_> = arrivals.iter().map(|a| (a.updates.clone(), a.may_go_on())).collect();
        assert_eq!(updates, [(vec![1], false), (vec![2, 3], false), (vec![4], false)]);
    }

    #[test]
    fn a_command_an_edit_or_a_later_message_is_no_piece() {
        let long = "x".repeat(4_000);
        for (what, next) in [
            ("command", text(1, 11, "/stop")),
            ("later", text(1, 15, "by the way")),
            ("file", photo(1, 11, None, "")),
            (
                "edit",
                match text(1, 11, "edited") {
                    Incoming::Text(text) => Incoming::Text(IncomingText { edited: true, ..text }),
                    other => other,
                },
            ),
        ] {
            let arrivals = joined(vec![text(1, 10, &long), next]);
            assert_eq!(arrivals.len(), 2, "{what}");
            assert!(!arrivals[0].2, "{what}: the long text is complete");
        }
    }
}
