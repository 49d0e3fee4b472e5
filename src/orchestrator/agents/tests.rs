//! Which agents a workspace has, and which one a name means.

use std::path::PathBuf;

use super::*;
use crate::domain::agent::{Dialect, Source};

/// Agents as `name` or `home/name`.
fn agents(names: &[&str]) -> Arc<Agents> {
    let one = |name: &&str| {
        let (home, name) = name.split_once('/').map_or((None, *name), |(home, name)| (Some(home), name));
        let source = Source { path: PathBuf::new(), dialect: Dialect::ClaudeCode };
        let agent = AgentSpec::new(name, format!("Does {name} things."), source);
        Arc::new(AgentSpec { home: home.map(str::to_owned), ..agent })
    };
    Arc::new(Agents { list: names.iter().map(one).collect(), broken: Vec::new() })
}

fn names(agents: &Agents) -> Vec<&str> {
    agents.names().collect()
}

#[test]
fn an_agent_of_a_workspace_is_found_there_only_and_a_shared_one_goes_first() {
    let all = agents(&["deploy", "api/deploy", "api/lint", "web/lint", "web/style"]);
    for (workspace, seen) in
        [("api", &["deploy", "lint"][..]), ("web", &["deploy", "lint", "style"]), ("docs", &["deploy"])]
    {
        assert_eq!(names(&all.within(workspace)), seen, "{workspace}");
    }
    let deploy = all.within("api").find(&AgentRef::Name("Deploy".to_owned())).unwrap();
    assert_eq!(deploy.home, None);
    let lint = all.within("web").find(&AgentRef::Key(NameKey::of("lint"))).unwrap();
    assert_eq!(lint.home.as_deref(), Some("web"));
    assert!(all.within("docs").find(&AgentRef::Name("lint".to_owned())).is_err());
    assert_eq!(all.home_of("Style"), Some("web"));
    assert_eq!(all.home_of("deployer"), None);
}

#[test]
fn an_engine_without_a_file_gives_way_to_an_agent_of_the_workspace() {
    let mut all = (*agents(&["codex", "api/Codex", "web/lint"])).clone();
    Arc::make_mut(&mut all.list[0]).source.dialect = Dialect::BuiltIn;
    let all = Arc::new(all);
    for (workspace, seen) in [("api", &["Codex"][..]), ("web", &["codex", "lint"]), ("docs", &["codex"])] {
        assert_eq!(names(&all.within(workspace)), seen, "{workspace}");
    }
    assert_eq!(all.within("api").called_by("codex"), ["Codex"]);
}

#[test]
fn without_agents_of_workspaces_nothing_is_copied() {
    let all = agents(&["deploy", "lint"]);
    assert!(Arc::ptr_eq(&all, &all.within("api")));
}

#[test]
fn words_are_searched_in_name_role_and_description() {
    let mut all = (*agents(&["go-expert", "reviewer", "writer"])).clone();
    all.list[1] =
        Arc::new(AgentSpec { role: Some("Go engineer".to_owned()), ..all.list[1].as_ref().clone() });
    for (search, found) in [
        ("", &["go-expert", "reviewer", "writer"][..]),
        ("GO", &["go-expert", "reviewer"]),
        ("go review", &["reviewer"]),
        ("things writer", &["writer"]),
        ("rust", &[]),
    ] {
        assert_eq!(names(&all.with_words(search)), found, "{search}");
    }
}

#[test]
fn a_command_that_two_names_make_belongs_to_neither() {
    let all = agents(&["reviewer", "web-engineer", "web.engineer", "prüfer"]);
    assert_eq!(all.called_by("reviewer"), ["reviewer"]);
    assert_eq!(all.called_by("web_engineer"), ["web-engineer", "web.engineer"]);
    assert!(all.called_by("writer").is_empty());
    let commands: Vec<String> = all.commands().into_iter().map(|(command, _)| command).collect();
    assert_eq!(commands, ["reviewer"]);
}

#[test]
fn a_page_that_is_not_there_is_the_last_one() {
    let many: Vec<String> = (10..30).map(|n| format!("agent-{n}")).collect();
    let all = agents(&many.iter().map(String::as_str).collect::<Vec<_>>());
    for (wanted, page, first, count) in [(0, 0, "agent-10", 8), (2, 2, "agent-26", 4), (9, 2, "agent-26", 4)]
    {
        let shown = all.page(wanted);
        assert_eq!((shown.page, shown.pages), (page, 3));
        assert_eq!((shown.agents[0].name.as_str(), shown.agents.len()), (first, count));
    }
    assert_eq!(agents(&[]).page(0), AgentPage { agents: Vec::new(), page: 0, pages: 1 });
}
