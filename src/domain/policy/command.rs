//! Patterns of commands, compared with the words of a command; and the commands that hide behind others.

use super::shell::{self, Word};
use super::wildcard::{self, Reached};

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

/// Wrappers that run a text of their arguments as a command line, too.
const RUN_TEXT: [&str; 8] = ["su", "runuser", "watch", "script", "flock", "parallel", "entr", "eval"];

/// Wrappers that start a shell when they are given no program.
const OPEN_SHELLS: [&str; 8] = ["sudo", "doas", "su", "chroot", "unshare", "nsenter", "script", "parallel"];

/// How deep commands may hide behind each other.
const DEPTH: usize = 8;

/// How many words of a wrapper are looked at.
const WORDS: usize = 500;

/// How much is looked at behind the commands of a line, in bytes.
const WORK: usize = 2_000_000;

const DEEP: &str = "its commands are nested too deeply";
const LONG: &str = "it is too long to be looked through";
const UNTOLD: &str = "it does not say what it runs";

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
        let name = name(program);
        let Some((first, patterns)) = self.words.split_first() else { return self.open };
        let named = wildcard::matches(first, &program.text) || wildcard::matches(first, name);
        named && continues(patterns, rest, self.open)
    }
}

fn continues(patterns: &[String], words: &[Word], open: bool) -> bool {
    // A star in the middle may stand for any number of words.
    let skips = |at: usize| patterns[at] == "*";
    let mut reached = Reached::new(patterns.len(), skips);
    for word in words {
        if !word.literal && reached.any() || open && reached.all() {
            return true;
        }
        reached.step(skips, |at| wildcard::matches(&patterns[at], &word.text));
    }
    reached.all()
}

/// The commands that run behind these: those that a wrapper runs, and those in a text for a shell. In doubt, too many.
/// Says also why there may be more than these.
pub(super) fn behind<'c>(
    commands: impl Iterator<Item = &'c Vec<Word>>,
) -> (Vec<Vec<Word>>, Option<&'static str>) {
    let mut search = Search { found: Vec::new(), doubt: None, left: WORK };
    for command in commands {
        search.look_behind(command, DEPTH);
    }
    (search.found, search.doubt)
}

struct Search {
    found: Vec<Vec<Word>>,
    doubt: Option<&'static str>,
    /// How much more is looked at, in bytes.
    left: usize,
}

impl Search {
    fn look_behind(&mut self, command: &[Word], depth: usize) {
        let Some((program, rest)) = command.split_first() else { return };
        let name = name(program);
        let (wraps, is_shell) = (WRAPPERS.contains(&name), SHELLS.contains(&name));
        if !(wraps || is_shell) {
            return;
        }
        if depth == 0 || self.left == 0 {
            return self.doubts(DEEP);
        }
        if rest.len() > WORDS {
            self.doubts(LONG);
        }
        let bare = OPEN_SHELLS.contains(&name) && rest.iter().all(|word| word.text.starts_with('-'));
        let hides = bare || if is_shell { runs_untold(rest) } else { wraps_untold(rest) };
        if hides {
            self.doubts(UNTOLD);
        }
        let runs_text = is_shell || RUN_TEXT.contains(&name);
        for (at, word) in rest.iter().enumerate().take(WORDS) {
            if wraps && !word.text.starts_with('-') && self.affords(&rest[at..]) {
                self.found.push(rest[at..].to_vec());
            }
            if wraps && SHELLS.contains(&self::name(word)) {
                self.look_behind(&rest[at..], depth - 1);
            }
            if (is_shell || word.text.contains(char::is_whitespace)) && self.affords(&rest[at..=at]) {
                self.text(&word.text, runs_text, depth);
            }
        }
    }

    /// A text that may be run as a command line.
    fn text(&mut self, text: &str, runs: bool, depth: usize) {
        let line = shell::read(text);
        if let Some(why) = line.opaque.filter(|_| runs) {
            self.doubts(why);
        }
        for inner in line.commands.into_iter().chain(line.hidden) {
            self.look_behind(&inner, depth - 1);
            self.found.push(inner);
        }
    }

    fn doubts(&mut self, why: &'static str) {
        self.doubt.get_or_insert(why);
    }

    /// Whether there is room for these words; each takes some, however short it is.
    fn affords(&mut self, words: &[Word]) -> bool {
        let size = words.iter().map(|word| word.text.len() + 8).sum();
        match self.left.checked_sub(size) {
            Some(left) => self.left = left,
            None => {
                self.left = 0;
                self.doubts(LONG);
                return false;
            }
        }
        true
    }
}

/// Whether a shell runs something else than a text behind `-c`: a file, what it is given, or what is expanded.
fn runs_untold(words: &[Word]) -> bool {
    let option = |text: &str| text.starts_with(['-', '+']);
    let before = |at: usize| at.checked_sub(1).and_then(|at| words.get(at)).map(|word| word.text.as_str());
    let set = |at: usize| matches!(before(at), Some("-o" | "+o" | "-O" | "+O"));
    let operand = words.iter().enumerate().position(|(at, word)| !option(&word.text) && !set(at));
    let flag = |word: &Word| !word.text.starts_with("--") && word.text.contains('c');
    let told =
        operand.is_some_and(|at| words[..at].iter().enumerate().any(|(at, word)| flag(word) && !set(at)));
    !told || words.iter().any(|word| !word.literal)
}

/// Whether the program behind a wrapper may be an expansion: one before which nothing stands that could be a program.
fn wraps_untold(words: &[Word]) -> bool {
    let runs = |word: &Word| word.text.starts_with("-exec") || word.text.starts_with("-ok");
    if words.windows(2).any(|pair| runs(&pair[0]) && !pair[1].literal) {
        return true;
    }
    let mut after_option = false;
    for word in words {
        let option = word.text.starts_with('-');
        if !word.literal {
            return true;
        }
        if !option
            && !after_option
            && !word.text.contains('=')
            && !word.text.starts_with(|c: char| c.is_ascii_digit())
        {
            return false;
        }
        after_option = option;
    }
    false
}

/// What a program is called, wherever it lies.
fn name(program: &Word) -> &str {
    program.text.rsplit('/').next().unwrap_or_default()
}
