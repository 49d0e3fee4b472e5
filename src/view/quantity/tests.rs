//! Times, sizes, tokens and costs in few characters.

use super::*;

const fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[test]
fn times_are_short() {
    // (seconds, elapsed, ago, span, offset)
    let cases = [
        (0, "0s", "just now", "0 s", "+0:00"),
        (5, "5s", "just now", "5 s", "+0:05"),
        (59, "59s", "just now", "59 s", "+0:59"),
        (65, "1m 05s", "1 m ago", "1 min", "+1:05"),
        (900, "15m 00s", "15 m ago", "15 min", "+15:00"),
        (3600, "1h 00m", "1 h ago", "1 h", "+1:00:00"),
        (5400, "1h 30m", "1 h ago", "1 h 30 min", "+1:30:00"),
        (90_061, "25h 01m", "1 d ago", "25 h 1 min", "+25:01:01"),
        (864_000, "240h 00m", "10 d ago", "240 h", "+240:00:00"),
    ];
    for (seconds, for_elapsed, for_ago, for_span, for_offset) in cases {
        let time = secs(seconds);
        let shown = [elapsed(time), ago(time), span(time), offset(time)];
        assert_eq!(shown, [for_elapsed, for_ago, for_span, for_offset], "{seconds} s");
    }
}

#[test]
fn sizes_are_round() {
    let cases = [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (12_345, "12 KB"),
        (999_999, "999 KB"),
        (99_941_000, "99.9 MB"),
        (1_500_000_000, "1.5 GB"),
        (u64::MAX, "18446744073.7 GB"),
    ];
    for (size, expected) in cases {
        assert_eq!(bytes(size), expected);
    }
}

#[test]
fn tokens_come_before_cost() {
    let cases = [
        (None, None, None),
        (Some(0.0), Some(0), None),
        (Some(0.0), Some(9), Some("9 tokens")),
        (Some(0.0004), None, Some("<$0.01")),
        (Some(0.036), Some(9), Some("9 tokens · $0.04")),
        (Some(f64::NAN), Some(1), Some("1 token")),
        (Some(-1.0), Some(1), Some("1 token")),
        (None, Some(999), Some("999 tokens")),
        (None, Some(12_900), Some("12k tokens")),
        (Some(1.5), Some(3_460_000), Some("3.4M tokens · $1.50")),
    ];
    for (cost_usd, tokens, expected) in cases {
        assert_eq!(usage(&Usage { cost_usd, tokens }).as_deref(), expected, "{cost_usd:?} {tokens:?}");
    }
}

#[test]
fn large_amounts_stay_narrow() {
    for (amount, expected) in [
        (0, "0"),
        (999_999, "999k"),
        (1_000_000, "1.0M"),
        (999_999_999, "999.9M"),
        (5_000_000_000, "5G"),
        (u64::MAX, "99999G"),
    ] {
        assert_eq!(tokens(amount), expected);
        assert!(expected.len() <= 6);
    }
    for (cost, expected) in [
        (9_999.994, "$9999.99"),
        (12_345.6, "$12346"),
        (999_999.4, "$999999"),
        (1e300, ">$1M"),
        (f64::INFINITY, ">$1M"),
    ] {
        assert_eq!(dollars(cost), expected);
        assert!(expected.len() <= 8);
    }
}
