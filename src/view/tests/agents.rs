//! What the chat tells of agents, as a person sees it.

use std::sync::Arc;
use std::time::Duration;

use super::{assert_gallery, said};
use crate::domain::agent::{
    AgentSpec, Budget, Dialect, Difference, Isolation, Mistake, PermissionMode, PermissionRule, Source,
    Verdict,
};
use crate::domain::card::*;
use crate::domain::ids::TaskId;
use crate::domain::press::NameKey;

fn line(name: &str, description: &str) -> AgentLine {
    AgentLine { name: name.to_owned(), description: description.to_owned() }
}

fn page(page: u16, pages: u16) -> AgentPage {
    let agents = vec![
        line("debugger", "Finds the cause of a failure. Changes nothing until it is certain."),
        line("golang-backend-collab-expert", "Backend delivery with product and front end"),
        line("reviewer", "Reviews a change. Looks for bugs first."),
        line("tour", "Shows around: what agents can do here, step by step, without any risk"),
        line("quiet", ""),
    ];
    AgentPage { agents, page, pages }
}

fn browser(search: &str, page: AgentPage, broken: usize, broken_files: &[&str]) -> Notice {
    let found = if page.pages > 1 { 21 } else { page.agents.len() };
    let broken_files = broken_files.iter().map(Into::into).collect();
    Notice::AgentBrowser(Box::new(AgentBrowser {
        page,
        search: search.to_owned(),
        found,
        broken,
        broken_files,
    }))
}

#[test]
fn looking_through_the_agents() {
    let none = || AgentPage { agents: Vec::new(), page: 0, pages: 1 };
    let files = ["/home/ann/.claude/agents/team/half-done.md", "agents/x.md"];
    assert_gallery!([
        said("one page", browser("", page(0, 1), 0, &[])),
        said("first page", browser("", page(0, 3), 0, &[])),
        said("second page of a search", browser("go backend", page(1, 3), 0, &[])),
        said("last page", browser("", page(2, 3), 0, &[])),
        said("broken files, for owners", browser("", page(0, 1), 5, &files)),
        said("broken files, for members", browser("", page(0, 1), 1, &[])),
        said("nothing found", browser("cobol", none(), 0, &[])),
        said("nothing there", browser("", none(), 0, &[])),
    ]);
}

fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn reviewer() -> AgentSpec {
    let path = "/home/ann/.claude/agents/team/reviewer.md";
    let source = Source { path: path.into(), dialect: Dialect::ClaudeCode };
    let origin = crate::domain::agent::Origin { path: path.into(), line: 7 };
    let rule = PermissionRule { tool: "bash".to_owned(), pattern: None, verdict: Verdict::Ask, origin };
    AgentSpec {
        role: Some("engineer".to_owned()),
        model: Some("opus".to_owned()),
        tools: Some(owned(&["Read", "Grep", "Glob", "Bash(git *)"])),
        disallowed_tools: owned(&["WebFetch"]),
        permission: vec![rule],
        permission_mode: Some(PermissionMode::Plan),
        max_turns: Some(20),
        timeout: Some(Duration::from_secs(600)),
        budget: Some(Budget { microdollars: Some(1_500_000), tokens: None }),
        isolation: Isolation::Worktree,
        skills: owned(&["go-best-practices"]),
        bases: vec!["/home/ann/agents/base-engineer.md".into()],
        ..AgentSpec::new(
            "reviewer",
            "Reviews a change. Looks for bugs first, then for what is missing.",
            source,
        )
    }
}

fn task(id: i64, prompt: &str, state: &str, hours: u64) -> TaskLine {
    let (agent, age) = ("reviewer".to_owned(), Duration::from_secs(hours * 3600));
    TaskLine { id: TaskId(id), agent, prompt: prompt.to_owned(), state: state.to_owned(), age }
}

