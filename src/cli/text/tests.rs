//! What a terminal is given: nothing that it would obey, cut and folded to its width.

use super::*;

#[test]
fn what_a_terminal_would_obey_is_left_out() {
    assert_eq!(plain("a\u{1b}[31mb\u{7}\u{9b}c\r\n\td\u{202e}e"), "a[31mbc\n\tde");
    assert_eq!(line("  one\n\ttwo \u{1b}three "), "one two three");
}

#[test]
fn a_sentence_ends_at_its_mark() {
    for (text, sentence) in [
        ("Reads v1.2 files. Then more.", "Reads v1.2 files."),
        ("Is it?\nYes.", "Is it?"),
        ("no mark", "no mark"),
        ("Ends.", "Ends."),
        ("", ""),
    ] {
        assert_eq!(first_sentence(text), sentence);
    }
}

#[test]
fn long_text_is_cut_with_a_mark() {
    assert_eq!(fit("fitting", 7), "fitting");
    assert_eq!(fit("too long", 5), "too…");
    assert_eq!(fit("äöüß", 3), "äö…");
}

#[test]
fn folded_lines_hang_below_the_first() {
    let text = "word ".repeat(30);
    let folded = hanging("head  ", &text);
    assert!(folded.starts_with("head  word word"));
    assert_eq!(folded.lines().count(), 2, "15 words and the head fill a line");
    for line in folded.lines().skip(1) {
        assert!(line.starts_with("      word"), "{line}");
    }
    assert!(folded.lines().all(|line| line.chars().count() <= COLUMNS), "{folded}");
    let long = "x".repeat(100);
    assert_eq!(hanging("", &long), long, "a path can still be copied");
}

#[test]
fn instants_are_utc() {
    let at = Timestamp(1_795_164_060_250);
    assert_eq!(utc(at), "2026-11-20 08:41:00 UTC");
    assert_eq!(iso(at), "2026-11-20T08:41:00.250Z");
    assert_eq!(iso(Timestamp(0)), "1970-01-01T00:00:00.000Z");
    assert_eq!(utc(Timestamp(i64::MAX)), format!("{} ms", i64::MAX));
}

#[test]
fn paths_are_as_short_as_they_can_be() {
    let (cwd, home) = (Some(Path::new("/home/ada/bot")), Some(Path::new("/home/ada")));
    for (path, shown) in [
        ("/home/ada/bot/agents/a.md", "agents/a.md"),
        ("/home/ada/bot/./agents/./a.md", "agents/a.md"),
        ("/home/ada/bot", "."),
        ("/home/ada/.claude/agents", "~/.claude/agents"),
        ("/home/ada", "~"),
        ("/srv/x", "/srv/x"),
        ("/home/adam/x", "/home/adam/x"),
    ] {
        assert_eq!(short_path_from(Path::new(path), cwd, home), shown);
    }
    assert_eq!(short_path_from(Path::new("/srv/./x"), None, None), "/srv/x");
}
