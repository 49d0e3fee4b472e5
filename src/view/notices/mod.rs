//! What the bot itself says. They answer a person who is looking at the chat, so none rings.

use crate::domain::card::Notice;
use crate::domain::message::{Button, Message, RichText};
use crate::domain::press::{NameKey, Press};

use super::clean::line;
use super::compose::{NAME, long, row};
use super::text::RichBuilder;

mod start;
mod requests;
mod agents;
mod browser;
mod changes;
mod tasks;
mod teams;
mod status;
mod places;
mod engines;
mod sessions;
mod settings;
mod usage;

/// A text and the buttons below it.
type Said = (RichText, Vec<Vec<Button>>);

/// The messages of a notice. More than one only for a list that is too long.
pub(super) fn notice(notice: &Notice) -> Vec<Message> {
    let (text, buttons) = said(notice);
    long(&text, buttons)
}

fn said(notice: &Notice) -> Said {
    match notice {
        Notice::Welcome { name, example } => start::welcome(name, example.as_deref()),
        Notice::Help { offered } => start::help(offered),
        Notice::Refused { user } => start::refused(*user),
        Notice::Whoami { user, place, role } => start::whoami(*user, place, *role),
        Notice::UnknownCommand { command, nearest } => requests::unknown(command, nearest.as_deref()),
        Notice::WrongArgument { command, expected } => requests::wrong_argument(command, expected),
        Notice::EditIgnored => requests::edit_ignored(),
        Notice::ForwardIgnored => requests::forward_ignored(),
        Notice::Unsupported => requests::unsupported(),
        Notice::FileTooBig { name, limit } => requests::file_too_big(name, *limit),
        Notice::FileUnused => requests::file_unused(),
        Notice::EmptyPrompt => requests::empty_prompt(),
        Notice::PromptTooLong { bytes, limit } => requests::prompt_too_long(*bytes, *limit),
        Notice::NotYours => requests::not_yours(),
        Notice::QuestionGone => requests::question_gone(),
        Notice::Trouble => requests::trouble(),
        Notice::NoAgentChosen { agents } => agents::none_chosen(agents),
        Notice::NoAgents => agents::none(),
        Notice::UnknownAgent { wanted, nearest } => agents::unknown(wanted, nearest),
        Notice::AgentUnusable { agent, reason } => agents::unusable(agent, reason),
        Notice::ChainUsage(usage) => teams::chain(usage),
        Notice::RaceUsage(usage) => teams::race(usage),
        Notice::PassOnPicker { task, page } => teams::pass_on(*task, page),
        Notice::NoAnswer { task } => teams::no_answer(*task),
        Notice::AskPrompt { agent, description, hint } => {
            agents::ask_prompt(agent, description, hint.as_deref())
        }
        Notice::AgentPicker(page) => agents::picker(page),
        Notice::AgentBrowser(browser) => browser::browser(browser),
        Notice::AgentDetail(detail) => browser::detail(detail),
        Notice::AgentElsewhere { agent, workspace } => agents::elsewhere(agent, workspace),
        Notice::BoundAgentGone { agent } => agents::bound_gone(agent),
        Notice::AmbiguousCommand { command, agents } => agents::ambiguous(command, agents),
        Notice::AgentsChanged(changed) => changes::changed(changed),
        Notice::NewSession { agent } => agents::new_session(agent.as_deref()),
        Notice::NothingToStop => tasks::nothing_to_stop(),
        Notice::UnknownTask { task } => tasks::unknown(*task),
        Notice::TaskList { tasks, older } => tasks::list(tasks, *older),
        Notice::TaskDetail(detail) => tasks::detail(detail),
        Notice::Status(status) => status::status(status),
        Notice::Usage(report) => usage::usage(report),
        Notice::SessionLost => requests::session_lost(),
        Notice::Warning { task, text } => requests::warning(*task, text),
        Notice::OpenApprovals { approvals } => status::approvals(approvals),
        Notice::WorkspacePicker { workspaces, current, bound } => {
            places::workspaces(workspaces, current, bound.as_deref())
        }
        Notice::WorkspaceChosen { name, path, bound } => {
            places::workspace_chosen(name, path, bound.as_deref())
        }
        Notice::UnknownWorkspace { wanted, names } => places::unknown_workspace(wanted, names),
        Notice::SessionPicker(picker) => sessions::picker(picker),
        Notice::Continuing { title, agent } => sessions::continuing(title, agent),
        Notice::SessionUnusable { reason } => sessions::unusable(reason),
        Notice::EnginePicker { engines, chosen, default, used } => {
            engines::picker(engines, chosen.as_deref(), default, used.as_ref())
        }
        Notice::EngineChosen(change) => engines::chosen(change),
        Notice::UnknownEngine { wanted, names } => engines::unknown(wanted, names),
        Notice::Settings { detail, rings } => settings::settings(*detail, *rings),
    }
}

/// Words alone.
fn plain(text: impl Into<String>) -> Said {
    (super::compose::words(text), Vec::new())
}

/// Words built with formatting, without buttons.
fn built(build: impl FnOnce(&mut RichBuilder)) -> RichText {
    let mut text = RichBuilder::new();
    build(&mut text);
    text.finish()
}

/// A name, cut to size.
fn short(name: &str) -> String {
    line(name, NAME)
}

/// One row per name, each with a button that its key stands for; the current one is marked.
fn choices(
    names: &[impl AsRef<str>],
    current: Option<&str>,
    press: impl Fn(NameKey) -> Press,
) -> Vec<Vec<Button>> {
    let names = names.iter().map(AsRef::as_ref).take(MOST_CHOICES);
    names.map(|name| row(&marked(name, current == Some(name)), press(NameKey::of(name)))).collect()
}

/// Most buttons of one list: more cannot be told apart on a phone, nor carried by a message.
const MOST_CHOICES: usize = 30;

/// A label; the current choice has a dot before it.
fn marked(label: &str, current: bool) -> String {
    if current { format!("• {label}") } else { label.to_owned() }
}
