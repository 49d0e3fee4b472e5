//! Lengths of time as people write them: `30s`, `15m`, `2h`.

use std::time::Duration;

/// A whole number above 0 with one of the units s, m, h, d; `None` for anything else.
#[must_use]
pub fn parse(text: &str) -> Option<Duration> {
    let unit = text.chars().next_back()?;
    let seconds_per_unit: u64 = match unit {
        's' => 1,
        'm' => 60,
        'h' => 60 * 60,
        'd' => 24 * 60 * 60,
        _ => return None,
    };
    let digits = text[..text.len() - unit.len_utf8()].trim_end();
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let seconds = digits.parse::<u64>().ok()?.checked_mul(seconds_per_unit)?;
    (seconds > 0).then(|| Duration::from_secs(seconds))
}
