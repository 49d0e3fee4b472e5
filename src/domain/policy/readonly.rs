//! Commands that only look: what an agent in plan mode may run. A closed list, and in doubt a command is not on it.

use super::shell::{self, Word};

/// A program that reads, with the options by which it would do more.
struct Program {
    name: &'static str,
    /// The first word after it must be one of these, if there are any.
    verbs: &'static [&'static str],
    /// How options begin that write or run something, also when they are abbreviated.
    options: &'static [&'static str],
    /// The same for letters, alone or in a cluster such as `-uo`.
    letters: &'static str,
}

/// Programs of which no option writes or runs anything.
const HARMLESS: [&str; 42] = [
    "cat",
    "ls",
    "pwd",
    "cd",
    "wc",
    "head",
    "tail",
    "grep",
    "egrep",
    "fgrep",
    "stat",
    "du",
    "df",
    "basename",
    "dirname",
    "realpath",
    "readlink",
    "which",
    "whoami",
    "id",
    "uname",
    "echo",
    "true",
    "false",
    "test",
    "cut",
    "tr",
    "nl",
    "tac",
    "rev",
    "comm",
    "cmp",
    "diff",
    "md5sum",
    "sha1sum",
    "sha256sum",
    "strings",
    "od",
    "jq",
    "ps",
    "nproc",
    "printenv",
];

const OTHERS: &[Program] = &[
    Program {
        name: "find",
        verbs: &[],
        options: &["-delete", "-exec", "-ok", "-fprint", "-fls", "-files0-from"],
        letters: "",
    },
    Program {
        name: "sort",
        verbs: &[],
        options: &["--output", "--compress-program", "--temporary-directory"],
        letters: "oT",
    },
    Program { name: "tree", verbs: &[], options: &["--output"], letters: "oR" },
    Program { name: "rg", verbs: &[], options: &["--pre", "--hostname-bin"], letters: "" },
    Program {
        name: "git",
        verbs: &[
            "status",
            "diff",
            "log",
            "show",
            "blame",
            "ls-files",
            "ls-tree",
            "rev-parse",
            "rev-list",
            "describe",
            "shortlog",
        ],
        options: &["--output", "--ext-diff", "--textconv", "--paginate"],
        letters: "",
    },
];

/// Programs of those that are not about the files that they name: they go elsewhere, or tell of the machine.
const NOT_ABOUT_FILES: [&str; 7] = ["cd", "ps", "printenv", "jq", "id", "df", "which"];

/// The option of several programs that names a file with the names of files.
const LIST_OF_FILES: &str = "--files0-from";

/// The operands of a command line that only looks, which may be files; `None` for any other. Some engines have no tools
/// for reading and run commands for it.
#[must_use]
pub fn operands_of_reading(command: &str) -> Option<Vec<String>> {
    let line = shell::read(command);
    let looks = line.opaque.is_none()
        && !line.commands.is_empty()
        && line.commands.iter().all(|words| only_looks(words) && names_its_files(words));
    let operands = line.commands.into_iter().flat_map(|words| words.into_iter().skip(1));
    looks.then(|| operands.map(|word| word.text).filter(|word| !word.starts_with('-')).collect())
}

/// Whether the operands of a command are all that it reads, as they are written.
fn names_its_files(command: &[Word]) -> bool {
    let Some((program, rest)) = command.split_first() else { return false };
    let tells = |word: &Word| {
        let option = word.text.starts_with('-') && word.text.len() > 1;
        let lists = word.text.len() > 2 && LIST_OF_FILES.starts_with(&word.text);
        word.literal && !word.text.starts_with('~') && !(option && (lists || word.text.contains(['/', '='])))
    };
    !NOT_ABOUT_FILES.contains(&program.text.as_str()) && rest.iter().all(tells)
}

/// Whether a command surely changes nothing.
pub(super) fn only_looks(command: &[Word]) -> bool {
    let Some((program, rest)) = command.split_first() else { return false };
    if !program.literal {
        return false;
    }
    if program.text == "sed" {
        return prints_lines(rest);
    }
    if HARMLESS.contains(&program.text.as_str()) {
        return true;
    }
    let Some(known) = OTHERS.iter().find(|known| known.name == program.text) else { return false };
    let verb_fits = known.verbs.is_empty()
        || rest.first().is_some_and(|verb| verb.literal && known.verbs.contains(&verb.text.as_str()));
    // What is expanded may turn out to be an option.
    verb_fits && rest.iter().all(|word| word.literal && !known.refuses(&word.text))
}

/// Whether `sed` only prints some lines, as in `sed -n 1,20p file`. Its scripts can write files and run commands.
fn prints_lines(words: &[Word]) -> bool {
    let [quiet, script, files @ ..] = words else { return false };
    let lines = script.text.strip_suffix('p').unwrap_or_default();
    quiet.text == "-n"
        && !lines.is_empty()
        && lines.chars().all(|c| c.is_ascii_digit() || matches!(c, ',' | '$'))
        && words.iter().all(|word| word.literal)
        && !files.iter().any(|file| file.text.starts_with('-'))
}

impl Program {
    fn refuses(&self, word: &str) -> bool {
        let name = word.split('=').next().unwrap_or(word);
        let long = |option: &str| word.starts_with(option) || name.len() > 2 && option.starts_with(name);
        let cluster = word.starts_with('-') && !word.starts_with("--");
        self.options.iter().any(|option| long(option))
            || cluster && word.contains(|c: char| self.letters.contains(c))
    }
}
