//! Tests of the JSON of everything that is stored: a database of an earlier version must stay readable, so no line
//! here may change. New lines may come.

use std::fmt::Debug;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::action::{Fingerprint, Pattern, Rule};
use super::agent::{
    AgentSpec, Budget, Dialect, Field, Handoff, Origin, PermissionMode, PermissionRule, Source, Verdict,
};
use super::approval::{ApprovalStatus, Moot};
use super::chain::{Step, StepState};
use super::conversation::{Browsing, Detail, Offered, Rings, Session, Settings};
use super::dialogue::Dialogue;
use super::event::{ActionState, ActionUpdate, Ending, PlanEntry, PlanState, TaskEvent, Usage};
use super::history::HistoryEntry;
use super::ids::{
    ApprovalId, ChainId, ChatId, Place, RaceId, RunId, SessionId, TaskId, Timestamp, TopicId, UserId,
};
use super::message::{Button, Document, DocumentContent, Entity, Message, RichText, Style};
use super::press::{Choice, NameKey, Nonce, Press};
use super::race::{RaceState, Runner};
use super::task::{Outcome, Phase, StopReason};
use super::worktree::{Changes, TestResult};

const TASK: TaskId = TaskId(42);
const RUN: RunId = RunId(Uuid::from_u128(1));
const APPROVAL: ApprovalId = ApprovalId(Uuid::from_u128(2));
const BY: UserId = UserId(7);
const AT: Timestamp = Timestamp(1_700_000_000_000);

/// Checks that each value is written as the JSON beside it, and that the JSON is read back as the value.
fn check<T: Serialize + DeserializeOwned + PartialEq + Debug>(table: Vec<(T, &str)>) {
    for (value, json) in table {
        assert_eq!(serde_json::to_string(&value).unwrap(), json);
        assert_eq!(serde_json::from_str::<T>(json).unwrap(), value);
    }
}

fn pattern() -> Rule {
    Rule::Pattern(Pattern { prefix: vec!["cargo".into(), "test".into()], cwd: "/api".into() })
}

