//! Telling texts that are nested beyond reason, before the parser spends time on them.
//!
//! The parser looks at every open list and quotation for each line, so that time grows with depth times lines.

/// Markers of lists and quotations at the start of one line.
const MAX_MARKERS: usize = 200;

/// Columns by which lists can grow inward over several lines.
const MAX_INDENT: usize = 400;

/// Whether some line of `source` opens more lists and quotations than any person writes.
pub(super) fn is_absurd(source: &str) -> bool {
    source.lines().any(|line| is_absurd_start(line.as_bytes()))
}

fn is_absurd_start(line: &[u8]) -> bool {
    let (mut at, mut markers, mut spaces) = (0, 0, 0);
    while markers <= MAX_MARKERS && spaces <= MAX_INDENT {
        match line.get(at) {
            Some(b' ') => spaces += 1,
            Some(b'\t') => spaces += 4,
            Some(b'>') => markers += 1,
            Some(b'-' | b'*' | b'+') if ends_marker(line.get(at + 1)) => markers += 1,
            Some(b'0'..=b'9') => {
                let digits = line[at..].iter().take(10).take_while(|byte| byte.is_ascii_digit()).count();
                at += digits;
                if !matches!(line.get(at), Some(b'.' | b')')) || !ends_marker(line.get(at + 1)) {
                    return false;
                }
                markers += 1;
            }
            // Spaces with nothing behind them nest nothing, and code may be indented as it likes.
            _ => return false,
        }
        at += 1;
    }
    markers > MAX_MARKERS
        || line[at..].iter().find(|byte| !matches!(byte, b' ' | b'\t')).is_some_and(is_marker)
}

fn ends_marker(next: Option<&u8>) -> bool {
    matches!(next, None | Some(b' ' | b'\t' | b'\r'))
}

fn is_marker(byte: &u8) -> bool {
    matches!(byte, b'-' | b'*' | b'+' | b'>' | b'0'..=b'9')
}
