//! The chat's commands: a pure parser from a text to what it asks for.

use super::ids::TaskId;

/// A command of the chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Say hello.
    Start,
    /// Say what there is.
    Help,
    /// Browse the agents; only those with these words, if any.
    Agents(Option<String>),
    /// Choose an agent, and start it when a prompt follows.
    Agent {
        /// The agent's name as written.
        name: Option<String>,
        /// What it shall do.
        prompt: Option<String>,
    },
    /// Let agents carry out a request one after the other; who and what is written behind it.
    Chain(String),
    /// Let agents carry out the same request side by side; who and what is written behind it.
    Race(String),
    /// Begin a new session.
    New,
    /// Show the sessions that can be continued.
    Continue,
    /// Stop a task; the conversation's running one when `None`.
    Stop(Option<TaskId>),
    /// List tasks.
    Tasks,
    /// Show one task.
    Task(Option<TaskId>),
    /// Show what goes on.
    Status,
    /// Show open approvals.
    Approvals,
    /// Show what was used.
    Usage,
    /// Show or choose the workspace.
    Workspace(Option<String>),
    /// Show or choose the engine.
    Engine(Option<String>),
    /// Show the settings.
    Settings,
    /// Show who one is to the bot.
    Whoami,
}

/// A command's name and its one-line description, as offered in the chat's command list.
pub const COMMANDS: &[(&str, &str)] = &[
    ("agent", "Run an agent: /agent NAME PROMPT"),
    ("agents", "Browse the agents: /agents, /agents go"),
    ("chain", "Agents one after the other: /chain A > B PROMPT"),
    ("race", "Agents side by side: /race A, B PROMPT"),
    ("stop", "Stop the running task"),
    ("new", "Begin a new session"),
    ("continue", "Go on with an earlier session"),
    ("status", "What is going on here"),
    ("tasks", "Earlier tasks"),
    ("task", "One task: /task 42"),
    ("approvals", "What waits for an answer"),
    ("usage", "What was used: tokens and cost"),
    ("workspace", "Show or choose the workspace"),
    ("engine", "Show or choose the engine"),
    ("settings", "What the card shows, what rings"),
    ("whoami", "Your user id and role"),
    ("help", "How it works"),
];

/// Whether a name, in any case, is that of a command of ours.
#[must_use]
pub fn is_ours(name: &str) -> bool {
    // The one that every bot has, and that no list offers.
    COMMANDS.iter().map(|(ours, _)| *ours).chain(["start"]).any(|ours| ours.eq_ignore_ascii_case(name))
}

/// Whether chats take a name for a command, so that it can be tapped.
#[must_use]
pub fn can_be_tapped(name: &str) -> bool {
    !name.is_empty() && name.len() <= LONGEST_COMMAND && name.chars().all(is_name_character)
}

/// How a text is to be understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Parsed {
    /// A command of ours.
    Command(Command),
    /// Words for the conversation, trimmed; may be empty.
    Text(String),
    /// A command, or a command's argument, that we do not understand; says what is expected.
    Invalid {
        /// The command in lower case, with its slash.
        command: String,
        /// What follows it.
        arguments: String,
        /// What would have been right, if the command itself is known.
        expected: Option<&'static str>,
    },
    /// A command for another bot.
    OtherBot,
}

/// Longest command that Telegram knows, in characters. What is longer is prose.
const LONGEST_COMMAND: usize = 32;

/// Reads a text. `bot` is this bot's username without `@`.
#[must_use]
pub fn parse(text: &str, bot: &str) -> Parsed {
    // First the mention: `@bot /stop` is a command too, and must not become a prompt.
    let text = without_mention(trimmed(text), bot);
    let Some(rest) = text.strip_prefix('/') else {
        return Parsed::Text(text.to_owned());
    };
    let (head, arguments) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    // Nor must `/stop!`.
    let head = head.trim_end_matches(['.', ',', ':', ';', '!', '?']);
    let (name, addressee) = head.split_once('@').map_or((head, None), |(n, b)| (n, Some(b)));
    let plain = |word: &str| !word.is_empty() && word.chars().all(is_name_character);
    if !can_be_tapped(name) || !addressee.is_none_or(plain) {
        // A path such as "/etc/hosts is wrong" is prose, not a command.
        return Parsed::Text(text.to_owned());
    }
    if addressee.is_some_and(|b| !b.eq_ignore_ascii_case(bot)) {
        return Parsed::OtherBot;
    }
    command(&name.to_ascii_lowercase(), trimmed(arguments))
}

