//! Limits, and a policy in words.

use std::time::Duration;

use super::*;
use crate::domain::agent::Budget;
use crate::domain::event::Usage;

#[test]
fn more_than_the_budget_is_said_with_both_figures() {
    let budget = |microdollars, tokens| {
        let agent = AgentSpec { budget: Some(Budget { microdollars, tokens }), ..agent() };
        policy(&agent).limits
    };
    for (limits, cost_usd, tokens, said) in [
        (
            budget(Some(2_000_000), None),
            Some(2.1),
            None,
            Some("It has used $2.10 of the $2.00 that reviewer.md:7 allows."),
        ),
        (
            budget(Some(2_000_000), None),
            Some(2.001),
            None,
            Some("It has used $2.01 of the $2.00 that reviewer.md:7 allows."),
        ),
        (budget(Some(2_000_000), None), Some(2.0), Some(9), None),
        (
            budget(Some(5_000), None),
            Some(0.0061),
            None,
            Some("It has used $0.0061 of the $0.0050 that reviewer.md:7 allows."),
        ),
        (
            budget(None, Some(1000)),
            Some(99.0),
            Some(1001),
            Some("It has used 1001 of the 1000 tokens that reviewer.md:7 allows."),
        ),
        (budget(None, Some(1000)), None, Some(1000), None),
        (budget(None, Some(1000)), None, None, None),
    ] {
        let excess = limits.overspent(&Usage { cost_usd, tokens });
        assert_eq!(excess.map(|excess| excess.to_string()).as_deref(), said);
    }
    let limits = policy(&AgentSpec { max_turns: Some(3), ..agent() }).limits;
    assert_eq!(limits.outran(3), None);
    assert_eq!(
        limits.outran(4).map(|excess| excess.to_string()).as_deref(),
        Some("It has taken the 3 turns that reviewer.md:6 allows. Write “go on” to let it continue.")
    );
}

#[test]
fn a_policy_is_described_line_by_line() {
    let agent = AgentSpec {
        tools: Some(words(&["Read", "Bash(git *)"])),
        disallowed_tools: words(&["WebFetch"]),
        allowed_tools: words(&["Read"]),
        permission: rules(&[("bash", Some("git push*"), Deny), ("edit", None, Ask)]),
        permission_mode: Some(PermissionMode::AcceptEdits),
        max_turns: Some(5),
        timeout: Some(Duration::from_secs(90)),
        budget: Some(Budget { microdollars: Some(2_500_000), tokens: None }),
        ..agent()
    };
    let line = |line: Line| {
        let origin = line.origin.map_or_else(String::new, |origin| format!(" ({})", origin.label()));
        format!("{:?}: {}{origin}", line.topic, line.text)
    };
    let lines: Vec<String> = policy(&agent).describe().into_iter().map(line).collect();
    assert_eq!(
        lines,
        [
            "Only: Read, Bash(git *) (reviewer.md:2)",
            "Deny: WebFetch (reviewer.md:3)",
            "Allow: Read (reviewer.md:4)",
            "Deny: bash \"git push*\" (reviewer.md:20)",
            "Ask: edit (reviewer.md:21)",
            "Allow: changes to files of the workspace (reviewer.md:5)",
            "Limit: 5 turns (reviewer.md:6)",
            "Limit: 1 min 30 s",
            "Limit: $2.50 (reviewer.md:7)",
        ]
    );
    let summary = policy(&agent).summary().unwrap_or_default();
    assert!(summary.contains("- Only these tools may be used: Read, Bash(git *)"), "{summary}");
    assert!(summary.contains("- Not allowed: bash \"git push*\""), "{summary}");
    assert_eq!(policy(&super::agent()).summary(), None);
}
