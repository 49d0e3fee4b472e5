//! A changed agent counts at once, or waits for an owner.

use super::*;
use crate::domain::agent::{Dialect, Mistake, Source};

fn agent(name: &str, tools: &[&str]) -> AgentSpec {
    let source = Source { path: format!("/agents/{name}.md").into(), dialect: Dialect::ClaudeCode };
    let tools = tools.iter().map(|tool| (*tool).to_owned()).collect();
    AgentSpec { tools: Some(tools), ..AgentSpec::new(name, "Works.", source) }
}

fn files(agents: &[AgentSpec]) -> Agents {
    Agents { list: agents.iter().cloned().map(Arc::new).collect(), broken: Vec::new() }
}

fn broken(agents: &[AgentSpec], file: &str) -> Agents {
    let mistake = Mistake { path: file.into(), line: Some(3), text: "is wrong".to_owned(), remedy: None };
    Agents { broken: vec![mistake], ..files(agents) }
}

/// What was told, in few words: the agent and its stage.
fn said(told: &[Told]) -> Vec<String> {
    let one = |change: &AgentChange| {
        let how = match &change.how {
            AgentFate::New(_) => "new",
            AgentFate::Gone => "gone",
            AgentFate::Changed(_) => "changed",
        };
        let stage = match &change.stage {
            ChangeStage::Applied => "applied",
            ChangeStage::Waiting { .. } => "waiting",
            ChangeStage::Used { .. } => "used",
            ChangeStage::Kept { .. } => "kept",
            ChangeStage::Overtaken => "overtaken",
        };
        format!("{} {how} {stage}", change.agent)
    };
    told.iter().flat_map(|told| told.changed.changes.iter().map(one)).collect()
}

fn tools(versions: &Versions, name: &str) -> Option<Vec<String>> {
    versions.in_force().named(name)?.tools.clone()
}

fn key(told: &[Told]) -> NameKey {
    let mut changes = told.iter().flat_map(|told| &told.changed.changes);
    let waiting = changes.find_map(|change| match change.stage {
        ChangeStage::Waiting { key } => Some(key),
        _ => None,
    });
    waiting.expect("nothing waits")
}

#[test]
fn what_gives_no_more_applies_at_once_and_the_rest_waits() {
    let versions = Versions::new(files(&[agent("a", &["Read", "Grep"]), agent("b", &["Read"])]));
    let told =
        versions.offer(files(&[agent("a", &["Read"]), agent("b", &["Read", "Bash"]), agent("c", &["Bash"])]));
    assert_eq!(said(&told), ["b changed waiting", "a changed applied", "c new applied"]);
    assert_eq!(tools(&versions, "a").unwrap(), ["Read"]);
    assert_eq!(tools(&versions, "b").unwrap(), ["Read"]);
    assert_eq!(tools(&versions, "c").unwrap(), ["Bash"]);
    let told = versions.offer(files(&[agent("a", &["Read"]), agent("b", &["Read", "Bash"])]));
    assert_eq!(said(&told), ["c gone applied"], "what waits is not told again");
    assert_eq!(tools(&versions, "c"), None);
}

#[test]
fn an_owner_lets_it_count_or_not() {
    let old = files(&[agent("a", &["Read"])]);
    let new = files(&[agent("a", &["Read", "Bash"])]);
    let versions = Versions::new(old.clone());
    let told = versions.offer(new.clone());
    let waiting = key(&told);
    assert!(versions.waits(waiting));
    let again = versions.decide(waiting, VersionChoice::Use, "Ann");
    assert_eq!(said(&again), ["a changed used"]);
    assert_eq!((again[0].number, again[0].again), (told[0].number, true));
    assert_eq!(tools(&versions, "a").unwrap(), ["Read", "Bash"]);
    assert!(versions.decide(waiting, VersionChoice::Keep, "Bob").is_empty(), "it is decided once");
    assert!(versions.offer(new.clone()).is_empty());

    let versions = Versions::new(old);
    let waiting = key(&versions.offer(new.clone()));
    assert_eq!(said(&versions.decide(waiting, VersionChoice::Keep, "Ann")), ["a changed kept"]);
    assert_eq!(tools(&versions, "a").unwrap(), ["Read"]);
    assert!(versions.offer(new.clone()).is_empty(), "a version that was not wanted is not offered again");
    let told = versions.offer(files(&[agent("a", &["Read", "Write"])]));
    assert_eq!(said(&told), ["a changed waiting"]);
    let told = versions.offer(new);
    assert_eq!(said(&told), ["a changed overtaken", "a changed waiting"], "the file has changed since");
}

#[test]
fn a_later_change_takes_the_place_of_one_that_waits() {
    let versions = Versions::new(files(&[agent("a", &["Read"])]));
    let first = key(&versions.offer(files(&[agent("a", &["Read", "Bash"])])));
    let told = versions.offer(files(&[agent("a", &["Read", "Write"])]));
    assert_eq!(said(&told), ["a changed overtaken", "a changed waiting"]);
    assert!(!versions.waits(first));
    assert!(versions.decide(first, VersionChoice::Use, "Ann").is_empty());
    // Back to what is in force: nothing waits any more, and nobody need be told anew.
    let told = versions.offer(files(&[agent("a", &["Read"])]));
    assert_eq!(said(&told), ["a changed overtaken"]);
}

