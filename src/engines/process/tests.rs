//! What a program prints becomes safe text, and which variables it is given.

use std::ffi::OsString;

use proptest::prelude::*;

use super::lines::Splitter;
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

fn passed_on(own: &[(&str, &str)]) -> Vec<(String, String)> {
    let own = own.iter().map(|(name, value)| (OsString::from(name), OsString::from(value)));
    inherited(own).map(|(name, value)| (name.into_string().unwrap(), value.into_string().unwrap())).collect()
}

#[test]
fn only_the_list_is_passed_on() {
    for name in
        ["PATH", "HOME", "LC_ALL", "XDG_CONFIG_HOME", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS", "https_proxy"]
    {
        assert_eq!(passed_on(&[(name, "own")])[0], (name.to_owned(), "own".to_owned()));
        assert!(is_passed_on(name));
    }
    for name in [
        "TELOXIDE_TOKEN",
        "TELOXIDE_PROXY",
        "ADJUTANT_TREE",
        "DATABASE_URL",
        "ANTHROPIC_API_KEY",
        "AWS_PROFILE",
        "SSH_AUTH_SOCK",
        "DBUS_SESSION_BUS_ADDRESS",
        "XDG_RUNTIME_DIR",
        "LD_PRELOAD",
        "NODE_OPTIONS",
        "pATH",
        "Https_Proxy",
    ] {
        assert_eq!(passed_on(&[(name, "own")]), passed_on(&[]), "{name}");
        assert!(!is_passed_on(name), "{name}");
    }
    assert_eq!(passed_on(&[("TERM", "xterm")]), [("TERM".to_owned(), "dumb".to_owned())]);
}

#[test]
fn a_proxy_is_passed_on_without_password_only() {
    for (value, passes) in [
        ("http://proxy.local:3128", true),
        ("socks5h://127.0.0.1:1080", true),
        ("localhost,10.0.0.0/8", true),
        ("http://me:secret@proxy.local:3128", false),
        ("me:secret@proxy.local", false),
    ] {
        for name in
            ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "http_proxy", "all_proxy", "no_proxy"]
        {
            assert_eq!(passed_on(&[(name, value)]).len(), 1 + usize::from(passes), "{name}={value}");
        }
    }
}

/// The lines of pieces, with a limit of eight bytes.
fn lines(pieces: &[&[u8]]) -> Vec<Line> {
    let mut splitter = Splitter::new(8);
    let mut lines = Vec::new();
    for piece in pieces {
        let mut rest = *piece;
        while !rest.is_empty() {
            let (taken, line) = splitter.take(rest);
            lines.extend(line);
            rest = &rest[taken..];
        }
    }
    lines.extend(splitter.finish());
    lines
}

#[test]
fn bytes_become_lines() {
    let text = |line: &str| Line::Text(line.to_owned());
    for (bytes, expected) in [
        (&b""[..], vec![]),
        (b"\n", vec![text("")]),
        (b"a\nb\r\nc", vec![text("a"), text("b"), text("c")]),
        (b"a\rb\r\r\n", vec![text("a\rb\r")]),
        (b"\0\n", vec![text("\0")]),
        (b"12345678\n", vec![text("12345678")]),
        (b"123456789\nnext\n", vec![Line::Unreadable, text("next")]),
        (b"12345678901234567890", vec![Line::Unreadable]),
        (b"\xff\nnext", vec![Line::Unreadable, text("next")]),
        ("grün\n".as_bytes(), vec![text("grün")]),
    ] {
        assert_eq!(lines(&[bytes]), expected, "{}", String::from_utf8_lossy(bytes));
        let single: Vec<&[u8]> = bytes.chunks(1).collect();
        assert_eq!(lines(&single), expected, "{}", String::from_utf8_lossy(bytes));
    }
}

#[test]
fn nothing_is_kept_of_a_line_that_is_too_long_or_given_away() {
    let mut splitter = Splitter::new(8);
    let kept = |splitter: &Splitter| splitter.begun.capacity();
    splitter.take(b"1234");
    assert!(kept(&splitter) >= 4);
    splitter.take(b"56789");
    assert_eq!(kept(&splitter), 0);
    splitter.take(b"more of it");
    assert_eq!(kept(&splitter), 0);
    assert_eq!(splitter.take(b"\n"), (1, Some(Line::Unreadable)));
    assert_eq!(splitter.take(b"next\n"), (5, Some(Line::Text("next".to_owned()))));
    assert_eq!(kept(&splitter), 0);
}

proptest! {
    #[test]
    fn where_lines_are_cut_makes_no_difference(
        bytes in prop::collection::vec(prop::sample::select(&b"ab\r\n\xc3\xbc"[..]), 0..60),
        at: prop::sample::Index,
    ) {
        let (before, after) = bytes.split_at(at.index(bytes.len() + 1));
        prop_assert_eq!(lines(&[before, after]), lines(&[&bytes]));
    }
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
