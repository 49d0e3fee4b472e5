//! One entry of a list of tools, or the head of a rule: which tools it means, and what they must be used on.

use super::command::{self, Pattern};
use super::names::Class;
use super::shell::{self, Word};
use super::tool::{Target, ToolKind, ToolUse, means};
use super::wildcard::{below, host, matches, matches_path, resolved};

/// OpenCode's word for all that lies outside of the workspace.
const OUTSIDE: &str = "external_directory";

/// How `*` is meant in paths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Globs {
    /// It stays within a directory.
    Files,
    /// It is any text, as in OpenCode's rules.
    Any,
}

/// An entry such as `Read`, `Bash(git *)` or `mcp__docs__*`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Selector {
    pub(super) tool: String,
    /// What it must be used on; anything when absent.
    pub(super) what: Option<What>,
}

/// What a tool must be used on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct What {
    text: String,
    globs: Globs,
}

/// A use, taken apart into the things that rules are about.
pub(super) struct Subject<'u> {
    pub(super) used: &'u ToolUse,
    /// All of them must be allowed.
    pub(super) items: Vec<Item>,
    /// Commands behind the commands: looked through for what is forbidden.
    pub(super) behind: Vec<Item>,
    /// Why it cannot be told what it does, for a person.
    pub(super) unclear: Option<&'static str>,
    /// Why something may stand behind it that cannot be told. What is forbidden may be that.
    pub(super) doubt: Option<&'static str>,
    /// Why a person must see it, whatever allows it.
    pub(super) unjudged: Option<&'static str>,
}

/// One thing that a tool is used on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Item {
    /// A simple command.
    Command(Vec<Word>),
    /// An absolute path without `..`.
    Path(String),
    Url(String),
    Name(String),
    /// The tool is used on nothing that rules could be about.
    Whole,
}

impl<'u> Subject<'u> {
    pub(super) fn of(used: &'u ToolUse, root: &str) -> Self {
        let (mut unclear, mut unjudged) = (None, None);
        for target in &used.targets {
            match target {
                Target::Unclear(why) => unclear = Some(*why),
                Target::Unjudged(why) => unjudged = Some(*why),
                Target::Path(_) | Target::Url(_) | Target::Name(_) => {}
            }
        }
        let (items, behind) = (Vec::new(), Vec::new());
        let mut subject = Self { used, items, behind, unclear: None, doubt: None, unjudged };
        match &used.kind {
            ToolKind::Command(text) => subject.command(text, root),
            ToolKind::Read | ToolKind::Edit => subject.targets(root, Some("it does not say which file")),
            ToolKind::Search => subject.targets(root, None),
            ToolKind::Fetch => subject.targets(root, Some("it does not say which address")),
            ToolKind::Agent | ToolKind::Skill => subject.targets(root, Some("it does not say which one")),
            ToolKind::WebSearch | ToolKind::Inward | ToolKind::Mcp { .. } | ToolKind::Other => {}
        }
        if subject.items.is_empty() {
            subject.items.push(Item::Whole);
        }
        subject.unclear = subject.unclear.or(unclear).or(unjudged);
        subject
    }

    fn command(&mut self, text: &str, root: &str) {
        let line = shell::read(text);
        let elsewhere = |target: &Target| match target {
            Target::Path(cwd) => resolved(root, cwd).is_none_or(|cwd| below(root, &cwd).is_none()),
            Target::Url(_) | Target::Name(_) | Target::Unclear(_) | Target::Unjudged(_) => false,
        };
        let nothing = line.commands.is_empty().then_some("it names no command");
        let outside = self.used.targets.iter().any(elsewhere).then_some("it runs outside of the workspace");
        self.unclear = line.opaque.or(nothing).or(outside);
        let (mut behind, doubt) = command::behind(line.commands.iter().chain(&line.hidden));
        self.doubt = doubt;
        behind.extend(line.hidden);
        self.items = line.commands.into_iter().map(Item::Command).collect();
        self.behind = behind.into_iter().map(Item::Command).collect();
    }

    fn targets(&mut self, root: &str, missing: Option<&'static str>) {
        for target in &self.used.targets {
            match target {
                Target::Path(path) => match resolved(root, path) {
                    Some(path) => self.items.push(Item::Path(path)),
                    None => self.unclear = Some("its path makes no sense"),
                },
                Target::Url(url) => self.items.push(Item::Url(url.clone())),
                Target::Name(name) => self.items.push(Item::Name(name.clone())),
                Target::Unclear(_) | Target::Unjudged(_) => {}
            }
        }
        if !self.items.is_empty() {
            return;
        }
        if self.used.kind == ToolKind::Search {
            self.items.push(Item::Path(root.to_owned()));
        }
        self.unclear = self.unclear.or(missing);
    }

    /// Whether it is about files, so that the workspace is a bound.
    pub(super) fn is_about_files(&self) -> bool {
        matches!(self.used.kind.class(), Class::Read | Class::Search | Class::Edit)
    }

    /// Whether everything it is about lies within one of these directories.
    pub(super) fn within(&self, directories: &[&str]) -> bool {
        self.items.iter().all(|item| match item {
            Item::Path(path) => directories.iter().any(|directory| below(directory, path).is_some()),
            Item::Command(_) | Item::Url(_) | Item::Name(_) | Item::Whole => false,
        })
    }

