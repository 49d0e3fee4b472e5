//! The data behind a button: [`Press`] to text and back, within Telegram's 64 bytes.
//!
//! Only this module knows the form: `1` (its version), one letter for the kind (two for what concerns several tasks,
//! beginning with `h`), then the values, each after a dot. Old messages keep their buttons for years, so a letter is never given a new meaning; what cannot be
//! read is no press of ours.

use std::fmt::Display;

use uuid::Uuid;

use crate::domain::conversation::{Detail, Rings};
use crate::domain::ids::{ApprovalId, ChainId, RaceId, TaskId};
use crate::domain::press::{Choice, NameKey, Nonce, Press};

const VERSION: char = '1';
/// Stands for "the agent's own engine"; no key looks like it.
const OWN: &str = "own";

/// Writes a press as callback data: at most 64 bytes of URL-safe ASCII.
pub(super) fn encode(press: &Press) -> String {
    match press {
        Press::Stop(task) => data('s', &[task]),
        Press::Retry(task) => data('r', &[task]),
        Press::Continue(task) => data('c', &[task]),
        Press::Log(task) => data('l', &[task]),
        Press::RunNext(task) => data('n', &[task]),
        Press::Drop(task) => data('d', &[task]),
        Press::Steer(task) => data('i', &[task]),
        Press::Wait(task) => data('m', &[task]),
        Press::PickSession(key) => data('k', &[&key_hex(*key)]),
        Press::Approval { id, nonce, choice } => data('a', &[id, nonce, &choice_letter(*choice)]),
        Press::Answer { task, question, option } => data('q', &[task, question, option]),
        Press::PickAgent(key) => data('p', &[&key_hex(*key)]),
        Press::AgentsPage(page) => data('g', &[page]),
        Press::BrowseAgents(page) => data('f', &[page]),
        Press::TryAgent(key) => data('h', &[&'t', &key_hex(*key)]),
        Press::ShowAgent(key) => data('h', &[&'s', &key_hex(*key)]),
        Press::UseAgent(key) => data('h', &[&'u', &key_hex(*key)]),
        Press::ReleaseAgent(key) => data('h', &[&'r', &key_hex(*key)]),
        Press::UseVersion(key) => data('y', &[&'u', &key_hex(*key)]),
        Press::KeepVersion(key) => data('y', &[&'k', &key_hex(*key)]),
        Press::PickWorkspace(key) => data('w', &[&key_hex(*key)]),
        Press::PickEngine(Some(key)) => data('e', &[&key_hex(*key)]),
        Press::PickEngine(None) => data('e', &[&OWN]),
        Press::TasksBefore(task) => data('b', &[task]),
        Press::ShowTask(task) => data('t', &[task]),
        Press::SetDetail(detail) => data('v', &[&detail_letter(*detail)]),
        Press::SetRings(rings) => data('o', &[&rings_letter(*rings)]),
        Press::RetryStep(task) => data("hr", &[task]),
        Press::SkipStep(task) => data("hs", &[task]),
        Press::StopChain(chain) => data("hc", &[chain]),
        Press::StopRace(race) => data("hx", &[race]),
        Press::Keep(task) => data("hk", &[task]),
        Press::Discard(task) => data("hd", &[task]),
        Press::Merge(task) => data("hm", &[task]),
        Press::KeepNone(race) => data("hn", &[race]),
        Press::HandOff { task, handoff } => data("ho", &[task, &key_hex(*handoff)]),
        Press::PassOn { task, page } => data("hp", &[task, page]),
        Press::PassTo { task, agent } => data("ht", &[task, &key_hex(*agent)]),
        Press::ShowAnswer(task) => data("ha", &[task]),
    }
}

/// Reads callback data; `None` for whatever [`encode`] would not have written in just this way.
pub(super) fn decode(data: &str) -> Option<Press> {
    parse(data).filter(|press| encode(press) == data)
}

fn data(kind: impl Display, values: &[&dyn Display]) -> String {
    let mut data = format!("{VERSION}{kind}");
    for value in values {
        data.push('.');
        data.push_str(&value.to_string());
    }
    data
}

