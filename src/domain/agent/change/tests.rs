//! Which changes of an agent give it more, and so need an owner.

use super::*;
use crate::domain::agent::{Budget, Dialect, Handoff, Origin, Source};

fn reviewer() -> AgentSpec {
    let source = Source { path: "reviewer.md".into(), dialect: Dialect::ClaudeCode };
    AgentSpec {
        tools: Some(vec!["Read".to_owned(), "Grep".to_owned()]),
        disallowed_tools: vec!["WebFetch".to_owned()],
        permission: vec![
            rule("bash", Some("git *"), Verdict::Allow),
            rule("edit", None, Verdict::Ask),
            rule("bash", Some("git push*"), Verdict::Deny),
        ],
        permission_mode: Some(PermissionMode::DontAsk),
        max_turns: Some(10),
        timeout: Some(Duration::from_secs(600)),
        budget: Some(Budget { microdollars: Some(1_500_000), tokens: None }),
        isolation: Isolation::Worktree,
        model: Some("opus".to_owned()),
        instructions: "Look.\nThen think.\nThen say.".to_owned(),
        ..AgentSpec::new("reviewer", "Reviews.", source)
    }
}

fn rule(tool: &str, pattern: Option<&str>, verdict: Verdict) -> PermissionRule {
    let origin = Origin { path: "reviewer.md".into(), line: 7 };
    PermissionRule { tool: tool.to_owned(), pattern: pattern.map(str::to_owned), verdict, origin }
}

fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

/// A change of the reviewer.
type Change = fn(&mut AgentSpec);

/// What is told of it; `!` stands before what widens.
fn told(change: Change) -> Vec<String> {
    let mut new = reviewer();
    change(&mut new);
    let mark = |one: Difference| if one.widens { format!("! {}", one.what) } else { one.what };
    differences(&reviewer(), &new).into_iter().map(mark).collect()
}

#[test]
fn what_an_agent_may_do_is_compared() {
    let table: &[(Change, &[&str])] = &[
        (|_| {}, &[]),
        (|a| a.tools = Some(owned(&["Read", "Bash"])), &["! + Bash", "− Grep"]),
        (|a| a.tools = None, &["! + all tools"]),
        (|a| a.disallowed_tools.clear(), &["! WebFetch is no longer denied"]),
        (|a| a.disallowed_tools.push("Bash".to_owned()), &["Bash is denied"]),
        (|a| a.allowed_tools.push("Bash(ls)".to_owned()), &["! Bash(ls) without asking"]),
        (|a| a.permission_mode = None, &["! mode dontAsk → default"]),
        (|a| a.permission_mode = Some(PermissionMode::Plan), &["mode dontAsk → plan"]),
        (
            |a| a.permission_mode = Some(PermissionMode::BypassPermissions),
            &["! mode dontAsk → bypassPermissions"],
        ),
        (|a| a.isolation = Isolation::None, &["! no worktree of its own any more"]),
        (|a| a.references.push("/skills/go/references".into()), &["! may read /skills/go/references"]),
        (|a| a.engine = Some("codex".to_owned()), &["! runs by codex instead of the default engine"]),
        (|a| a.workspace = Some("web".to_owned()), &["! works in web instead of the chosen workspace"]),
    ];
    for (change, expected) in table {
        assert_eq!(told(*change), *expected);
    }
}

#[test]
fn an_agent_that_had_all_tools_can_only_lose_some() {
    let all = AgentSpec { tools: None, ..reviewer() };
    let found = differences(&all, &reviewer());
    assert_eq!(found, [Difference { what: "only Read, Grep".to_owned(), widens: false }]);
}

#[test]
fn of_rules_only_fewer_allows_and_more_denials_are_surely_less() {
    let table: &[(Change, &[&str])] = &[
        (|a| a.permission.push(rule("webfetch", None, Verdict::Deny)), &["+ webfetch: deny"]),
        (|a| a.permission.push(rule("webfetch", None, Verdict::Ask)), &["! + webfetch: ask"]),
        (|a| a.permission.push(rule("*", None, Verdict::Allow)), &["! + *: allow"]),
        (|a| drop(a.permission.remove(0)), &["− bash \"git *\": allow"]),
        (|a| drop(a.permission.remove(1)), &["! − edit: ask"]),
        (|a| drop(a.permission.remove(2)), &["! − bash \"git push*\": deny"]),
        (|a| a.permission.swap(0, 2), &["! permission rules in another order"]),
        (|a| a.permission[0].verdict = Verdict::Deny, &["+ bash \"git *\": deny", "− bash \"git *\": allow"]),
        // Only the line of the file is another.
        (|a| a.permission[0].origin.line = 9, &[]),
    ];
    for (change, expected) in table {
        assert_eq!(told(*change), *expected);
    }
}

