use std::ffi::OsString;

use proptest::prelude::*;

use super::text::Decoder;
use super::*;

fn decoded(pieces: &[&[u8]]) -> String {
    let mut decoder = Decoder::default();
    let text: String = pieces.iter().map(|piece| decoder.decode(piece)).collect();
    text + decoder.finish().as_deref().unwrap_or("")
}

#[test]
fn output_becomes_readable_text() {
    for (bytes, text) in [
        (&b"plain\ttext\n"[..], "plain\ttext\n"),
        (b"a\0b\x07c\x7f", "abc"),
        (b"one\r\ntwo\rthree\r\r\n", "one\ntwo\nthree\n\n"),
        (b"\x1b[1;31mred\x1b[0m \x1b(Bplain", "red plain"),
        (b"\x1b]0;title\x07text \x1b]8;;http://x\x1b\\link", "text link"),
        (b"\x1b]never ended\nnext line", "\nnext line"),
        (b"\xff\xfe ok", "\u{fffd}\u{fffd} ok"),
        (b"half \xe2\x82", "half \u{fffd}"),
        ("\u{9b}31m is a control".as_bytes(), "31m is a control"),
        ("grüße 👋".as_bytes(), "grüße 👋"),
    ] {
        assert_eq!(decoded(&[bytes]), text);
    }
}

proptest! {
    #[test]
    fn where_output_is_cut_makes_no_difference(bytes: Vec<u8>, at: prop::sample::Index) {
        let (before, after) = bytes.split_at(at.index(bytes.len() + 1));
        prop_assert_eq!(decoded(&[before, after]), decoded(&[&bytes]));
    }

    #[test]
    fn any_text_without_controls_comes_through(text in "\\PC{0,200}") {
        let bytes = text.as_bytes();
        let single: Vec<&[u8]> = bytes.chunks(1).collect();
        prop_assert_eq!(decoded(&single), text);
    }

    #[test]
    fn any_bytes_become_text_without_controls(bytes: Vec<u8>) {
        let text = decoded(&[&bytes]);
        prop_assert!(text.chars().all(|c| !c.is_control() || matches!(c, '\n' | '\t')));
        prop_assert!(text.len() <= bytes.len() * 3);
    }
}

#[test]
fn only_the_list_is_passed_on() {
    let own = ["PATH", "LC_ALL", "TELOXIDE_TOKEN", "ANTHROPIC_API_KEY", "TERM", "LD_PRELOAD", "pATH"]
        .map(|name| (OsString::from(name), OsString::from("own")));
    let seen: Vec<(OsString, OsString)> = inherited(own).collect();
    let expected = [("PATH", "own"), ("LC_ALL", "own"), ("TERM", "dumb")];
    assert_eq!(seen, expected.map(|(name, value)| (name.into(), value.into())));
}

#[test]
fn a_value_that_no_command_can_be_given_is_named() {
    let fits = ("NAME".to_owned(), "x".repeat(MAX_VARIABLE - 5));
    assert!(check_variables(std::slice::from_ref(&fits)).is_ok());
    let error = check_variables(&[fits, ("PROMPT".to_owned(), "x".repeat(MAX_VARIABLE))]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "PROMPT is too long to be given to a command: 100007 bytes of at most 100000"
    );
}
