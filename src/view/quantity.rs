//! Quantities in few characters: times, sizes, costs.

use std::time::Duration;

use crate::domain::event::Usage;

#[cfg(test)]
mod tests;

/// How long something has taken: `7s`, `1m 05s`, `2h 03m`.
pub(crate) fn elapsed(time: Duration) -> String {
    let seconds = time.as_secs();
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds}s"),
        (0, minutes, seconds) => format!("{minutes}m {seconds:02}s"),
        (hours, minutes, _) => format!("{hours}h {minutes:02}m"),
    }
}

/// How long ago something was: `just now`, `2 m ago`, `3 d ago`.
pub(crate) fn ago(time: Duration) -> String {
    let minutes = time.as_secs() / 60;
    match (minutes / 1440, minutes / 60, minutes) {
        (0, 0, 0) => "just now".to_owned(),
        (0, 0, minutes) => format!("{minutes} m ago"),
        (0, hours, _) => format!("{hours} h ago"),
        (days, ..) => format!("{days} d ago"),
    }
}

/// A limit or what is left of it: `30 s`, `15 min`, `1 h 30 min`.
pub(super) fn span(time: Duration) -> String {
    let seconds = time.as_secs();
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds} s"),
        (0, minutes, _) => format!("{minutes} min"),
        (hours, 0, _) => format!("{hours} h"),
        (hours, minutes, _) => format!("{hours} h {minutes} min"),
    }
}

/// A moment, counted from the start: `+0:05`, `+1:02:03`.
pub(super) fn offset(time: Duration) -> String {
    let seconds = time.as_secs();
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, minutes, seconds) => format!("+{minutes}:{seconds:02}"),
        (hours, minutes, seconds) => format!("+{hours}:{minutes:02}:{seconds:02}"),
    }
}

/// A number of bytes: `312 bytes`, `12 KB`, `99.9 MB`.
pub(super) fn bytes(bytes: u64) -> String {
    let tenths = |unit: u64| {
        let tenths = u128::from(bytes) * 10 / u128::from(unit);
        format!("{}.{}", tenths / 10, tenths % 10)
    };
    match bytes {
        1 => "1 byte".to_owned(),
        0..=999 => format!("{bytes} bytes"),
        1_000..=999_999 => format!("{} KB", bytes / 1_000),
        1_000_000..=999_999_999 => format!("{} MB", tenths(1_000_000)),
        1_000_000_000.. => format!("{} GB", tenths(1_000_000_000)),
    }
}

/// A number of things: `1 step`, `9 steps`.
pub(crate) fn count(number: impl TryInto<u64>, thing: &str) -> String {
    let number = number.try_into().unwrap_or(u64::MAX);
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {thing}{plural}")
}

/// What was used, tokens before cost; `None` where neither is known, or nothing was used.
pub(super) fn usage(usage: &Usage) -> Option<String> {
    let tokens = usage.tokens.filter(|tokens| *tokens > 0);
    let tokens =
        tokens.map(|n| if n < 1_000 { count(n, "token") } else { format!("{} tokens", self::tokens(n)) });
    let cost = usage.cost_usd.filter(|cost| cost.is_finite() && *cost > 0.0).map(dollars);
    let parts: Vec<String> = [tokens, cost].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(" · "))
}

/// A number of tokens in at most six characters: `312`, `12k`, `3.4M`.
pub(super) fn tokens(tokens: u64) -> String {
    match tokens {
        0..=999 => tokens.to_string(),
        1_000..=999_999 => format!("{}k", tokens / 1_000),
        1_000_000..=999_999_999 => format!("{}.{}M", tokens / 1_000_000, tokens / 100_000 % 10),
        _ => format!("{}G", (tokens / 1_000_000_000).min(99_999)),
    }
}

/// A cost in at most eight characters.
pub(super) fn dollars(cost: f64) -> String {
    match cost {
        _ if cost > 0.0 && cost < 0.01 => "<$0.01".to_owned(),
        _ if cost < 10_000.0 => format!("${cost:.2}"),
        _ if cost < 1_000_000.0 => format!("${cost:.0}"),
        _ => ">$1M".to_owned(),
    }
}
