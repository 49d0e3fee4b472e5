//! What an agent's definition says, held against what its engine reports.

use super::chat::Call;
use super::world::{LIMITS, World, agent};
use crate::domain::agent::{AgentSpec, Budget, Field, Origin, PermissionRule, Verdict};
use crate::domain::approval::{ApprovalStatus, Decision};
use crate::domain::event::{Ending, EngineEvent, Usage};
use crate::domain::history::HistoryEntry;
use crate::domain::ids::TaskId;
use crate::domain::task::{Outcome, Phase};
use crate::ports::EngineOrder;
use crate::store::{DatabaseLocation, Store};

async fn world(change: impl FnOnce(&mut AgentSpec)) -> World {
    let mut agent = agent();
    for field in [Field::Tools, Field::Budget] {
        agent.origins.insert(field, Origin { path: "reviewer.md".into(), line: 9 });
    }
    change(&mut agent);
    World::of(agent, Store::open(&DatabaseLocation::Memory).await.unwrap(), LIMITS)
}

fn told(text: &str) -> impl Fn(&[Call]) -> bool {
    move |calls| calls.iter().any(|call| call.text.contains(text))
}

#[tokio::test]
async fn more_than_the_budget_stops_the_run_and_fails_the_task() {
    let budget = Budget { microdollars: Some(2_000_000), tokens: None };
    let mut world = world(|agent| agent.budget = Some(budget)).await;
    world.say(1, "go").await;
    let mut run = world.run().await;
    run.open("s").await;
    for cost in [2.0, 2.1] {
        run.report(EngineEvent::Usage(Usage { cost_usd: Some(cost), tokens: None })).await;
    }
    assert_eq!(run.order().await, Some(EngineOrder::Stop));
    // Whatever the engine says of its end.
    run.report(EngineEvent::Ended(Ending::Completed)).await;
    world.chat.until("the end", told("#1 folded")).await;
    let task = world.store.task(TaskId(1)).await.unwrap().unwrap();
    let reason = "It has used $2.10 of the $2.00 that reviewer.md:9 allows.".to_owned();
    assert_eq!(task.phase, Phase::Finished(Outcome::Failed { reason }));
}

#[tokio::test]
async fn what_is_forbidden_and_what_is_allowed_asks_nobody() {
    let rule = |verdict| PermissionRule {
        tool: "edit".to_owned(),
        pattern: None,
        verdict,
        origin: Origin { path: "reviewer.md".into(), line: 7 },
    };
    let by = || "reviewer.md:7".to_owned();
    for (verdict, decision, status) in [
        (Verdict::Deny, Decision::Forbidden { by: by(), why: "edit: deny".to_owned() }, "denied_by_policy"),
        (Verdict::Allow, Decision::Allow, "granted_by_policy"),
    ] {
        let mut world = world(|agent| agent.permission = vec![rule(verdict)]).await;
        world.say(1, "go").await;
        let mut run = world.run().await;
        run.open("s").await;
        run.ask("a").await;
        assert_eq!(run.order().await, Some(EngineOrder::Decide { request: "a".to_owned(), decision }));
        run.answer("done").await;
        world.chat.until("the end", told("#1 folded")).await;
        let approvals = world.store.task_approvals(TaskId(1)).await.unwrap();
        assert_eq!(approvals.iter().map(|approval| approval.status.name()).collect::<Vec<_>>(), [status]);
        let history = world.store.history(TaskId(1)).await.unwrap();
        let resolved = |entry: &HistoryEntry| {
            matches!(entry, HistoryEntry::Resolved {
                status: ApprovalStatus::DeniedByPolicy { by, .. } | ApprovalStatus::GrantedByPolicy { by, .. }, ..
            } if by == "reviewer.md:7")
        };
        assert!(history.iter().any(|(_, entry)| resolved(entry)), "{history:?}");
    }
}

#[tokio::test]
async fn a_warning_is_told_and_kept() {
    let mut world = world(|_| ()).await;
    world.say(1, "go").await;
    let run = world.run().await;
    run.report(EngineEvent::Warning("no such model".to_owned())).await;
    run.answer("done").await;
    let calls = world.chat.until("the end", told("#1 folded")).await;
    assert!(told("Warning")(&calls), "{calls:#?}");
    let history = world.store.history(TaskId(1)).await.unwrap();
    let warned = HistoryEntry::Warned { text: "no such model".to_owned() };
    assert!(history.iter().any(|(_, entry)| *entry == warned), "{history:?}");
}
