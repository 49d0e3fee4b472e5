//! What the bot itself says.

use std::path::PathBuf;
use std::time::Duration;

use super::samples::approval;
use super::{assert_gallery, said};
use crate::domain::access::Role;
use crate::domain::action::ProposedAction;
use crate::domain::approval::ApprovalStatus;
use crate::domain::card::*;
use crate::domain::conversation::{Detail, Rings};
use crate::domain::event::Usage;
use crate::domain::ids::{TaskId, Timestamp, UserId};
use crate::domain::press::NameKey;
use crate::domain::task::Outcome;
use crate::domain::usage::{Used, Window};

fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn agents() -> Vec<AgentLine> {
    let described = [
        ("reviewer", "Reviews a change. Looks for bugs first."),
        ("tour", "Shows around: what agents can do here, step by step, without any risk"),
        ("quiet", ""),
    ];
    described
        .map(|(name, description)| AgentLine { name: name.to_owned(), description: description.to_owned() })
        .into()
}

#[test]
fn first_words() {
    let (user, place) = (UserId(123_456), "-100333/7".to_owned());
    let many = (1..=42).map(|number| format!("command_{number}")).collect();
    let whoami = |role| Notice::Whoami { user, place: place.clone(), role };
    assert_gallery!([
        said("welcome", Notice::Welcome { name: "Ann".to_owned(), example: Some("tour".to_owned()) }),
        said("welcome, no agents", Notice::Welcome { name: String::new(), example: None }),
        said("help", Notice::Help { offered: Vec::new() }),
        said("help, session with a few commands", Notice::Help { offered: owned(&["compact", "review-pr"]) }),
        said("help, session with many commands", Notice::Help { offered: many }),
        said("refused", Notice::Refused { user }),
        said("owner", whoami(Role::Owner)),
        said("member", whoami(Role::Member)),
        said("guest", whoami(Role::Guest)),
        said("stranger", whoami(Role::Stranger)),
    ]);
}

#[test]
fn requests_not_carried_out() {
    let (command, expected) = ("/stop".to_owned(), "/stop, or /stop 42".to_owned());
    assert_gallery!([
        said("unknown", Notice::UnknownCommand { command: "/foo".to_owned(), nearest: None }),
        said(
            "nearly",
            Notice::UnknownCommand { command: "/agnt".to_owned(), nearest: Some("/agent".to_owned()) }
        ),
        said("argument", Notice::WrongArgument { command, expected }),
        said("edit", Notice::EditIgnored),
        said("forward", Notice::ForwardIgnored),
        said("unsupported", Notice::Unsupported),
        said("file too big", Notice::FileTooBig { name: "film.mp4".to_owned(), limit: 20_000_000 }),
        said("file unused", Notice::FileUnused),
        said("empty", Notice::EmptyPrompt),
        said("too long", Notice::PromptTooLong { bytes: 80_000, limit: 64_000 }),
        said("not yours", Notice::NotYours),
        said("question gone", Notice::QuestionGone),
        said("trouble", Notice::Trouble),
    ]);
}

#[test]
fn choosing_agents() {
    let page = |page| Notice::AgentPicker(AgentPage { agents: agents(), page, pages: 3 });
    let single = Notice::AgentPicker(AgentPage { agents: agents(), page: 0, pages: 1 });
    let (agent, reason) = ("deployer".to_owned(), "its file asks for the tool WebFetch.".to_owned());
    let description = "Reviews a change. Looks for bugs first.".to_owned();
    assert_gallery!([
        said("none chosen", Notice::NoAgentChosen { agents: owned(&["reviewer", "tour"]) }),
        said("none", Notice::NoAgents),
        said("unknown", Notice::UnknownAgent { wanted: "xyz".to_owned(), nearest: Vec::new() }),
        said("nearly", Notice::UnknownAgent { wanted: "reviwer".to_owned(), nearest: owned(&["reviewer"]) }),
        said("unusable", Notice::AgentUnusable { agent, reason }),
        said(
            "prompt, with a hint",
            Notice::AskPrompt {
                agent: "reviewer".to_owned(),
                description: description.clone(),
                hint: Some("the branch or the files to review".to_owned())
            }
        ),
        said("prompt", Notice::AskPrompt { agent: "reviewer".to_owned(), description, hint: None }),
        said(
            "prompt, undescribed",
            Notice::AskPrompt { agent: "quiet".to_owned(), description: String::new(), hint: None }
        ),
        said("one page", single),
        said("first page", page(0)),
        said("second page", page(1)),
        said("last page", page(2)),
        said("new", Notice::NewSession { agent: Some("reviewer".to_owned()) }),
        said("new, no agent", Notice::NewSession { agent: None }),
    ]);
}

fn task_line(id: i64, state: &str, hours: u64) -> TaskLine {
    TaskLine {
        id: TaskId(id),
        agent: "reviewer".to_owned(),
        prompt: "fix the failing test\nand then the others".to_owned(),
        state: state.to_owned(),
        age: Duration::from_secs(hours * 3600),
    }
}

