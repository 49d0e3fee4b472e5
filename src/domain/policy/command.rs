//! Patterns of commands, compared with the words of a command; and the commands that hide behind others.

use super::shell::{self, Word};
use super::wildcard;

/// Programs that run the command that their arguments name.
const WRAPPERS: [&str; 36] = [
    "sudo",
    "doas",
    "su",
    "env",
    "nice",
    "ionice",
    "nohup",
    "time",
    "timeout",
    "xargs",
    "parallel",
    "command",
    "builtin",
    "exec",
    "setsid",
    "stdbuf",
    "watch",
    "chroot",
    "unshare",
    "nsenter",
    "flock",
    "strace",
    "systemd-run",
    "pkexec",
    "runuser",
    "busybox",
    "find",
    "fd",
    "script",
    "entr",
    "eval",
    "chrt",
    "taskset",
    "trap",
    "npx",
    "bunx",
];

/// Programs that run a text of their arguments as a command line.
const SHELLS: [&str; 8] = ["sh", "bash", "zsh", "dash", "ksh", "ash", "fish", "mksh"];

/// How deep commands may hide behind each other.
const DEPTH: usize = 8;

/// How many words of a wrapper are looked at.
const WORDS: usize = 500;

/// A pattern such as `git push*`, `git:*` or `npm run test`.
#[derive(Debug)]
pub(super) struct Pattern {
    words: Vec<String>,
    /// Whether any further words fit.
    open: bool,
}

impl Pattern {
    pub(super) fn parse(text: &str) -> Self {
        let text = text.trim();
        let (text, prefix) = match text.strip_suffix(":*") {
            Some(prefix) => (prefix, true),
            None => (text, false),
        };
        let mut words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
        let open = prefix || words.last().is_some_and(|word| word.ends_with('*'));
        if words.last().is_some_and(|word| word.chars().all(|c| c == '*')) {
            words.pop();
        }
        Self { words, open }
    }

    /// Whether a command surely is one of these.
    pub(super) fn allows(&self, command: &[Word]) -> bool {
        let fits = |(pattern, word): (&String, &Word)| word.literal && wildcard::matches(pattern, &word.text);
        let long_enough = command.len() == self.words.len() || self.open && command.len() > self.words.len();
        long_enough && self.words.iter().zip(command).all(fits)
    }

    /// Whether a command may be one of these. A program is known by its name, wherever it lies, and what is expanded
    /// may turn out to be anything.
    pub(super) fn may_mean(&self, command: &[Word]) -> bool {
        let Some((program, rest)) = command.split_first() else { return false };
        let name = program.text.rsplit('/').next().unwrap_or_default();
        let Some((first, patterns)) = self.words.split_first() else { return self.open };
        let named = wildcard::matches(first, &program.text) || wildcard::matches(first, name);
        named && continues(patterns, rest, self.open)
    }
}

fn continues(patterns: &[String], words: &[Word], open: bool) -> bool {
    match (patterns.split_first(), words.split_first()) {
        (None, None) => true,
        (_, Some((word, _))) if !word.literal => true,
        (None, Some(_)) => open,
        (Some(_), None) => false,
        // A star in the middle may stand for any number of words.
        (Some((pattern, later)), Some(_)) if pattern == "*" => {
            (0..=words.len()).any(|skipped| continues(later, &words[skipped..], open))
        }
        (Some((pattern, later)), Some((word, rest))) => {
            wildcard::matches(pattern, &word.text) && continues(later, rest, open)
        }
    }
}

/// The commands that run behind these: those that a wrapper runs, and those in a text for a shell. In doubt, too many.
pub(super) fn behind(commands: &[Vec<Word>]) -> Vec<Vec<Word>> {
    let mut found = Vec::new();
    for command in commands {
        look_behind(command, DEPTH, &mut found);
    }
    found
}

fn look_behind(command: &[Word], depth: usize, found: &mut Vec<Vec<Word>>) {
    let Some((program, rest)) = command.split_first() else { return };
    let name = program.text.rsplit('/').next().unwrap_or_default();
    let (wraps, is_shell) = (WRAPPERS.contains(&name), SHELLS.contains(&name));
    if depth == 0 || !(wraps || is_shell) {
        return;
    }
    for (at, word) in rest.iter().enumerate().take(WORDS) {
        if wraps && !word.text.starts_with('-') {
            found.push(rest[at..].to_vec());
        }
        let nested = is_shell_of(word) && wraps;
        if nested {
            look_behind(&rest[at..], depth - 1, found);
        }
        if word.text.contains(char::is_whitespace) || is_shell {
            let line = shell::read(&word.text);
            for inner in line.commands.into_iter().chain(line.hidden) {
                look_behind(&inner, depth - 1, found);
                found.push(inner);
            }
        }
    }
}

fn is_shell_of(word: &Word) -> bool {
    let name = word.text.rsplit('/').next().unwrap_or_default();
    SHELLS.contains(&name)
}
