//! Finds what Telegram makes clickable by itself: commands, mentions, hashtags, links, mail addresses.

use crate::playground::model::Entity;

/// Top-level domains that make a bare name a link. Telegram knows all of them; these are the ones that
/// messages about software meet, file endings that happen to be countries included.
const TOP_LEVEL: [&str; 28] = [
    "ai", "app", "biz", "cc", "co", "com", "de", "dev", "edu", "eu", "fr", "gov", "info", "io", "it", "me",
    "ml", "net", "nl", "org", "pl", "py", "rs", "ru", "sh", "uk", "us", "md",
];
const SCHEMES: [&str; 5] = ["http", "https", "ftp", "tg", "ton"];

/// All finds, in order, without overlaps.
pub(super) fn find(text: &str) -> Vec<Entity> {
    let mut found = Vec::new();
    if !text.bytes().any(|byte| matches!(byte, b'/' | b'@' | b'#' | b'.')) {
        return found;
    }
    let mut units = 0;
    for word in text.split_inclusive(char::is_whitespace) {
        in_word(word.trim_end(), units, &mut found);
        units += super::utf16_len(word);
    }
    found
}

/// Looks into one stretch without blanks, which begins at `units`.
fn in_word(word: &str, units: usize, found: &mut Vec<Entity>) {
    if let Some((kind, begin, end)) = link(word) {
        let offset = units + super::utf16_len(&word[..begin]);
        found.push(Entity::plain(kind, offset, super::utf16_len(&word[begin..end])));
        return;
    }
    let mut previous: Option<char> = None;
    let mut skip_to = 0;
    for (at, c) in word.char_indices() {
        if at >= skip_to && matches!(c, '/' | '@' | '#') {
            let rest = &word[at + 1..];
            let hit = match c {
                '/' => command(previous, rest).map(|length| ("bot_command", length)),
                '@' => mention(previous, rest).map(|length| ("mention", length)),
                _ => hashtag(previous, rest).map(|length| ("hashtag", length)),
            };
            if let Some((kind, length)) = hit {
                let offset = units + super::utf16_len(&word[..at]);
                found.push(Entity::plain(kind, offset, 1 + super::utf16_len(&rest[..length])));
                skip_to = at + 1 + length;
            }
        }
        previous = Some(c);
    }
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Bytes of the leading run of name characters.
fn name_length(text: &str) -> usize {
    text.find(|c| !is_name(c)).unwrap_or(text.len())
}

/// Length after the slash.
fn command(previous: Option<char>, rest: &str) -> Option<usize> {
    if previous.is_some_and(|c| is_word(c) || matches!(c, '/' | '<' | '>')) {
        return None;
    }
    let name = name_length(rest);
    let mut end = name;
    if let Some(bot) = rest[name..].strip_prefix('@') {
        let length = name_length(bot);
        if (3..=32).contains(&length) {
            end += 1 + length;
        }
    }
    let next = rest[end..].chars().next();
    let ends_well = !next.is_some_and(|c| is_word(c) || matches!(c, '/' | '<' | '>'));
    ((1..=64).contains(&name) && ends_well).then_some(end)
}

/// Length after the `@`.
fn mention(previous: Option<char>, rest: &str) -> Option<usize> {
    let length = name_length(rest);
    let ends_well = !rest[length..].chars().next().is_some_and(is_word);
    (!previous.is_some_and(is_word) && (4..=32).contains(&length) && ends_well).then_some(length)
}

/// Length after the `#`.
fn hashtag(previous: Option<char>, rest: &str) -> Option<usize> {
    let length = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
    let has_letter = rest[..length].chars().any(|c| !c.is_numeric());
    (!previous.is_some_and(is_word) && length > 0 && length <= 256 && has_letter).then_some(length)
}

/// A link or mail address that fills the word but for punctuation around it: kind, begin and end in bytes.
fn link(word: &str) -> Option<(&'static str, usize, usize)> {
    let begin =
        word.len() - word.trim_start_matches(['(', '[', '{', '<', '"', '\'', '«', '*', '_', '`']).len();
    let mut body =
        word[begin..].trim_end_matches(['.', ',', ':', ';', '!', '?', '\'', '"', '>', '»', '*', '_', '`']);
    for (open, close) in [('(', ')'), ('[', ']'), ('{', '}')] {
        while body.ends_with(close) && !body.contains(open) {
            body = body[..body.len() - 1].trim_end_matches(['.', ',', ':', ';', '!', '?']);
        }
    }
    let end = begin + body.len();
    if let Some((scheme, rest)) = body.split_once("://") {
        let is_link = SCHEMES.iter().any(|known| known.eq_ignore_ascii_case(scheme)) && !rest.is_empty();
        return is_link.then_some(("url", begin, end));
    }
    let (host, kind) = match body.split_once('@') {
        Some((name, host))
            if !name.is_empty() && name.chars().all(|c| is_name(c) || matches!(c, '.' | '-' | '+')) =>
        {
            (host, "email")
        }
        Some(_) => return None,
        None => (body.split(['/', '?', '#', ':']).next().unwrap_or(""), "url"),
    };
    let is_label = |label: &str| {
        !label.is_empty() && label.chars().all(|c| is_name(c) || c == '-') && !label.starts_with('-')
    };
    let (front, last) = host.rsplit_once('.')?;
    let is_domain = TOP_LEVEL.contains(&last.to_ascii_lowercase().as_str()) && front.split('.').all(is_label);
    is_domain.then_some((kind, begin, end))
}
