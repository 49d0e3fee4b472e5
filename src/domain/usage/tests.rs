//! How sums of usage are ordered.

use super::*;

fn used(agent: &str, engine: &str, cost_usd: Option<f64>, tokens: Option<u64>) -> Used {
    let (agent, engine) = (agent.to_owned(), engine.to_owned());
    Used { agent, engine, tasks: 2, usage: Usage { cost_usd, tokens } }
}

fn some() -> Vec<Used> {
    vec![
        used("a", "codex", None, Some(5)),
        used("b", "claude", Some(0.5), Some(1)),
        used("b", "codex", None, Some(9)),
        used("c", "claude", Some(0.75), None),
        used("d", "codex", None, Some(5)),
    ]
}

#[test]
fn sums_go_from_the_most_expensive_down() {
    let table = |sums: &[Sum]| -> Vec<(String, u64, Option<f64>, Option<u64>)> {
        sums.iter().map(|s| (s.name.clone(), s.tasks, s.usage.cost_usd, s.usage.tokens)).collect()
    };
    let row = |name: &str, tasks, cost, tokens| (name.to_owned(), tasks, cost, tokens);
    let some = some();
    assert_eq!(
        table(&sums(&some, |used| &used.agent, 4)),
        [
            row("c", 2, Some(0.75), None),
            row("b", 4, Some(0.5), Some(10)),
            row("a", 2, None, Some(5)),
            row("d", 2, None, Some(5)),
        ]
    );
    assert_eq!(
        table(&sums(&some, |used| &used.agent, 3)),
        [row("c", 2, Some(0.75), None), row("b", 4, Some(0.5), Some(10)), row("", 4, None, Some(10))],
        "the last ones together"
    );
    assert_eq!(
        table(&sums(&some, |used| &used.engine, 3)),
        [row("claude", 4, Some(1.25), Some(1)), row("codex", 6, None, Some(19))]
    );
    assert_eq!(table(&[total(&some)]), [row("", 10, Some(1.25), Some(20))]);
    assert!(sums(&[], |used| &used.agent, 3).is_empty());
}
