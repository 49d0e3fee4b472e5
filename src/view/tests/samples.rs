//! Cards for the tests: with likely words, and with any words at all.

mod cards;
mod notices;

use std::time::Duration;

use proptest::prelude::*;
use uuid::Uuid;

use crate::domain::action::{Fingerprint, Pattern, ProposedAction, Rule};
use crate::domain::approval::{Approval, ApprovalStatus, Moot};
use crate::domain::card::*;
use crate::domain::event::Usage;
use crate::domain::ids::{ApprovalId, ChatId, Place, RunId, TaskId, Timestamp, UserId};
use crate::domain::press::Nonce;
use crate::domain::task::Outcome;
use crate::domain::usage::Used;
use crate::view::testing::markdown_source;

/// Any text: short, long, hostile.
pub(crate) fn text() -> impl Strategy<Value = String> {
    let token = prop_oneof![
        any::<String>(),
        markdown_source(),
        prop::sample::select(vec![
            "\u{202e}",
            "\u{1b}[31m",
            "`",
            "a\u{30a}",
            "👩\u{200d}👧",
            "\n",
            "word ",
            "/",
            "=",
            "\u{e0041}"
        ])
        .prop_map(str::to_owned),
    ];
    (token, prop_oneof![8 => Just(1_usize), 1 => Just(100), 1 => Just(9_000)]).prop_map(|(token, times)| {
        // Enough for any limit, and not so much that the tests are slow.
        token.repeat(times.min(6_000 / token.len().max(1)).max(1))
    })
}

/// Any status of an approval.
pub(crate) fn status() -> impl Strategy<Value = ApprovalStatus> {
    let (by, at) = (UserId(i64::MIN), Timestamp(0));
    (text(), text(), 0..11_usize).prop_map(move |(a, b, which)| match which {
        0 => ApprovalStatus::Open,
        1 => ApprovalStatus::Granted { by, name: a, at, rule: None },
        2 => ApprovalStatus::Granted { by, name: b, at, rule: Some(Rule::Exact(Fingerprint(a))) },
        3 => ApprovalStatus::Granted {
            by,
            name: a.clone(),
            at,
            rule: Some(Rule::Pattern(Pattern { prefix: vec![a, b], cwd: String::new() })),
        },
        4 => ApprovalStatus::GrantedByRule { at },
        5 => ApprovalStatus::Denied { by, name: a, at },
        6 => ApprovalStatus::Expired { at },
        7 => ApprovalStatus::Superseded { at, why: Moot::Withdrawn },
        8 => ApprovalStatus::GrantedByPolicy { at, rule: a, by: b },
        9 => ApprovalStatus::DeniedByPolicy { at, rule: a, by: b },
        _ => ApprovalStatus::Undeliverable { at },
    })
}

/// An open approval of an action.
pub(crate) fn approval(action: ProposedAction) -> Approval {
    Approval {
        id: ApprovalId(Uuid::nil()),
        task: TaskId(42),
        run: RunId(Uuid::nil()),
        request: "r1".to_owned(),
        place: Place { chat: ChatId(7), topic: None },
        requester: UserId(1001),
        agent: "reviewer".to_owned(),
        fingerprint: action.fingerprint(),
        action,
        nonce: Nonce(1),
        asked_at: Timestamp(0),
        deadline: Timestamp(900_000),
        status: ApprovalStatus::Open,
    }
}

/// Strings and numbers to make cards of, taken in turn.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    texts: Vec<String>,
    numbers: Vec<u32>,
    at: usize,
}

/// Any source.
pub(crate) fn source() -> impl Strategy<Value = Source> {
    (prop::collection::vec(text(), 3..8), prop::collection::vec(any::<u32>(), 3..8))
        .prop_map(|(texts, numbers)| Source { texts, numbers, at: 0 })
}

impl Source {
    fn text(&mut self) -> String {
        self.at += 1;
        self.texts[self.at % self.texts.len()].clone()
    }

    fn number(&mut self) -> u32 {
        self.at += 1;
        self.numbers[self.at % self.numbers.len()]
    }

    fn time(&mut self) -> Duration {
        Duration::from_secs(self.number().into())
    }

    fn pick<T: Clone>(&mut self, choices: &[T]) -> T {
        choices[self.number() as usize % choices.len()].clone()
    }

    fn some<T>(&mut self, most: u32, mut one: impl FnMut(&mut Self) -> T) -> Vec<T> {
        (0..self.number() % most).map(|_| one(self)).collect()
    }

    fn maybe<T>(&mut self, one: impl FnOnce(&mut Self) -> T) -> Option<T> {
        (self.number().is_multiple_of(2)).then(|| one(self))
    }

    fn id(&mut self) -> TaskId {
        TaskId(i64::from(self.number()) * i64::from(i32::MAX))
    }

    fn summary(&mut self) -> TaskSummary {
        TaskSummary { id: self.id(), agent: self.text(), engine: self.text() }
    }

    fn usage(&mut self) -> Usage {
        Usage { cost_usd: self.maybe(|s| s.number().into()), tokens: self.maybe(|s| s.number().into()) }
    }

    fn amount(&mut self) -> Used {
        Used { agent: self.text(), engine: self.text(), tasks: self.number().into(), usage: self.usage() }
    }

    fn totals(&mut self) -> Totals {
        let usage = self.usage();
        Totals { elapsed: self.time(), steps: self.number(), usage }
    }

    fn outcome(&mut self) -> Outcome {
        let reason = self.text();
        let outcomes = [
            Outcome::Succeeded,
            Outcome::Failed { reason },
            Outcome::Stopped,
            Outcome::TimedOut,
            Outcome::Interrupted,
            Outcome::PassedOn { to: self.id() },
        ];
        self.pick(&outcomes)
    }

    fn action(&mut self) -> ProposedAction {
        let (a, b, c, d) = (self.text(), self.text(), self.text(), self.text());
        let env = self.some(5, |s| (s.text(), s.text()));
        self.pick(&[
            ProposedAction::Command { command: a.clone(), cwd: b.clone(), env },
            ProposedAction::WriteFile { path: a, content: b.clone() },
            ProposedAction::Other { title: c, detail: b, cwd: d },
        ])
    }
}