#[test]
fn one_agent() {
    let detail = AgentDetail {
        agent: Arc::new(reviewer()),
        engine: "claude".to_owned(),
        workspace: "api".to_owned(),
        command: Some("reviewer".to_owned()),
        recent: vec![
            task(42, "fix the failing test\nand then the others", "running", 0),
            task(40, "look at the last commit", "succeeded", 2),
            task(31, "review everything", "failed", 50),
        ],
        bound: false,
        page: 1,
    };
    let source = Source { path: "".into(), dialect: Dialect::BuiltIn };
    let plain = AgentDetail {
        agent: Arc::new(AgentSpec::new("claude", "Claude Code, as it is.", source)),
        command: None,
        recent: Vec::new(),
        bound: true,
        page: 0,
        ..detail.clone()
    };
    let (agent, agents) = ("web-engineer".to_owned(), owned(&["web-engineer", "web.engineer"]));
    assert_gallery!([
        said("in full", Notice::AgentDetail(Box::new(detail))),
        said("an engine as it is, bound", Notice::AgentDetail(Box::new(plain))),
        said("elsewhere", Notice::AgentElsewhere { agent, workspace: "site".to_owned() }),
        said("bound and gone", Notice::BoundAgentGone { agent: "reviewer".to_owned() }),
        said("ambiguous", Notice::AmbiguousCommand { command: "/web_engineer".to_owned(), agents }),
    ]);
}

fn change(agent: &str, how: AgentFate, stage: ChangeStage) -> AgentChange {
    AgentChange { agent: agent.to_owned(), home: None, how, stage }
}

fn changed(what: &[&str], widening: usize) -> AgentFate {
    let one = |(at, what): (usize, &&str)| Difference { what: (*what).to_owned(), widens: at < widening };
    AgentFate::Changed(what.iter().enumerate().map(one).collect())
}

fn told(changes: Vec<AgentChange>, mistakes: Vec<BrokenChange>) -> Notice {
    Notice::AgentsChanged(Box::new(AgentsChanged { changes, mistakes }))
}

#[test]
fn agents_that_changed() {
    let waiting = |stage| change("reviewer", changed(&["+ Bash", "model opus → sonnet"], 1), stage);
    let at = |key| ChangeStage::Waiting { key: NameKey(key) };
    let by = || "Ann".to_owned();
    let gone = change("writer", AgentFate::Gone, ChangeStage::Applied);
    let new = change("go-expert", AgentFate::New(Vec::new()), ChangeStage::Applied);
    let own = AgentChange { home: Some("api".to_owned()), ..new.clone() };
    let quiet =
        change("debugger", changed(&["− Write", "instructions changed (12 lines)"], 0), ChangeStage::Applied);
    let mistake = Mistake {
        path: "/home/ann/.claude/agents/tester.md".into(),
        line: Some(4),
        text: "the frontmatter is not YAML: a tab".to_owned(),
        remedy: Some("use spaces".to_owned()),
    };
    let broken = |still_in_force| BrokenChange { mistake: mistake.clone(), still_in_force };
    let second = change("deployer", changed(&["works in web instead of api"], 1), at(2));
    let many = (0..22)
        .map(|n| change(&format!("agent-{n}"), AgentFate::New(Vec::new()), ChangeStage::Applied))
        .collect();
    let rules = [r#"bash "cargo *": allow"#, "steps that do not ask"];
    let rules = rules.map(|what| Difference { what: what.to_owned(), widens: true });
    let unasked = |stage| change("runner", AgentFate::New(rules.to_vec()), stage);
    assert_gallery!([
        said(
            "more than is shown",
            told(vec![change("hider", changed(&["+ a-tool-of-an-odd-name"; 9], 9), at(4))], vec![])
        ),
        said("a new one waits", told(vec![unasked(at(3))], vec![])),
        said("a new one and an old one wait", told(vec![unasked(at(3)), second.clone()], vec![])),
        said("a new one is left out", told(vec![unasked(ChangeStage::Kept { by: by() })], vec![])),
        said("applied", told(vec![quiet.clone(), own, new, gone], vec![])),
        said("one waits", told(vec![waiting(at(1)), quiet], vec![])),
        said("two wait", told(vec![waiting(at(1)), second], vec![])),
        said("used", told(vec![waiting(ChangeStage::Used { by: by() })], vec![])),
        said("kept", told(vec![waiting(ChangeStage::Kept { by: by() })], vec![])),
        said("overtaken", told(vec![waiting(ChangeStage::Overtaken)], vec![])),
        said("broken", told(vec![], vec![broken(true), broken(false)])),
        said("many", told(many, vec![broken(true)])),
    ]);
}
