//! What a command line runs, as far as its words tell: a small reader of the shell's grammar.
//!
//! It never guesses. Whatever could run or write something that is not written out makes the line *opaque*; the
//! commands that can be seen in it are named all the same, so that what is forbidden is found there too.

use std::iter;

/// A word of a command, after its quotes are removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) text: String,
    /// Whether the command gets just this text: nothing in it is expanded.
    pub(super) literal: bool,
}

/// A command line, taken apart.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Line {
    /// The simple commands that it runs one after the other.
    pub(super) commands: Vec<Vec<Word>>,
    /// Commands inside of substitutions.
    pub(super) hidden: Vec<Vec<Word>>,
    /// Why it cannot be told what it runs, for a person.
    pub(super) opaque: Option<&'static str>,
}

/// Words that begin something larger than a simple command.
const RESERVED: [&str; 21] = [
    "{", "}", "!", "if", "then", "elif", "else", "fi", "for", "while", "until", "do", "done", "case", "esac",
    "select", "function", "in", "coproc", "time", "[[",
];

/// Commands that run, or will run, what their words say.
const RUN_TEXT: [&str; 6] = ["eval", "source", ".", "trap", "alias", "exec"];

/// How deep substitutions may stand in each other.
const DEPTH: usize = 16;

/// How long a line may be, in bytes.
const LONGEST: usize = 64 * 1024;

const LONG: &str = "it is too long";
const SUBSTITUTES: &str = "it contains another command";
const EXPANDS: &str = "it contains an expansion";
const REDIRECTS: &str = "it redirects to or from a file";
const GROUPS: &str = "it groups commands";
const UNBALANCED: &str = "its quotes do not match";
const CONTROLS: &str = "it contains control characters";
const COMMENTS: &str = "it contains a comment";
const PROGRAM: &str = "its program is not written out";
const ASSIGNS: &str = "it sets variables";
const RUNS_TEXT: &str = "it runs text as a command";
const INCOMPLETE: &str = "it is not complete";
const DEEP: &str = "it is nested too deeply";

/// Takes a command line apart.
pub(super) fn read(text: &str) -> Line {
    if text.len() > LONGEST {
        return Line { opaque: Some(LONG), ..Line::default() };
    }
    let mut reader = Reader { chars: text.chars().collect(), at: 0, depth: 0, line: Line::default() };
    reader.list(None);
    reader.line
}

struct Reader {
    chars: Vec<char>,
    at: usize,
    depth: usize,
    line: Line,
}

/// The command that is being read.
#[derive(Default)]
struct Current {
    words: Vec<Word>,
    word: Option<Word>,
    /// Where `&>` stood: to some shells a command ends there.
    broken: Vec<usize>,
}

impl Current {
    fn push(&mut self, c: char, literal: bool) {
        let word = self.word.get_or_insert_with(|| Word { text: String::new(), literal: true });
        word.text.push(c);
        word.literal &= literal;
    }

    /// Quotes make a word even where nothing is between them.
    fn quote(&mut self) {
        self.word.get_or_insert_with(|| Word { text: String::new(), literal: true });
    }

    fn expand(&mut self) {
        self.push('$', false);
    }

    fn end_word(&mut self) {
        self.words.extend(self.word.take());
    }
}