#[test]
fn task_events() {
    let run = RUN;
    let (approval, session) = (APPROVAL, SessionId("s".into()));
    check(vec![
        (TaskEvent::Started { run }, r#"{"event":"started","run":"00000000-0000-0000-0000-000000000001"}"#),
        (TaskEvent::Running { run }, r#"{"event":"running","run":"00000000-0000-0000-0000-000000000001"}"#),
        (
            TaskEvent::SessionOpened { run, session },
            r#"{"event":"session_opened","run":"00000000-0000-0000-0000-000000000001","session":"s"}"#,
        ),
        (
            TaskEvent::ApprovalRequested { run, approval },
            r#"{"event":"approval_requested","run":"00000000-0000-0000-0000-000000000001","approval":"00000000-0000-0000-0000-000000000002"}"#,
        ),
        (
            TaskEvent::ApprovalResolved { run, approval },
            r#"{"event":"approval_resolved","run":"00000000-0000-0000-0000-000000000001","approval":"00000000-0000-0000-0000-000000000002"}"#,
        ),
        (TaskEvent::PassedOn { to: TASK }, r#"{"event":"passed_on","to":42}"#),
        (TaskEvent::StopRequested, r#"{"event":"stop_requested"}"#),
        (TaskEvent::TimedOut, r#"{"event":"timed_out"}"#),
        (TaskEvent::Interrupted, r#"{"event":"interrupted"}"#),
        (
            TaskEvent::Ended { run, ending: Ending::Failed { reason: "no key".into() } },
            r#"{"event":"ended","run":"00000000-0000-0000-0000-000000000001","ending":{"ending":"failed","reason":"no key"}}"#,
        ),
    ]);
    check(vec![
        (Ending::Completed, r#"{"ending":"completed"}"#),
        (Ending::Stopped, r#"{"ending":"stopped"}"#),
    ]);
}

#[test]
fn history_entries() {
    let (action, text) = ("a1".to_owned(), "which?".to_owned());
    check(vec![
        (
            HistoryEntry::Task { moved: TaskEvent::TimedOut },
            r#"{"entry":"task","moved":{"event":"timed_out"}}"#,
        ),
        (
            HistoryEntry::Output { action, head: "h".into(), tail: "t".into(), omitted: 9 },
            r#"{"entry":"output","action":"a1","head":"h","tail":"t","omitted":9}"#,
        ),
        (
            HistoryEntry::Plan { plan: vec![PlanEntry { text: "look".into(), state: PlanState::Active }] },
            r#"{"entry":"plan","plan":[{"text":"look","state":"active"}]}"#,
        ),
        (
            HistoryEntry::Asked { approval: APPROVAL, payload: "{}".into() },
            r#"{"entry":"asked","approval":"00000000-0000-0000-0000-000000000002","payload":"{}"}"#,
        ),
        (
            HistoryEntry::Resolved { approval: APPROVAL, status: ApprovalStatus::Expired { at: AT } },
            r#"{"entry":"resolved","approval":"00000000-0000-0000-0000-000000000002","status":{"status":"expired","at":1700000000000}}"#,
        ),
        (HistoryEntry::Question { text: text.clone() }, r#"{"entry":"question","text":"which?"}"#),
        (HistoryEntry::Answer { text }, r#"{"entry":"answer","text":"which?"}"#),
        (HistoryEntry::Withdrawn { question: 2 }, r#"{"entry":"withdrawn","question":2}"#),
        (HistoryEntry::SessionLost, r#"{"entry":"session_lost"}"#),
        (HistoryEntry::Warned { text: "no".to_owned() }, r#"{"entry":"warned","text":"no"}"#),
        (
            HistoryEntry::Steered { task: TASK, text: "use tabs".into() },
            r#"{"entry":"steered","task":42,"text":"use tabs"}"#,
        ),
        (HistoryEntry::Silent { seconds: 600 }, r#"{"entry":"silent","seconds":600}"#),
        (HistoryEntry::Heard, r#"{"entry":"heard"}"#),
        (HistoryEntry::File { path: "a/b".into() }, r#"{"entry":"file","path":"a/b"}"#),
        (HistoryEntry::Said { markdown: "*hi*".into() }, r#"{"entry":"said","markdown":"*hi*"}"#),
    ]);
    check(vec![
        (PlanState::Pending, r#""pending""#),
        (PlanState::Active, r#""active""#),
        (PlanState::Done, r#""done""#),
    ]);
}

#[test]
fn history_entries_of_actions() {
    let entry = |title: Option<&str>, state| HistoryEntry::Action {
        update: ActionUpdate { id: "a1".into(), title: title.map(Into::into), state },
    };
    check(vec![
        (
            entry(Some("cargo test"), ActionState::Running),
            r#"{"entry":"action","update":{"id":"a1","title":"cargo test","state":{"state":"running"}}}"#,
        ),
        (
            entry(None, ActionState::Waiting),
            r#"{"entry":"action","update":{"id":"a1","title":null,"state":{"state":"waiting"}}}"#,
        ),
        (
            entry(None, ActionState::Done),
            r#"{"entry":"action","update":{"id":"a1","title":null,"state":{"state":"done"}}}"#,
        ),
        (
            entry(None, ActionState::Failed { note: "exit 1".into() }),
            r#"{"entry":"action","update":{"id":"a1","title":null,"state":{"state":"failed","note":"exit 1"}}}"#,
        ),
    ]);
}

#[test]
fn approval_statuses_and_rules() {
    let (by, at) = (BY, AT);
    let name = String::new;
    let ann = || "Ann".to_owned();
    check(vec![
        (ApprovalStatus::Open, r#"{"status":"open"}"#),
        (
            ApprovalStatus::Granted { by, name: name(), at, rule: None },
            r#"{"status":"granted","by":7,"at":1700000000000,"rule":null}"#,
        ),
        (
            ApprovalStatus::Granted { by, name: name(), at, rule: Some(pattern()) },
            r#"{"status":"granted","by":7,"at":1700000000000,"rule":{"pattern":{"prefix":["cargo","test"],"cwd":"/api"}}}"#,
        ),
        (ApprovalStatus::GrantedByRule { at }, r#"{"status":"granted_by_rule","at":1700000000000}"#),
        (
            ApprovalStatus::GrantedByPolicy { at, rule: "bash: allow".to_owned(), by: "a.md:3".to_owned() },
            r#"{"status":"granted_by_policy","at":1700000000000,"rule":"bash: allow","by":"a.md:3"}"#,
        ),
        (
            ApprovalStatus::DeniedByPolicy { at, rule: "tools: Read".to_owned(), by: "a.md:7".to_owned() },
            r#"{"status":"denied_by_policy","at":1700000000000,"rule":"tools: Read","by":"a.md:7"}"#,
        ),
        (
            ApprovalStatus::Granted { by, name: ann(), at, rule: None },
            r#"{"status":"granted","by":7,"name":"Ann","at":1700000000000,"rule":null}"#,
        ),
        (ApprovalStatus::Denied { by, name: name(), at }, r#"{"status":"denied","by":7,"at":1700000000000}"#),
        (
            ApprovalStatus::Denied { by, name: ann(), at },
            r#"{"status":"denied","by":7,"name":"Ann","at":1700000000000}"#,
        ),
        (ApprovalStatus::Expired { at }, r#"{"status":"expired","at":1700000000000}"#),
        (ApprovalStatus::Superseded { at, why: Moot::Over }, r#"{"status":"superseded","at":1700000000000}"#),
        (
            ApprovalStatus::Superseded { at, why: Moot::Withdrawn },
            r#"{"status":"superseded","at":1700000000000,"why":"withdrawn"}"#,
        ),
        (ApprovalStatus::Undeliverable { at }, r#"{"status":"undeliverable","at":1700000000000}"#),
    ]);
    check(vec![
        (Rule::Exact(Fingerprint("ab12".into())), r#"{"exact":"ab12"}"#),
        (pattern(), r#"{"pattern":{"prefix":["cargo","test"],"cwd":"/api"}}"#),
    ]);
}

#[test]
fn dialogues() {
    check(vec![
        (Dialogue::Idle, r#"{"state":"idle"}"#),
        (Dialogue::PickingAgent, r#"{"state":"picking_agent"}"#),
        (Dialogue::PickingWorkspace, r#"{"state":"picking_workspace"}"#),
        (Dialogue::AwaitingPrompt { agent: "tour".into() }, r#"{"state":"awaiting_prompt","agent":"tour"}"#),
        (Dialogue::Answering { task: TASK, question: 2 }, r#"{"state":"answering","task":42,"question":2}"#),
    ]);
}

#[test]
fn steps_of_chains() {
    let step = |state, task| Step {
        agent: "tour".into(),
        engine: "script".into(),
        workspace: "api".into(),
        state,
        task,
    };
    let states = [
        (StepState::Pending, "pending"),
        (StepState::Running, "running"),
        (StepState::Succeeded, "succeeded"),
        (StepState::Failed, "failed"),
        (StepState::Denied, "denied"),
        (StepState::TimedOut, "timed_out"),
        (StepState::Interrupted, "interrupted"),
        (StepState::Stopped, "stopped"),
        (StepState::Skipped, "skipped"),
    ];
    for (state, name) in states {
        let json =
            format!(r#"{{"agent":"tour","engine":"script","workspace":"api","state":"{name}","task":42}}"#);
        check(vec![(step(state, Some(TASK)), json.as_str())]);
    }
    check(vec![(
        step(StepState::Pending, None),
        r#"{"agent":"tour","engine":"script","workspace":"api","state":"pending"}"#,
    )]);
}

#[test]
fn races_and_worktrees() {
    check(vec![
        (
            Runner { agent: "tour".into(), engine: "script".into(), task: None },
            r#"{"agent":"tour","engine":"script"}"#,
        ),
        (
            Runner { agent: "tour".into(), engine: "script".into(), task: Some(TASK) },
            r#"{"agent":"tour","engine":"script","task":42}"#,
        ),
    ]);
    check(vec![
        (RaceState::Preparing, r#"{"state":"preparing"}"#),
        (
            RaceState::Running { base: "abc".into(), dirty: true },
            r#"{"state":"running","base":"abc","dirty":true}"#,
        ),
        (RaceState::Deciding { dirty: false }, r#"{"state":"deciding"}"#),
        (RaceState::Deciding { dirty: true }, r#"{"state":"deciding","dirty":true}"#),
        (RaceState::Kept { task: TASK }, r#"{"state":"kept","task":42}"#),
        (RaceState::NoneKept, r#"{"state":"none_kept"}"#),
        (RaceState::Refused { reason: "x".into() }, r#"{"state":"refused","reason":"x"}"#),
    ]);
    check(vec![(Changes { files: 1, added: 2, removed: 3 }, r#"{"files":1,"added":2,"removed":3}"#)]);
    check(vec![
        (TestResult::Passed, r#"{"test":"passed"}"#),
        (TestResult::Failed { code: 1, tail: "x".into() }, r#"{"test":"failed","code":1,"tail":"x"}"#),
        (TestResult::TimedOut, r#"{"test":"timed_out"}"#),
        (TestResult::Stopped, r#"{"test":"stopped"}"#),
        (TestResult::NotStarted { reason: "x".into() }, r#"{"test":"not_started","reason":"x"}"#),
    ]);
}

#[test]
fn conversations() {
    let session = Session {
        id: SessionId("s".into()),
        agent: "tour".into(),
        engine: "script".into(),
        workspace: "api".into(),
        usage: Usage::default(),
    };
    let used = Session { usage: Usage { cost_usd: Some(0.25), tokens: None }, ..session.clone() };
    check(vec![
        (session, r#"{"id":"s","agent":"tour","engine":"script","workspace":"api"}"#),
        (
            used,
            r#"{"id":"s","agent":"tour","engine":"script","workspace":"api","usage":{"cost_usd":0.25,"tokens":null}}"#,
        ),
    ]);
    let offered = Offered {
        agent: "tour".into(),
        engine: "script".into(),
        workspace: "api".into(),
        commands: vec!["compact".into()],
    };
    check(vec![(offered, r#"{"agent":"tour","engine":"script","workspace":"api","commands":["compact"]}"#)]);
    check(vec![
        (Settings::default(), r#"{"detail":"normal","rings":"all"}"#),
        (
            Settings { detail: Detail::Brief, rings: Rings::Questions },
            r#"{"detail":"brief","rings":"questions"}"#,
        ),
        (Settings { detail: Detail::Full, rings: Rings::Nothing }, r#"{"detail":"full","rings":"nothing"}"#),
    ]);
    // What an earlier version did not know has its default.
    assert_eq!(serde_json::from_str::<Settings>("{}").unwrap(), Settings::default());
    check(vec![
        (Place { chat: ChatId(-100), topic: None }, r#"{"chat":-100,"topic":null}"#),
        (Place { chat: ChatId(-100), topic: Some(TopicId(5)) }, r#"{"chat":-100,"topic":5}"#),
    ]);
}

#[test]
fn messages() {
    let plain = |text: &str| Message {
        body: RichText { text: text.into(), entities: Vec::new() },
        buttons: Vec::new(),
        document: None,
        silent: false,
    };
    let styled = Entity { offset: 0, length: 2, style: Style::Bold };
    let full = Message {
        body: RichText { text: "hi".into(), entities: vec![styled] },
        buttons: vec![vec![Button { label: "Stop".into(), press: Press::Stop(TASK) }]],
        document: Some(Document { name: "log.txt".into(), content: DocumentContent::Text("x".into()) }),
        silent: true,
    };
    check(vec![
        (plain("hi"), r#"{"body":{"text":"hi"},"silent":false}"#),
        (
            full,
            r#"{"body":{"text":"hi","entities":[{"offset":0,"length":2,"style":"bold"}]},"buttons":[[{"label":"Stop","press":{"stop":42}}]],"document":{"name":"log.txt","content":{"text":"x"}},"silent":true}"#,
        ),
    ]);
    check(vec![
        (Style::Bold, r#""bold""#),
        (Style::Italic, r#""italic""#),
        (Style::Strikethrough, r#""strikethrough""#),
        (Style::Code, r#""code""#),
        (Style::Pre(None), r#"{"pre":null}"#),
        (Style::Pre(Some("rust".into())), r#"{"pre":"rust"}"#),
        (Style::Quote, r#""quote""#),
        (Style::Link("https://a.b".into()), r#"{"link":"https://a.b"}"#),
    ]);
    check(vec![(DocumentContent::File("/a/b".into()), r#"{"file":"/a/b"}"#)]);
}

#[test]
fn presses() {
    let key = NameKey(5);
    check(vec![
        (Press::Stop(TASK), r#"{"stop":42}"#),
        (Press::Retry(TASK), r#"{"retry":42}"#),
        (Press::Continue(TASK), r#"{"continue":42}"#),
        (Press::Log(TASK), r#"{"log":42}"#),
        (Press::RunNext(TASK), r#"{"run_next":42}"#),
        (Press::Drop(TASK), r#"{"drop":42}"#),
        (
            Press::Approval { id: APPROVAL, nonce: Nonce(9), choice: Choice::AlwaysExact },
            r#"{"approval":{"id":"00000000-0000-0000-0000-000000000002","nonce":9,"choice":"always_exact"}}"#,
        ),
        (
            Press::Answer { task: TASK, question: 2, option: 1 },
            r#"{"answer":{"task":42,"question":2,"option":1}}"#,
        ),
        (Press::PickAgent(key), r#"{"pick_agent":5}"#),
        (Press::PickAgent(NameKey(u64::MAX)), r#"{"pick_agent":18446744073709551615}"#),
        (Press::TryAgent(key), r#"{"try_agent":5}"#),
        (Press::AgentsPage(3), r#"{"agents_page":3}"#),
        (Press::BrowseAgents(3), r#"{"browse_agents":3}"#),
        (Press::ShowAgent(key), r#"{"show_agent":5}"#),
        (Press::UseAgent(key), r#"{"use_agent":5}"#),
        (Press::ReleaseAgent(key), r#"{"release_agent":5}"#),
        (Press::UseVersion(key), r#"{"use_version":5}"#),
        (Press::KeepVersion(key), r#"{"keep_version":5}"#),
        (Press::PickWorkspace(key), r#"{"pick_workspace":5}"#),
        (Press::PickEngine(None), r#"{"pick_engine":null}"#),
        (Press::PickEngine(Some(key)), r#"{"pick_engine":5}"#),
        (Press::TasksBefore(TASK), r#"{"tasks_before":42}"#),
        (Press::ShowTask(TASK), r#"{"show_task":42}"#),
        (Press::SetDetail(Detail::Full), r#"{"set_detail":"full"}"#),
        (Press::SetRings(Rings::Nothing), r#"{"set_rings":"nothing"}"#),
        (Press::RetryStep(TASK), r#"{"retry_step":42}"#),
        (Press::SkipStep(TASK), r#"{"skip_step":42}"#),
        (Press::StopChain(ChainId(3)), r#"{"stop_chain":3}"#),
        (Press::StopRace(RaceId(3)), r#"{"stop_race":3}"#),
        (Press::Keep(TASK), r#"{"keep":42}"#),
        (Press::Discard(TASK), r#"{"discard":42}"#),
        (Press::Merge(TASK), r#"{"merge":42}"#),
        (Press::KeepNone(RaceId(3)), r#"{"keep_none":3}"#),
        (Press::HandOff { task: TASK, handoff: key }, r#"{"hand_off":{"task":42,"handoff":5}}"#),
        (Press::PassOn { task: TASK, page: 2 }, r#"{"pass_on":{"task":42,"page":2}}"#),
        (Press::PassTo { task: TASK, agent: key }, r#"{"pass_to":{"task":42,"agent":5}}"#),
        (Press::ShowAnswer(TASK), r#"{"show_answer":42}"#),
    ]);
    check(vec![
        (Choice::Allow, r#""allow""#),
        (Choice::AlwaysMenu, r#""always_menu""#),
        (Choice::AlwaysExact, r#""always_exact""#),
        (Choice::AlwaysPattern, r#""always_pattern""#),
        (Choice::Back, r#""back""#),
        (Choice::Deny, r#""deny""#),
    ]);
}

/// Buttons in the chat carry these after any restart.
#[test]
fn keys_of_names_and_nonces() {
    assert_eq!(NameKey::of("reviewer"), NameKey(0x2d70_999a_e180_5e4b));
    assert_eq!(NameKey::of(""), NameKey(0xe3b0_c442_98fc_1c14));
    assert_ne!(NameKey::of("Reviewer"), NameKey::of("reviewer"));
    assert_eq!(Nonce(0xab).to_string(), "000000ab");
}

#[test]
fn outcomes_and_their_names() {
    check(vec![
        (Outcome::Succeeded, r#"{"outcome":"succeeded"}"#),
        (Outcome::Failed { reason: "no key".into() }, r#"{"outcome":"failed","reason":"no key"}"#),
        (Outcome::Stopped, r#"{"outcome":"stopped"}"#),
        (Outcome::TimedOut, r#"{"outcome":"timed_out"}"#),
        (Outcome::Interrupted, r#"{"outcome":"interrupted"}"#),
        (Outcome::PassedOn { to: TASK }, r#"{"outcome":"passed_on","to":42}"#),
    ]);
    check(vec![(StopReason::User, r#""user""#), (StopReason::Timeout, r#""timeout""#)]);
    let names = [
        (Outcome::Succeeded, "succeeded"),
        (Outcome::Failed { reason: String::new() }, "failed"),
        (Outcome::Stopped, "stopped"),
        (Outcome::TimedOut, "timed_out"),
        (Outcome::Interrupted, "interrupted"),
        (Outcome::PassedOn { to: TASK }, "passed_on"),
    ];
    for (outcome, name) in names {
        assert_eq!(outcome.name(), name);
    }
}

#[test]
fn phases_and_their_names() {
    let run = RUN;
    let table = [
        (Phase::Queued, "queued", None),
        (Phase::Starting { run }, "starting", Some(run)),
        (Phase::Running { run }, "running", Some(run)),
        (Phase::AwaitingApproval { run, approvals: vec![APPROVAL] }, "awaiting_approval", Some(run)),
        (Phase::Stopping { run, why: StopReason::User }, "stopping", Some(run)),
        (Phase::Finished(Outcome::Stopped), "finished", None),
    ];
    for (phase, name, run) in table {
        assert_eq!((phase.name(), phase.run()), (name, run));
    }
}

#[test]
fn usage() {
    check(vec![
        (Usage::default(), r#"{"cost_usd":null,"tokens":null}"#),
        (Usage { cost_usd: Some(0.25), tokens: Some(10) }, r#"{"cost_usd":0.25,"tokens":10}"#),
    ]);
}

#[test]
fn what_the_list_of_agents_shows() {
    check(vec![
        (Browsing::default(), r#"{"page":0}"#),
        (Browsing { search: "go".into(), page: 2 }, r#"{"search":"go","page":2}"#),
    ]);
}

/// A field that is added later must have a default, or tasks that waited over an update could not run as asked for.
#[test]
fn versions_of_agents() {
    let origin = || Origin { path: "/a.md".into(), line: 7 };
    let source = Source { path: "/a.md".into(), dialect: Dialect::ClaudeCode };
    let rule = PermissionRule {
        tool: "bash".into(),
        pattern: Some("git *".into()),
        verdict: Verdict::Ask,
        origin: origin(),
    };
    let agent = AgentSpec {
        tools: Some(vec!["Read".into()]),
        permission: vec![rule],
        permission_mode: Some(PermissionMode::AcceptEdits),
        timeout: Some(Duration::from_secs(60)),
        budget: Some(Budget { microdollars: Some(5), tokens: None }),
        handoffs: vec![Handoff { label: "l".into(), agent: "b".into(), prompt: "p".into() }],
        origins: [(Field::DisallowedTools, origin())].into(),
        ..AgentSpec::new("a", "d", source)
    };
    let json = r#"{"name":"a","description":"d","instructions":"","role":null,"engine":null,"workspace":null,"model":null,"effort":null,"tools":["Read"],"disallowed_tools":[],"allowed_tools":[],"permission":[{"tool":"bash","pattern":"git *","verdict":"ask","origin":{"path":"/a.md","line":7}}],"permission_mode":"accept_edits","max_turns":null,"timeout":{"secs":60,"nanos":0},"budget":{"microdollars":5,"tokens":null},"isolation":"none","skills":[],"references":[],"handoffs":[{"label":"l","agent":"b","prompt":"p"}],"argument_hint":null,"home":null,"extras":[],"source":{"path":"/a.md","dialect":"claude-code"},"bases":[],"origins":{"disallowed_tools":{"path":"/a.md","line":7}}}"#;
    check(vec![(agent, json)]);
}