#[test]
fn tasks() {
    let states = [
        "queued",
        "running",
        "awaiting_approval",
        "succeeded",
        "failed",
        "stopped",
        "timed_out",
        "interrupted",
    ];
    let lines =
        (0..).zip(states).map(|(index, state)| task_line(42 - index, state, index.unsigned_abs())).collect();
    let detail = |state: &str, outcome| {
        let usage = Usage { cost_usd: None, tokens: Some(12_000) };
        Notice::TaskDetail(Box::new(TaskDetail {
            line: task_line(42, state, 2),
            engine: "script".to_owned(),
            workspace: "api".to_owned(),
            requester: UserId(1001),
            continues: outcome == Some(Outcome::Interrupted),
            answered: outcome == Some(Outcome::Succeeded),
            totals: (state != "queued").then_some(Totals {
                elapsed: Duration::from_secs(72),
                steps: 1,
                usage,
            }),
            approvals: if outcome == Some(Outcome::Succeeded) {
                vec![(
                    "cargo test".to_owned(),
                    ApprovalStatus::Denied { by: UserId(1001), name: "Ann".to_owned(), at: Timestamp(0) },
                )]
            } else {
                Vec::new()
            },
            outcome,
        }))
    };
    assert_gallery!([
        said("nothing to stop", Notice::NothingToStop),
        said("unknown", Notice::UnknownTask { task: Some(TaskId(42)) }),
        said("unknown, no number", Notice::UnknownTask { task: None }),
        said("list", Notice::TaskList { tasks: lines, older: Some(TaskId(35)) }),
        said("empty list", Notice::TaskList { tasks: Vec::new(), older: None }),
        said("queued", detail("queued", None)),
        said("running", detail("running", None)),
        said("done", detail("finished", Some(Outcome::Succeeded))),
        said("failed", detail("finished", Some(Outcome::Failed { reason: "No login.".to_owned() }))),
        said("interrupted", detail("finished", Some(Outcome::Interrupted))),
    ]);
}

#[test]
fn what_goes_on() {
    let idle = Status {
        agent: None,
        bound: false,
        engine: "script".to_owned(),
        workspace: "api".to_owned(),
        session: false,
        title: None,
        used: Usage::default(),
        running: None,
        asks: false,
        queued: 0,
        running_everywhere: 1,
        limit: 4,
        approvals: 0,
    };
    let busy = Status {
        agent: Some("reviewer".to_owned()),
        session: true,
        title: Some("Fix the login test".to_owned()),
        used: Usage { cost_usd: Some(0.125), tokens: Some(34_000) },
        running: Some((TaskId(42), Duration::from_secs(65))),
        queued: 2,
        approvals: 1,
        ..idle.clone()
    };
    let bound = Status { bound: true, running: None, ..busy.clone() };
    let asking = Status { asks: true, queued: 0, approvals: 0, ..busy.clone() };
    let command =
        ProposedAction::Command { command: "cargo test".to_owned(), cwd: String::new(), env: Vec::new() };
    let write = ProposedAction::WriteFile { path: "a.rs".to_owned(), content: String::new() };
    let open =
        vec![(approval(command), Duration::from_secs(720)), (approval(write), Duration::from_secs(30))];
    assert_gallery!([
        said("idle", Notice::Status(Box::new(idle))),
        said("busy", Notice::Status(Box::new(busy))),
        said("bound", Notice::Status(Box::new(bound))),
        said("asking", Notice::Status(Box::new(asking))),
        said("approvals", Notice::OpenApprovals { approvals: open }),
        said("no approvals", Notice::OpenApprovals { approvals: Vec::new() }),
    ]);
}

fn used(agent: &str, engine: &str, tasks: u64, cost_usd: Option<f64>, tokens: Option<u64>) -> Used {
    let (agent, engine) = (agent.to_owned(), engine.to_owned());
    Used { agent, engine, tasks, usage: Usage { cost_usd, tokens } }
}

fn usage(everywhere: bool, windows: [Vec<Used>; 3]) -> Notice {
    let windows = Window::ALL.into_iter().zip(windows).collect();
    Notice::Usage(Box::new(UsageReport { everywhere, windows }))
}

#[test]
fn what_was_used() {
    let day = vec![used("reviewer", "claude", 2, Some(0.04), Some(9_400))];
    let mut week = day.clone();
    week.push(used("fixer", "codex", 1, None, Some(3_000)));
    week.push(used("a-rather-long-name", "claude", 3, Some(1.5), None));
    let nothing = || [Vec::new(), Vec::new(), Vec::new()];
    assert_gallery!([
        said("growing", usage(false, [day.clone(), week.clone(), week])),
        said("none today", usage(true, [Vec::new(), day.clone(), day])),
        said("nothing here", usage(false, nothing())),
        said("nothing anywhere", usage(true, nothing())),
        said("a lost session", Notice::SessionLost),
        said("a warning", Notice::Warning { task: TaskId(42), text: "codex has no model `x`.".to_owned() }),
    ]);
}