impl Reader {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += 1;
        Some(c)
    }

    fn follows(&mut self, c: char) -> bool {
        let follows = self.peek() == Some(c);
        self.at += usize::from(follows);
        follows
    }

    fn opaque(&mut self, why: &'static str) {
        self.line.opaque.get_or_insert(why);
    }

    /// Commands up to `end`, or to the end of the text.
    fn list(&mut self, end: Option<char>) {
        let mut current = Current::default();
        while let Some(c) = self.next() {
            if Some(c) == end {
                self.end_command(&mut current);
                return;
            }
            match c {
                ' ' | '\t' => current.end_word(),
                '\n' => self.end_command(&mut current),
                ';' | '|' | '&' => self.operator(c, &mut current),
                '\'' => self.single(&mut current),
                '"' => self.double(&mut current),
                '\\' => self.escape(&mut current),
                '`' => self.backticks(&mut current, false),
                '$' => self.dollar(&mut current, false),
                '<' | '>' => self.redirection(c, &mut current),
                '(' | ')' => {
                    self.opaque(GROUPS);
                    self.end_command(&mut current);
                }
                '{' | '}' => {
                    self.opaque(EXPANDS);
                    current.push(c, false);
                }
                '*' | '?' | '[' => current.push(c, false),
                '~' if current.word.is_none() => current.push(c, false),
                '#' if current.word.is_none() => self.comment(),
                c if c.is_control() => {
                    self.opaque(CONTROLS);
                    current.end_word();
                }
                c => current.push(c, true),
            }
        }
        if end.is_some() {
            self.opaque(UNBALANCED);
        }
        self.end_command(&mut current);
    }

    fn operator(&mut self, c: char, current: &mut Current) {
        if c == '&' && self.peek() == Some('>') {
            // One redirection to some shells; to others the command goes on in the background, and another begins.
            self.opaque(REDIRECTS);
            current.end_word();
            current.broken.push(current.words.len());
            return;
        }
        if c == ';' && self.peek() == Some(';') {
            self.opaque(GROUPS);
        }
        // `&&`, `||` and `|&` are one operator.
        let _ = (c != ';' && self.follows(c)) || (c == '|' && self.follows('&'));
        if current.words.is_empty() && current.word.is_none() {
            self.opaque(INCOMPLETE);
        }
        self.end_command(current);
    }

    fn single(&mut self, current: &mut Current) {
        current.quote();
        while let Some(c) = self.next() {
            match c {
                '\'' => return,
                c if c.is_control() && c != '\n' && c != '\t' => self.opaque(CONTROLS),
                c => current.push(c, true),
            }
        }
        self.opaque(UNBALANCED);
    }

    fn double(&mut self, current: &mut Current) {
        current.quote();
        while let Some(c) = self.next() {
            match c {
                '"' => return,
                '`' => self.backticks(current, true),
                '$' => self.dollar(current, true),
                '\\' => match self.next() {
                    Some('\n') => {}
                    Some(c @ ('$' | '`' | '"' | '\\')) => current.push(c, true),
                    Some(c) => {
                        current.push('\\', true);
                        current.push(c, true);
                    }
                    None => self.opaque(UNBALANCED),
                },
                c if c.is_control() && c != '\n' && c != '\t' => self.opaque(CONTROLS),
                c => current.push(c, true),
            }
        }
        self.opaque(UNBALANCED);
    }

    fn escape(&mut self, current: &mut Current) {
        match self.next() {
            Some('\n') => {}
            Some(c) if c.is_control() => self.opaque(CONTROLS),
            Some(c) => current.push(c, true),
            None => self.opaque(UNBALANCED),
        }
    }

    fn backticks(&mut self, current: &mut Current, quoted: bool) {
        current.expand();
        let mut inside = String::new();
        loop {
            match self.next() {
                Some('`') => break,
                Some('\\') => match self.next() {
                    Some(c @ ('$' | '`' | '\\')) => inside.push(c),
                    Some('"') if quoted => inside.push('"'),
                    other => inside.extend(iter::once('\\').chain(other)),
                },
                Some(c) => inside.push(c),
                None => return self.opaque(UNBALANCED),
            }
        }
        self.opaque(SUBSTITUTES);
        if self.depth < DEPTH {
            let mut reader =
                Self { chars: inside.chars().collect(), at: 0, depth: self.depth + 1, line: Line::default() };
            reader.list(None);
            self.line.hidden.append(&mut reader.line.commands);
            self.line.hidden.append(&mut reader.line.hidden);
        }
    }

    fn dollar(&mut self, current: &mut Current, quoted: bool) {
        match self.peek() {
            Some('(') => {
                self.at += 1;
                current.expand();
                self.substitution();
            }
            Some('{') => self.braces(current),
            Some('[') => {
                self.opaque(EXPANDS);
                current.expand();
            }
            Some('\'' | '"') if !quoted => {
                self.opaque(EXPANDS);
                current.expand();
            }
            Some(c) if c.is_ascii_alphanumeric() || "_?@*#$!-".contains(c) => {
                current.expand();
                if !c.is_ascii_alphabetic() && c != '_' {
                    self.at += 1;
                }
                while self.peek().is_some_and(|c| c.is_ascii_alphanumeric() || c == '_') {
                    self.at += 1;
                }
            }
            _ => current.push('$', true),
        }
    }

    /// `${NAME}` is a variable; anything else within the braces may run commands or set variables.
    fn braces(&mut self, current: &mut Current) {
        current.expand();
        let name =
            self.chars[self.at + 1..].iter().take_while(|c| c.is_ascii_alphanumeric() || **c == '_').count();
        if name > 0 && self.chars.get(self.at + 1 + name) == Some(&'}') {
            self.at += name + 2;
        } else {
            self.at += 1;
            self.opaque(EXPANDS);
        }
    }

    /// A substitution whose opening parenthesis has been read: its commands are hidden ones.
    fn substitution(&mut self) {
        self.opaque(SUBSTITUTES);
        if self.depth == DEPTH {
            // Whatever follows is no longer told apart.
            self.opaque(DEEP);
            self.at = self.chars.len();
            return;
        }
        let shown = std::mem::take(&mut self.line.commands);
        self.depth += 1;
        self.list(Some(')'));
        self.depth -= 1;
        let mut inside = std::mem::replace(&mut self.line.commands, shown);
        self.line.hidden.append(&mut inside);
    }

    /// Only what goes nowhere, or where another stream goes, is no file.
    fn redirection(&mut self, c: char, current: &mut Current) {
        let digits = |word: &Word| word.text.chars().all(|c| c.is_ascii_digit());
        if current.word.as_ref().is_some_and(|word| word.text.len() == 1) && self.is_after_stream() {
            current.word = None;
        } else if current.word.as_ref().is_some_and(digits) {
            // A stream to some shells, a word to others.
            self.opaque(REDIRECTS);
        }
        current.end_word();
        if self.follows('(') {
            return self.substitution();
        }
        let duplicates = self.follows('&');
        // `>>` is as `>`.
        let _ = c == '>' && !duplicates && self.follows('>');
        let plain = duplicates || !matches!(self.peek(), Some('<' | '>' | '|'));
        while !duplicates && self.peek().is_some_and(|c| matches!(c, '<' | '>' | '|')) {
            self.at += 1;
        }
        while self.peek() == Some(' ') {
            self.at += 1;
        }
        let stops = |c: &char| !(c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '.' | '_'));
        let length = self.chars[self.at..].iter().position(stops).unwrap_or(self.chars.len() - self.at);
        let target: String = self.chars[self.at..self.at + length].iter().collect();
        let ends = self.chars.get(self.at + length).is_none_or(|c| " \t\n;|&)".contains(*c));
        let harmless =
            ends && (target == "/dev/null" || duplicates && matches!(target.as_str(), "-" | "0" | "1" | "2"));
        // The file is no word of the command.
        self.at += if ends { length } else { 0 };
        if !plain || !harmless {
            self.opaque(REDIRECTS);
        }
    }

    /// Whether one plain digit stands before the redirection whose sign has been read: just that is a stream to all.
    fn is_after_stream(&self) -> bool {
        let before = |count: usize| self.at.checked_sub(count).and_then(|at| self.chars.get(at));
        before(2).is_some_and(char::is_ascii_digit) && before(3).is_none_or(|c| " \t;|&".contains(*c))
    }

    fn comment(&mut self) {
        while self.peek().is_some_and(|c| c != '\n') {
            self.at += 1;
        }
        self.opaque(COMMENTS);
    }

    fn end_command(&mut self, current: &mut Current) {
        current.end_word();
        let mut words = std::mem::take(&mut current.words);
        let (mut begins, broken) = (0, std::mem::take(&mut current.broken));
        for ends in broken.iter().copied().chain((!broken.is_empty()).then_some(words.len())) {
            let part = &words[begins..ends];
            let part = part[self.program(part)..].to_vec();
            self.line.hidden.extend((!part.is_empty()).then_some(part));
            begins = ends;
        }
        words.drain(..self.program(&words));
        let Some(program) = words.first() else { return };
        if !program.literal || program.text.is_empty() {
            self.opaque(PROGRAM);
        } else if RUN_TEXT.contains(&program.text.as_str()) {
            self.opaque(RUNS_TEXT);
        }
        self.line.commands.push(words);
    }

    /// Where the program stands behind what may come before it.
    fn program(&mut self, words: &[Word]) -> usize {
        let mut is_before = |word: &&Word| {
            if RESERVED.contains(&word.text.as_str()) {
                self.opaque(GROUPS);
            } else if assigns(&word.text) {
                self.opaque(ASSIGNS);
            } else {
                return false;
            }
            true
        };
        words.iter().take_while(|word| is_before(word)).count()
    }
}

/// Whether a word before a command sets a variable. Quotes make no difference here: what is in doubt is opaque.
fn assigns(word: &str) -> bool {
    let Some((name, _)) = word.split_once('=') else { return false };
    let name = name.strip_suffix('+').unwrap_or(name);
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '[' | ']'))
}