#[test]
fn limits_that_grow_or_go_are_more() {
    let table: &[(Change, &[&str])] = &[
        (|a| a.max_turns = Some(20), &["! turns 10 → 20"]),
        (|a| a.max_turns = Some(5), &["turns 10 → 5"]),
        (|a| a.max_turns = None, &["! turns 10 → no limit"]),
        (|a| a.timeout = None, &["! time 600 s → no limit"]),
        (|a| a.budget = None, &["! budget $1.50 → no limit"]),
        (
            |a| a.budget = Some(Budget { microdollars: Some(500_000), tokens: Some(1_000) }),
            &["budget $1.50 → $0.50", "tokens no limit → 1000"],
        ),
    ];
    for (change, expected) in table {
        assert_eq!(told(*change), *expected);
    }
}

#[test]
fn words_and_models_are_told_and_need_nobody() {
    let table: &[(Change, &[&str])] = &[
        (|a| a.model = Some("sonnet".to_owned()), &["model opus → sonnet"]),
        (|a| a.model = None, &["model opus → default"]),
        (|a| a.instructions.push_str("\nThen go."), &["instructions changed (1 line)"]),
        (|a| a.instructions = "Look.\nNo.\nNo.\nThen say.".to_owned(), &["instructions changed (2 lines)"]),
        (|a| a.instructions = "Look.\nThen say.".to_owned(), &["instructions changed (1 line)"]),
        (|a| a.description = "Reviews well.".to_owned(), &["description changed"]),
        (|a| a.skills.push("go".to_owned()), &["+ skill go"]),
        (
            |a| {
                let (label, agent) = ("Test".to_owned(), "tester".to_owned());
                a.handoffs.push(Handoff { label, agent, prompt: String::new() });
            },
            &["hand-offs changed"],
        ),
        (|a| a.source.path = "elsewhere.md".into(), &[]),
    ];
    for (change, expected) in table {
        assert_eq!(told(*change), *expected);
    }
}

#[test]
fn what_an_agent_does_unasked_is_told() {
    let script = "```yaml steps\n- run: { command: rm x, ask: FALSE }\n```";
    let with = |change: &dyn Fn(&mut AgentSpec)| {
        let source = Source { path: "a.md".into(), dialect: Dialect::ClaudeCode };
        let mut agent = AgentSpec::new("a", "Works.", source);
        change(&mut agent);
        unasked(&agent).into_iter().map(|one| one.what).collect::<Vec<_>>()
    };
    assert_eq!(with(&|_| {}), [""; 0]);
    assert_eq!(with(&|agent| agent.permission_mode = Some(PermissionMode::Plan)), [""; 0]);
    assert_eq!(
        with(&|agent| agent.permission_mode = Some(PermissionMode::AcceptEdits)),
        ["mode acceptEdits"]
    );
    assert_eq!(with(&|agent| agent.allowed_tools = vec!["Bash".to_owned()]), ["Bash: allow"]);
    assert_eq!(with(&|agent| script.clone_into(&mut agent.instructions)), ["steps that do not ask"]);
    assert_eq!(with(&|agent| agent.instructions = script.replace("FALSE", "true")), [""; 0]);
}

#[test]
fn a_script_that_is_changed_waits_if_it_has_steps_that_do_not_ask() {
    let source = Source { path: "a.md".into(), dialect: Dialect::ClaudeCode };
    let agent = |text: &str| AgentSpec {
        instructions: format!("```yaml steps\n{text}\n```"),
        ..AgentSpec::new("a", "Works.", source.clone())
    };
    let widens = |new: &str| differences(&agent("- say: hi"), &agent(new)).iter().any(|one| one.widens);
    assert!(widens("- run: { command: rm x, ask: false }"));
    assert!(!widens("- run: { command: rm x }"));
}

#[test]
fn rules_that_read_the_same_are_not_the_same() {
    let with = |rules: Vec<PermissionRule>| AgentSpec { permission: rules, ..reviewer() };
    let old = with(vec![rule("bash", Some("git push*"), Verdict::Deny)]);
    let new = with(vec![rule("bash \"git push*\"", None, Verdict::Deny)]);
    let found = differences(&old, &new);
    assert_eq!(found.len(), 2);
    assert!(found[1].widens, "what was denied no longer is");
}