/// Whether a character may be part of a command's name or of a username.
fn is_name_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// The text without white space around it, nor marks that have no width: pasted text and keyboards for
/// right-to-left scripts put them before a slash, and a message of nothing else says nothing.
fn trimmed(text: &str) -> &str {
    text.trim_matches(|c: char| {
        c.is_whitespace()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
    })
}

fn command(name: &str, arguments: &str) -> Parsed {
    let invalid =
        |expected| Parsed::Invalid { command: format!("/{name}"), arguments: arguments.to_owned(), expected };
    let word = || Some(arguments).filter(|a| !a.is_empty()).map(str::to_owned);
    Parsed::Command(match name {
        "start" => Command::Start,
        "help" => Command::Help,
        "agents" => Command::Agents(word()),
        "agent" => agent(arguments),
        "chain" => Command::Chain(arguments.to_owned()),
        "race" => Command::Race(arguments.to_owned()),
        "new" => Command::New,
        "continue" => Command::Continue,
        "stop" => match task(arguments) {
            Ok(task) => Command::Stop(task),
            Err(()) => return invalid(Some("/stop, or /stop 42")),
        },
        "tasks" => Command::Tasks,
        "task" => match task(arguments) {
            Ok(task) => Command::Task(task),
            Err(()) => return invalid(Some("/task 42")),
        },
        "status" => Command::Status,
        "approvals" => Command::Approvals,
        "usage" => Command::Usage,
        "workspace" => Command::Workspace(word()),
        "engine" => Command::Engine(word()),
        "settings" => Command::Settings,
        "whoami" => Command::Whoami,
        _ => return invalid(None),
    })
}

fn agent(arguments: &str) -> Command {
    if arguments.is_empty() {
        return Command::Agent { name: None, prompt: None };
    }
    let (name, prompt) = arguments.split_once(char::is_whitespace).unwrap_or((arguments, ""));
    let prompt = Some(trimmed(prompt)).filter(|p| !p.is_empty()).map(str::to_owned);
    Command::Agent { name: Some(name.to_owned()), prompt }
}

fn task(arguments: &str) -> Result<Option<TaskId>, ()> {
    if arguments.is_empty() {
        return Ok(None);
    }
    let digits = arguments.strip_prefix('#').unwrap_or(arguments);
    digits.parse().ok().filter(|n| *n > 0).map(|n| Some(TaskId(n))).ok_or(())
}

/// Whether a text calls the bot by its name.
#[must_use]
pub fn mentions(text: &str, bot: &str) -> bool {
    mention(text, bot).is_some()
}

/// The byte range of `@bot` as a whole word, in any case.
fn mention(text: &str, bot: &str) -> Option<std::ops::Range<usize>> {
    text.match_indices('@').find_map(|(at, _)| {
        let end = at + 1 + bot.len();
        let named = text.get(at + 1..end).is_some_and(|word| word.eq_ignore_ascii_case(bot));
        let whole = text.get(end..).is_some_and(|rest| !rest.starts_with(is_name_character));
        // An e-mail address is no mention, in whatever script its first part is.
        let separate = !text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
        (named && whole && separate).then_some(at..end)
    })
}

/// The text without a mention of the bot at its very start or end, where it is only an address.
fn without_mention<'a>(text: &'a str, bot: &str) -> &'a str {
    match mention(text, bot) {
        Some(range) if range.start == 0 => trimmed(text[range.end..].trim_start_matches([',', ':'])),
        Some(range) if range.end == text.len() => trimmed(&text[..range.start]),
        Some(_) | None => text,
    }
}

#[cfg(test)]
mod tests;
