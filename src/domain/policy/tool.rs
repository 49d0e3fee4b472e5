//! The tools of all engines: what each name stands for, so that a list written for one engine bounds the others, too.

use super::names::{Class, Family, lookup, names_of};
use super::wildcard;

/// A tool as an engine wants to use it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolUse {
    /// The engine's own name for it.
    pub tool: String,
    /// What it does.
    pub kind: ToolKind,
    /// What it is used on.
    pub targets: Vec<Target>,
}

/// What a tool does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ToolKind {
    /// Reads files.
    Read,
    /// Looks for files, or in files.
    Search,
    /// Changes, creates, moves or removes files.
    Edit,
    /// Runs a command line.
    Command(String),
    /// Fetches something from an address.
    Fetch,
    /// Searches the web.
    WebSearch,
    /// Has another agent work.
    Agent,
    /// Takes up a skill.
    Skill,
    /// Changes nothing but the agent's own state: thoughts, to-do lists, questions.
    Inward,
    /// A tool of an MCP server.
    Mcp {
        /// The server.
        server: String,
        /// Its tool.
        tool: String,
    },
    /// Anything else.
    Other,
}

/// What a tool is used on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A file or directory, as an absolute path.
    Path(String),
    /// A web address.
    Url(String),
    /// Something that has a name: an agent, a skill.
    Name(String),
    /// No thing, but why it cannot be told what is done: only what allows the whole tool allows that.
    Unclear(&'static str),
    /// No thing, but why a person must see it, whatever allows the rest.
    Unjudged(&'static str),
}

impl ToolKind {
    pub(super) fn class(&self) -> Class {
        match self {
            Self::Read => Class::Read,
            Self::Search => Class::Search,
            Self::Edit => Class::Edit,
            Self::Command(_) => Class::Command,
            Self::Fetch => Class::Fetch,
            Self::WebSearch => Class::WebSearch,
            Self::Agent => Class::Agent,
            Self::Skill => Class::Skill,
            Self::Inward => Class::Inward,
            Self::Mcp { .. } => Class::Mcp,
            Self::Other => Class::Other,
        }
    }

    /// What a tool of this name does, as far as its name tells; a command's text is not known then.
    #[must_use]
    pub fn of_name(name: &str) -> Self {
        if let Some((server, tool)) = name.strip_prefix("mcp__").and_then(|rest| rest.split_once("__")) {
            return Self::Mcp { server: server.to_owned(), tool: tool.to_owned() };
        }
        match lookup(name).map(|(_, class)| class) {
            Some(Class::Read) => Self::Read,
            Some(Class::Search) => Self::Search,
            Some(Class::Edit) => Self::Edit,
            Some(Class::Command) => Self::Command(String::new()),
            Some(Class::Fetch) => Self::Fetch,
            Some(Class::WebSearch) => Self::WebSearch,
            Some(Class::Agent) => Self::Agent,
            Some(Class::Skill) => Self::Skill,
            Some(Class::Inward) => Self::Inward,
            Some(Class::Mcp | Class::Other) | None => Self::Other,
        }
    }
}

/// What a tool's name in a list stands for; `None` for one that no engine has.
pub(super) fn class_of(name: &str) -> Option<Class> {
    lookup(name).map(|(_, class)| class)
}

/// Claude Code's names for the tools that an entry of a list means; the entry itself when it is one of those, or of none.
#[must_use]
pub fn claude_names(entry: &str) -> Vec<String> {
    let (name, bounded) = entry.split_once('(').map_or((entry, false), |(name, _)| (name, true));
    match lookup(name.trim()) {
        None | Some((Family::Claude, _)) if !is_mcp_entry(entry) => vec![entry.to_owned()],
        None | Some((Family::Claude, _)) if entry.starts_with("mcp__") => vec![entry.to_owned()],
        Some((_, class)) if !bounded => names_of(Family::Claude, class, name.trim()),
        // What its tools are used on is judged when they ask.
        Some(_) | None => Vec::new(),
    }
}

/// Whether an entry of a list means tools of MCP servers.
#[must_use]
pub fn is_mcp_entry(name: &str) -> bool {
    name.starts_with("mcp_") || name.contains('/') && lookup(name).is_none()
}

/// Whether a name in a list means this tool. With `broadly`, all tools that do the same are meant. What a tool is called
/// counts where that is what it does; to forbid it, always.
pub(super) fn means(name: &str, used: &ToolUse, forbids: bool, broadly: bool) -> bool {
    let called = name == used.tool || name.contains('*') && wildcard::matches(name, &used.tool);
    if name == "*" || forbids && called {
        return true;
    }
    if let ToolKind::Mcp { server, tool } = &used.kind {
        return means_mcp(name, server, tool);
    }
    // Copilot's word for both.
    if name == "web" && used.kind == ToolKind::WebSearch {
        return true;
    }
    let its = lookup(&used.tool);
    let does = used.kind.class();
    let honest = its.map_or(does == Class::Other, |(_, class)| class == does);
    let Some((family, class)) = lookup(name) else {
        return honest && called;
    };
    if class != does {
        return false;
    }
    match its.filter(|_| honest) {
        // Two tools of one engine that do alike, such as Edit and Write. Task is the old name of Agent.
        Some((other, _)) if other == family && family != Family::Group && !broadly => {
            class == Class::Agent || name.eq_ignore_ascii_case(&used.tool)
        }
        Some(_) | None => true,
    }
}

/// `mcp__server__tool`, as Claude Code has it; `mcp_server_tool`, Gemini CLI; `server/tool`, Copilot; `server_tool`,
/// OpenCode. A server alone means all its tools.
fn means_mcp(name: &str, server: &str, tool: &str) -> bool {
    let names = [
        format!("mcp__{server}__{tool}"),
        format!("mcp_{server}_{tool}"),
        format!("{server}/{tool}"),
        format!("{server}_{tool}"),
    ];
    name == format!("mcp__{server}") || names.iter().any(|full| wildcard::matches(name, full))
}
