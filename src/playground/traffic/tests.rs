//! How much of the traffic is remembered.

use super::*;

fn call(text: &str) -> CallRecord {
    CallRecord {
        n: 0,
        at: 1,
        method: "sendMessage".to_owned(),
        params: Map::from_iter([("text".to_owned(), text.into())]),
        chat_id: Some(7),
        ok: true,
        result: Some("true".to_owned()),
        error_code: None,
        description: None,
        ms: 0,
    }
}

#[test]
fn entries_are_bounded_in_bytes_but_the_newest_is_kept() {
    let mut log = TrafficLog::default();
    let large = "x".repeat(BYTES_KEPT / 4);
    (0..10).for_each(|_| log.call(call(&large)));
    assert_eq!(log.after(0).iter().map(|(n, _)| *n).collect::<Vec<_>>(), [8, 9, 10]);
    log.call(call(&"x".repeat(2 * BYTES_KEPT)));
    assert_eq!(log.after(0).iter().map(|(n, _)| *n).collect::<Vec<_>>(), [11]);
    log.call(call("y"));
    assert_eq!((log.after(0).len(), log.bytes), (1, log.after(0)[0].1.len()));
}

#[test]
fn a_long_result_is_cut_between_characters() {
    assert_eq!(shown("true"), "true");
    let cut = shown(&format!("x{}", "é".repeat(RESULT_SHOWN)));
    assert_eq!((cut.len(), cut.chars().last()), (RESULT_SHOWN - 1, Some('é')));
}