#[test]
fn the_tables_of_what_was_used_fit_a_phone() {
    let long = "\u{6f22}\u{5b57}".repeat(20);
    let month =
        (0..40).map(|n| used(&format!("{long}{n}"), &long, 123_456, Some(1e9), Some(u64::MAX))).collect();
    let notice = usage(true, [Vec::new(), Vec::new(), month]);
    let [message] = crate::view::render(&Card::Notice(notice)).try_into().unwrap();
    let lines: Vec<&str> = message.body.text.lines().filter(|line| line.contains("99999")).collect();
    assert_eq!(lines.len(), 1 + 8 + 1, "all, agents with the others in one, and an engine");
    for line in lines {
        let columns = crate::view::chars::width(line);
        assert!(columns <= 34, "{columns} columns: {line}");
    }
}

#[test]
fn choosing_places() {
    let workspaces = [("api", "/srv/api"), ("site", "/srv/site")]
        .map(|(name, path)| (name.to_owned(), PathBuf::from(path)));
    let (name, path) = workspaces[0].clone();
    assert_gallery!([
        said(
            "workspaces",
            Notice::WorkspacePicker {
                workspaces: workspaces.clone().into(),
                current: "site".to_owned(),
                bound: None
            }
        ),
        said(
            "workspaces, bound",
            Notice::WorkspacePicker {
                workspaces: workspaces.into(),
                current: "site".to_owned(),
                bound: Some("reviewer".to_owned())
            }
        ),
        said("workspace", Notice::WorkspaceChosen { name, path, bound: None }),
        said(
            "unknown workspace",
            Notice::UnknownWorkspace { wanted: "x".to_owned(), names: owned(&["api", "site"]) }
        ),
        said("settings", Notice::Settings { detail: Detail::Normal, rings: Rings::Questions }),
        said("settings, other", Notice::Settings { detail: Detail::Full, rings: Rings::All }),
    ]);
}

#[test]
fn choosing_engines() {
    let used = || AgentEngine { agent: "reviewer".to_owned(), engine: "claude".to_owned() };
    let line = |name: &str, kind: &str| EngineLine { name: name.to_owned(), kind: kind.to_owned() };
    let picker = |chosen: Option<&str>, used| Notice::EnginePicker {
        engines: vec![line("script", "script"), line("claude", "claude"), line("codex", "acp")],
        chosen: chosen.map(str::to_owned),
        default: "claude".to_owned(),
        used,
    };
    let change = |name: Option<&str>| EngineChange {
        name: name.map(str::to_owned),
        used: Some(used()),
        problem: None,
        continues: false,
        aside: None,
    };
    let back = EngineChange { continues: true, aside: Some("codex".to_owned()), ..change(Some("claude")) };
    let problem = EngineChange { problem: Some("it has no script.".to_owned()), ..change(Some("claude")) };
    let chosen = |change| Notice::EngineChosen(Box::new(change));
    assert_gallery!([
        said("engines", picker(None, None)),
        said("engines, one chosen", picker(Some("claude"), Some(used()))),
        said("engine", chosen(change(Some("claude")))),
        said("engine, no agent", chosen(EngineChange { used: None, ..change(Some("claude")) })),
        said("engine, but the file says otherwise", chosen(change(Some("codex")))),
        said("back to an engine", chosen(back)),
        said("engine that cannot run it", chosen(problem)),
        said("engine of the agent", chosen(change(None))),
        said(
            "unknown engine",
            Notice::UnknownEngine { wanted: "x".to_owned(), names: owned(&["script", "claude"]) }
        ),
    ]);
}

#[test]
fn going_on_with_a_session() {
    let line = |title: &str, hours: Option<u64>, current| SessionLine {
        key: NameKey::of(title),
        title: title.to_owned(),
        age: hours.map(|hours| Duration::from_secs(hours * 3600)),
        current,
    };
    let sessions = vec![
        line("Fix the login test", Some(2), true),
        line("Make the pages of the documentation search by title and not by path", Some(50), false),
        line("", None, false),
    ];
    let picker = |sessions: &[SessionLine], search| {
        Notice::SessionPicker(SessionPicker {
            engine: "codex".to_owned(),
            workspace: "api".to_owned(),
            sessions: sessions.to_vec(),
            search,
        })
    };
    let failed = || SessionSearch::Failed { reason: "It did not answer within 10 s.".to_owned() };
    let (title, agent) = ("Fix the login test".to_owned(), "reviewer".to_owned());
    assert_gallery!([
        said("looking", picker(&sessions, SessionSearch::Looking)),
        said("nothing yet", picker(&[], SessionSearch::Looking)),
        said("done", picker(&sessions, SessionSearch::Done)),
        said("nothing", picker(&[], SessionSearch::Done)),
        said("failed", picker(&sessions, failed())),
        said("failed, nothing", picker(&[], failed())),
        said("continuing", Notice::Continuing { title, agent: agent.clone() }),
        said("continuing, no title", Notice::Continuing { title: String::new(), agent }),
        said(
            "unusable",
            Notice::SessionUnusable { reason: "the engine codex is not configured. See /engine.".to_owned() }
        ),
    ]);
}