    /// All that is looked through for what is forbidden.
    pub(super) fn everything(&self) -> impl Iterator<Item = &Item> {
        self.items.iter().chain(&self.behind)
    }
}

impl Selector {
    /// Reads an entry of a list.
    pub(super) fn parse(entry: &str) -> Self {
        let entry = entry.trim();
        let split = entry.split_once('(').and_then(|(tool, rest)| Some((tool, rest.strip_suffix(')')?)));
        let (tool, what) = split.map_or((entry, None), |(tool, what)| (tool.trim(), Some(what)));
        Self { tool: tool.to_owned(), what: what.and_then(|text| What::parse(text, Globs::Files)) }
    }

    /// Reads the head of a rule.
    pub(super) fn rule(tool: &str, pattern: Option<&str>) -> Self {
        let what = pattern.and_then(|text| What::parse(text, Globs::Any));
        Self { tool: tool.trim().to_owned(), what }
    }

    /// Whether this is about such a tool. What is bounded to certain files, and forbids, is about all tools that could
    /// get at them.
    pub(super) fn covers(&self, used: &ToolUse, forbids: bool) -> bool {
        let bounded = forbids && self.what.is_some();
        let searches = bounded && used.kind == ToolKind::Search;
        if self.tool == OUTSIDE {
            return forbids && matches!(used.kind.class(), Class::Read | Class::Search | Class::Edit);
        }
        means(&self.tool, used, forbids, bounded)
            || searches && super::tool::class_of(&self.tool) == Some(Class::Read)
    }

    /// Whether it surely fits something.
    pub(super) fn allows(&self, item: &Item, root: &str) -> bool {
        self.what.as_ref().is_none_or(|what| what.allows(item, root))
    }

    /// Whether it may fit something.
    pub(super) fn may_mean(&self, item: &Item, root: &str) -> bool {
        if self.tool == OUTSIDE && matches!(item, Item::Path(path) if below(root, path).is_some()) {
            return false;
        }
        self.what.as_ref().is_none_or(|what| what.may_mean(item, root))
    }
}

impl What {
    /// `None` for what means everything.
    fn parse(text: &str, globs: Globs) -> Option<Self> {
        let text = text.trim();
        let everything = matches!(text, "" | "*" | "**" | "**/*" | ":*");
        (!everything).then(|| Self { text: text.to_owned(), globs })
    }

    fn allows(&self, item: &Item, root: &str) -> bool {
        match item {
            Item::Command(words) => self.each().any(|text| Pattern::parse(text).allows(words)),
            Item::Path(path) => match self.absolute() {
                Some(glob) => self.fits_path(glob, path),
                None => below(root, path).is_some_and(|inside| self.fits_path(&self.text, inside)),
            },
            Item::Url(url) => match self.text.strip_prefix("domain:") {
                Some(domain) => host(url).is_some_and(|host| matches(&domain.to_ascii_lowercase(), &host)),
                None => matches(&self.text, url),
            },
            Item::Name(name) => self.each().any(|text| matches(text, name)),
            Item::Whole => false,
        }
    }

    fn may_mean(&self, item: &Item, root: &str) -> bool {
        match item {
            Item::Command(words) => self.each().any(|text| Pattern::parse(text).may_mean(words)),
            Item::Path(path) => {
                // A leading slash is the workspace to some, and home is somewhere.
                let relative = self.text.trim_start_matches('/');
                let inside = below(root, path).is_some_and(|inside| {
                    self.fits_path(relative, inside) || matches_path(&format!("./{relative}"), inside)
                });
                let at_home = self.text.strip_prefix("~/").or_else(|| self.text.strip_prefix("$HOME/"));
                inside
                    || self.absolute().is_some_and(|glob| self.fits_path(glob, path))
                    || at_home.is_some_and(|glob| matches_path(&format!("**/{glob}"), path))
            }
            Item::Url(url) => match self.text.strip_prefix("domain:").map(str::to_ascii_lowercase) {
                Some(domain) => host(url)
                    .is_none_or(|host| matches(&domain, &host) || host.ends_with(&format!(".{domain}"))),
                None => matches(&self.text, url),
            },
            Item::Name(name) => self.each().any(|text| matches(text, name)),
            // Where it cannot be told, a person decides.
            Item::Whole => false,
        }
    }

    /// `Agent(one, two)` means either, and so does `Bash(git add, git commit)`. A rule's key is one pattern.
    fn each(&self) -> impl Iterator<Item = &str> {
        let most = if self.globs == Globs::Files { usize::MAX } else { 1 };
        self.text.splitn(most, ", ").map(str::trim)
    }

    fn absolute(&self) -> Option<&str> {
        let text = self.text.strip_prefix('/').filter(|rest| rest.starts_with('/')).unwrap_or(&self.text);
        text.starts_with('/').then_some(text)
    }

    fn fits_path(&self, glob: &str, path: &str) -> bool {
        match self.globs {
            Globs::Files if glob.starts_with("~/") => false,
            Globs::Files => matches_path(glob, path),
            Globs::Any => matches(glob.strip_prefix("./").unwrap_or(glob), path),
        }
    }
}
