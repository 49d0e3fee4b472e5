//! Wildcards: in words and names, where `*` is any text and `?` any character; and in paths.

/// Whether a text fits a pattern in which `*` is any text and `?` any one character.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let text: Vec<char> = text.chars().collect();
    let (mut at, mut seen, mut star) = (0, 0, None);
    while seen < text.len() {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, seen));
                at += 1;
            }
            Some(c) if *c == '?' || *c == text[seen] => {
                at += 1;
                seen += 1;
            }
            // The last star takes one character more.
            Some(_) | None => match star.as_mut() {
                Some((begins, taken)) => {
                    *taken += 1;
                    (at, seen) = (*begins + 1, *taken);
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(|c| *c == '*')
}

/// Whether a relative path fits a glob in which `*` stays within a directory and `**` goes through any number of them.
/// A glob without a slash fits at any depth, and one that names a directory fits all that lies in it.
pub(super) fn matches_path(glob: &str, path: &str) -> bool {
    let anchored = glob.trim_end_matches('/').contains('/');
    let glob = glob.strip_prefix("./").unwrap_or(glob).trim_matches('/');
    let mut parts: Vec<&str> = glob.split('/').filter(|part| *part != ".").collect();
    if !anchored {
        parts.insert(0, "**");
    }
    let path: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let named = !glob.contains('*');
    fits(&parts, &path, named)
}

fn fits(glob: &[&str], path: &[&str], prefix: bool) -> bool {
    let skips = |at: usize| glob[at] == "**";
    let mut reached = Reached::new(glob.len(), skips);
    for name in path {
        if prefix && reached.all() {
            return true;
        }
        reached.step(skips, |at| matches(glob[at], name));
    }
    reached.all()
}

/// How much of a pattern has been met so far, in all ways at once.
pub(super) struct Reached(Vec<bool>);

impl Reached {
    /// Nothing was met but the parts that may stand for nothing: those that `skips`.
    pub(super) fn new(parts: usize, skips: impl Fn(usize) -> bool) -> Self {
        let mut reached = vec![false; parts + 1];
        reached[0] = true;
        let mut reached = Self(reached);
        reached.skip(skips);
        reached
    }

    fn skip(&mut self, skips: impl Fn(usize) -> bool) {
        for at in 0..self.0.len() - 1 {
            self.0[at + 1] |= self.0[at] && skips(at);
        }
    }

    /// The next thing is met by parts that `skips`, which remain, or by one that it `fits`.
    pub(super) fn step(&mut self, skips: impl Fn(usize) -> bool, fits: impl Fn(usize) -> bool) {
        let parts = self.0.len() - 1;
        let mut next = vec![false; parts + 1];
        for at in (0..parts).filter(|at| self.0[*at]) {
            if skips(at) {
                next[at] = true;
            } else if fits(at) {
                next[at + 1] = true;
            }
        }
        self.0 = next;
        self.skip(skips);
    }

    /// Whether the whole pattern was met.
    pub(super) fn all(&self) -> bool {
        self.0.last() == Some(&true)
    }

    /// Whether the pattern can still be met.
    pub(super) fn any(&self) -> bool {
        self.0.contains(&true)
    }
}

/// An absolute path without `.` and `..`; `None` when it is not absolute or holds what is in no path.
pub(super) fn resolved(root: &str, path: &str) -> Option<String> {
    if path.contains('\0') {
        return None;
    }
    let joined = if path.starts_with('/') { path.to_owned() } else { format!("{root}/{path}") };
    let mut parts: Vec<&str> = Vec::new();
    for part in joined.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    joined.starts_with('/').then(|| format!("/{}", parts.join("/")))
}

/// The part of an absolute path below a directory; empty for the directory itself.
pub(super) fn below<'p>(root: &str, path: &'p str) -> Option<&'p str> {
    let rest = path.strip_prefix(root.trim_end_matches('/'))?;
    if rest.is_empty() { Some(rest) } else { rest.strip_prefix('/') }
}

/// The host of a web address; `None` when it is not plain to see.
pub(super) fn host(url: &str) -> Option<String> {
    if !url.is_ascii() || url.contains(|c: char| c == '\\' || c.is_whitespace() || c.is_control()) {
        return None;
    }
    let (scheme, rest) = url.split_once("://")?;
    if !matches!(scheme.to_ascii_lowercase().as_str(), "http" | "https") {
        return None;
    }
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let place = authority.rsplit('@').next().unwrap_or_default();
    let host = if place.starts_with('[') { place } else { place.split(':').next().unwrap_or_default() };
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    (!host.is_empty() && !host.contains('%')).then_some(host)
}