#[test]
fn a_file_that_breaks_leaves_its_agent_as_it_was() {
    let versions = Versions::new(files(&[agent("a", &["Read"]), agent("b", &["Read"])]));
    let told = versions.offer(broken(&[agent("b", &["Read"])], "/agents/a.md"));
    assert!(told[0].changed.changes.is_empty());
    assert!(told[0].changed.mistakes[0].still_in_force);
    assert_eq!(tools(&versions, "a").unwrap(), ["Read"]);
    assert!(versions.offer(broken(&[agent("b", &["Read"])], "/agents/a.md")).is_empty(), "told once");
    let told =
        versions.offer(broken(&[agent("a", &["Read", "Bash"]), agent("b", &["Read"])], "/agents/c.md"));
    assert_eq!(said(&told), ["a changed waiting"], "compared with what was in force");
    assert!(!told[0].changed.mistakes[0].still_in_force);
    let told = versions.offer(files(&[agent("b", &["Read"])]));
    assert_eq!(said(&told), ["a changed overtaken", "a gone applied"]);
}

#[test]
fn another_of_its_name_does_not_take_the_place_of_a_broken_file() {
    let versions = Versions::new(files(&[agent("a", &["Read", "Bash"])]));
    let source = Source { path: "/elsewhere/a.md".into(), dialect: Dialect::ClaudeCode };
    let other = AgentSpec { source, ..agent("a", &["Read"]) };
    let told = versions.offer(broken(std::slice::from_ref(&other), "/agents/a.md"));
    assert!(told[0].changed.changes.is_empty() && told[0].changed.mistakes[0].still_in_force);
    assert_eq!(tools(&versions, "a").unwrap(), ["Read", "Bash"]);
    let told = versions.offer(files(&[other]));
    assert_eq!(said(&told), ["a changed applied"], "the broken file is gone");
}

#[test]
fn all_that_waits_is_told_with_its_buttons() {
    let names: Vec<String> = (10..30).map(|n| format!("agent-{n}")).collect();
    let all = |tools: &[&str]| names.iter().map(|name| agent(name, tools)).collect::<Vec<_>>();
    let versions = Versions::new(files(&all(&["Read"])));
    let told = versions.offer(files(&all(&["Read", "Bash"])));
    let sizes: Vec<usize> = told.iter().map(|told| told.changed.changes.len()).collect();
    assert_eq!(sizes, [7, 7, 6]);
}

#[test]
fn an_agent_that_comes_back_is_compared_with_what_it_was() {
    let versions = Versions::new(files(&[agent("a", &["Read"]), agent("b", &["Read"])]));
    assert_eq!(said(&versions.offer(files(&[]))), ["a gone applied", "b gone applied"]);
    let told = versions.offer(files(&[agent("a", &["Read", "Bash"]), agent("b", &["Read"])]));
    assert_eq!(said(&told), ["a changed waiting", "b new applied"]);
    assert_eq!(tools(&versions, "a").unwrap(), ["Read"]);
}

/// One that runs its tests without asking.
fn unasked(name: &str) -> AgentSpec {
    AgentSpec { allowed_tools: vec!["Bash(cargo test)".to_owned()], ..agent(name, &["Bash"]) }
}

#[test]
fn a_new_agent_that_would_act_without_asking_waits_for_an_owner() {
    let versions = Versions::new(files(&[agent("a", &["Read"])]));
    let with = || files(&[agent("a", &["Read"]), unasked("b")]);
    let told = versions.offer(with());
    assert_eq!(said(&told), ["b new waiting"]);
    assert_eq!(versions.in_force().named("b"), None);
    assert_eq!(said(&versions.offer(with())), [""; 0], "told once");
    assert_eq!(said(&versions.decide(key(&told), VersionChoice::Use, "Ada")), ["b new used"]);
    assert_eq!(versions.in_force().named("b").map(|b| b.name.clone()).as_deref(), Some("b"));
    assert_eq!(said(&versions.offer(with())), [""; 0]);
}

#[test]
fn a_new_agent_that_is_left_out_stays_out_until_its_file_says_something_else() {
    let versions = Versions::new(files(&[]));
    let told = versions.offer(files(&[unasked("b")]));
    assert_eq!(said(&versions.decide(key(&told), VersionChoice::Keep, "Ada")), ["b new kept"]);
    assert_eq!(said(&versions.offer(files(&[unasked("b")]))), [""; 0]);
    assert_eq!(versions.in_force().named("b"), None);
    assert_eq!(said(&versions.offer(files(&[agent("b", &["Bash"])]))), ["b new applied"]);
}

#[test]
fn what_waits_is_overtaken_when_its_file_goes_or_stops_to_allow() {
    let versions = Versions::new(files(&[]));
    let told = versions.offer(files(&[unasked("b"), unasked("c")]));
    assert_eq!(said(&told), ["b new waiting", "c new waiting"]);
    let told = versions.offer(files(&[agent("b", &["Bash"])]));
    assert_eq!(said(&told), ["b new overtaken", "c new overtaken", "b new applied"]);
}