fn parse(data: &str) -> Option<Press> {
    let (kind, values) = data.strip_prefix(VERSION)?.split_once('.')?;
    let mut values = values.split('.');
    let mut next = || values.next();
    let press = match kind {
        "s" => Press::Stop(task(next()?)?),
        "r" => Press::Retry(task(next()?)?),
        "c" => Press::Continue(task(next()?)?),
        "l" => Press::Log(task(next()?)?),
        "n" => Press::RunNext(task(next()?)?),
        "d" => Press::Drop(task(next()?)?),
        "i" => Press::Steer(task(next()?)?),
        "m" => Press::Wait(task(next()?)?),
        "k" => Press::PickSession(key(next()?)?),
        "a" => Press::Approval {
            id: ApprovalId(Uuid::try_parse(next()?).ok()?),
            nonce: Nonce(u32::from_str_radix(next()?, 16).ok()?),
            choice: choice(next()?)?,
        },
        "q" => Press::Answer {
            task: task(next()?)?,
            question: next()?.parse().ok()?,
            option: next()?.parse().ok()?,
        },
        "p" => Press::PickAgent(key(next()?)?),
        "g" => Press::AgentsPage(next()?.parse().ok()?),
        "f" => Press::BrowseAgents(next()?.parse().ok()?),
        "h" => match next()? {
            "t" => Press::TryAgent(key(next()?)?),
            "s" => Press::ShowAgent(key(next()?)?),
            "u" => Press::UseAgent(key(next()?)?),
            "r" => Press::ReleaseAgent(key(next()?)?),
            _ => return None,
        },
        "y" => match next()? {
            "u" => Press::UseVersion(key(next()?)?),
            "k" => Press::KeepVersion(key(next()?)?),
            _ => return None,
        },
        "w" => Press::PickWorkspace(key(next()?)?),
        "e" => Press::PickEngine(match next()? {
            OWN => None,
            hex => Some(key(hex)?),
        }),
        "b" => Press::TasksBefore(task(next()?)?),
        "t" => Press::ShowTask(task(next()?)?),
        "v" => Press::SetDetail(detail(next()?)?),
        "o" => Press::SetRings(rings(next()?)?),
        "hr" => Press::RetryStep(task(next()?)?),
        "hs" => Press::SkipStep(task(next()?)?),
        "hc" => Press::StopChain(next()?.parse().ok().map(ChainId)?),
        "hx" => Press::StopRace(next()?.parse().ok().map(RaceId)?),
        "hk" => Press::Keep(task(next()?)?),
        "hd" => Press::Discard(task(next()?)?),
        "hm" => Press::Merge(task(next()?)?),
        "hn" => Press::KeepNone(next()?.parse().ok().map(RaceId)?),
        "ho" => Press::HandOff { task: task(next()?)?, handoff: key(next()?)? },
        "hp" => Press::PassOn { task: task(next()?)?, page: next()?.parse().ok()? },
        "ht" => Press::PassTo { task: task(next()?)?, agent: key(next()?)? },
        "ha" => Press::ShowAnswer(task(next()?)?),
        _ => return None,
    };
    Some(press)
}

fn task(text: &str) -> Option<TaskId> {
    text.parse().ok().map(TaskId)
}

fn key_hex(key: NameKey) -> String {
    format!("{:016x}", key.0)
}

fn key(hex: &str) -> Option<NameKey> {
    u64::from_str_radix(hex, 16).ok().map(NameKey)
}

fn choice_letter(choice: Choice) -> char {
    match choice {
        Choice::Allow => 'y',
        Choice::AlwaysMenu => 'm',
        Choice::AlwaysExact => 'x',
        Choice::AlwaysPattern => 'p',
        Choice::Back => 'b',
        Choice::Deny => 'n',
    }
}

fn choice(letter: &str) -> Option<Choice> {
    Some(match letter {
        "y" => Choice::Allow,
        "m" => Choice::AlwaysMenu,
        "x" => Choice::AlwaysExact,
        "p" => Choice::AlwaysPattern,
        "b" => Choice::Back,
        "n" => Choice::Deny,
        _ => return None,
    })
}

fn detail_letter(detail: Detail) -> char {
    match detail {
        Detail::Brief => 'b',
        Detail::Normal => 'n',
        Detail::Full => 'f',
    }
}

fn detail(letter: &str) -> Option<Detail> {
    Some(match letter {
        "b" => Detail::Brief,
        "n" => Detail::Normal,
        "f" => Detail::Full,
        _ => return None,
    })
}

fn rings_letter(rings: Rings) -> char {
    match rings {
        Rings::All => 'a',
        Rings::Questions => 'q',
        Rings::Nothing => 'n',
    }
}

fn rings(letter: &str) -> Option<Rings> {
    Some(match letter {
        "a" => Rings::All,
        "q" => Rings::Questions,
        "n" => Rings::Nothing,
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
