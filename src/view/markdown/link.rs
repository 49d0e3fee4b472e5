//! Which addresses a chat accepts behind a text.

/// Longer addresses cost more than they are worth once a text is split and each part repeats them.
const MAX_BYTES: usize = 2048;

/// Whether Telegram keeps a link to `url` behind a text. It drops others without a word: other schemes, relative
/// paths, hosts without a dot such as `localhost`.
pub(super) fn is_accepted(url: &str) -> bool {
    if url.len() > MAX_BYTES || url.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return false;
    }
    let Some((scheme, rest)) = url.split_once("://") else { return false };
    match scheme.to_ascii_lowercase().as_str() {
        "http" | "https" => has_public_host(rest),
        "tg" => rest.starts_with(|c: char| c.is_ascii_alphanumeric()),
        _ => false,
    }
}

fn has_public_host(rest: &str) -> bool {
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    if let Some(ipv6) = host.strip_prefix('[') {
        return ipv6.contains(']');
    }
    let name = host.split(':').next().unwrap_or_default();
    name.contains('.') && !name.starts_with('.') && !name.ends_with('.')
}

/// `url` as a person reads it, beside a text that cannot carry it.
pub(super) fn shown(url: &str) -> &str {
    url.strip_prefix("mailto:").unwrap_or(url)
}
