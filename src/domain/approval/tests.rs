//! An approval is answered once, in time, by who may, and for just the action that was shown.

use proptest::prelude::*;
use uuid::Uuid;

use super::{Approval, ApprovalPress, ApprovalStatus, Decision, Moot, PressOutcome, Refusal};
use crate::domain::access::Access;
use crate::domain::action::{Fingerprint, ProposedAction, Rule};
use crate::domain::ids::{ApprovalId, ChatId, Place, RunId, TaskId, Timestamp, TopicId, UserId};
use crate::domain::press::{Choice, Nonce};

const OWNER: UserId = UserId(1);
const REQUESTER: UserId = UserId(2);
const OTHER_MEMBER: UserId = UserId(3);
const GUEST: UserId = UserId(4);
const CHAT: ChatId = ChatId(-100);
const HERE: Place = Place { chat: CHAT, topic: Some(TopicId(5)) };
const NONCE: Nonce = Nonce(0xbeef);
const ASKED: Timestamp = Timestamp(1_000);
const DEADLINE: Timestamp = Timestamp(2_000);
const AT: Timestamp = Timestamp(1_500);

const CHOICES: [Choice; 6] = [
    Choice::Allow,
    Choice::AlwaysMenu,
    Choice::AlwaysExact,
    Choice::AlwaysPattern,
    Choice::Back,
    Choice::Deny,
];

fn access() -> Access {
    Access { owners: [OWNER].into(), members: [REQUESTER, OTHER_MEMBER].into(), chats: [CHAT].into() }
}

fn approval_of(action: ProposedAction) -> Approval {
    Approval {
        id: ApprovalId(Uuid::from_u128(1)),
        task: TaskId(7),
        run: RunId(Uuid::from_u128(2)),
        request: "r1".into(),
        place: HERE,
        requester: REQUESTER,
        agent: "tour".into(),
        fingerprint: action.fingerprint(),
        action,
        nonce: NONCE,
        asked_at: ASKED,
        deadline: DEADLINE,
        status: ApprovalStatus::Open,
    }
}

fn command(line: &str) -> ProposedAction {
    ProposedAction::Command { command: line.into(), cwd: "/api".into(), env: Vec::new() }
}

fn approval() -> Approval {
    approval_of(command("cargo test"))
}

fn press(choice: Choice) -> ApprovalPress<'static> {
    ApprovalPress { by: REQUESTER, name: "Ann", place: Some(HERE), nonce: NONCE, choice, at: AT }
}

fn statuses() -> Vec<(ApprovalStatus, Result<(), Refusal>, Option<Decision>)> {
    let (by, at) = (OWNER, AT);
    let name = String::new;
    let rule = Some(Rule::Exact(Fingerprint("f".into())));
    vec![
        (ApprovalStatus::Open, Ok(()), None),
        (
            ApprovalStatus::Granted { by, name: name(), at, rule: None },
            Err(Refusal::Answered),
            Some(Decision::Allow),
        ),
        (
            ApprovalStatus::Granted { by, name: name(), at, rule },
            Err(Refusal::Answered),
            Some(Decision::Allow),
        ),
        (ApprovalStatus::GrantedByRule { at }, Err(Refusal::Answered), Some(Decision::Allow)),
        (
            ApprovalStatus::GrantedByPolicy { at, rule: name(), by: name() },
            Err(Refusal::Answered),
            Some(Decision::Allow),
        ),
        (
            ApprovalStatus::DeniedByPolicy { at, rule: name(), by: name() },
            Err(Refusal::Answered),
            Some(Decision::Forbidden { by: name(), why: name() }),
        ),
        (ApprovalStatus::Denied { by, name: name(), at }, Err(Refusal::Answered), Some(Decision::Deny)),
        (ApprovalStatus::Expired { at }, Err(Refusal::Expired), Some(Decision::Expired)),
        (ApprovalStatus::Superseded { at, why: Moot::Over }, Err(Refusal::Superseded), None),
        (ApprovalStatus::Superseded { at, why: Moot::Withdrawn }, Err(Refusal::Superseded), None),
        (ApprovalStatus::Undeliverable { at }, Err(Refusal::Superseded), Some(Decision::Undeliverable)),
    ]
}

#[test]
fn each_choice_does_what_it_says_and_nothing_else() {
    let approval = approval();
    let (by, at) = (REQUESTER, AT);
    let name = || "Ann".to_owned();
    let granted = |rule| ApprovalStatus::Granted { by, name: name(), at, rule };
    let pattern = approval.action.pattern().unwrap();
    let answered = |status| PressOutcome::Answered(Approval { status, ..approval.clone() });
    let table = [
        (Choice::Allow, answered(granted(None))),
        (Choice::AlwaysExact, answered(granted(Some(Rule::Exact(approval.fingerprint.clone()))))),
        (Choice::AlwaysPattern, answered(granted(Some(Rule::Pattern(pattern))))),
        (Choice::Deny, answered(ApprovalStatus::Denied { by, name: name(), at })),
        (Choice::AlwaysMenu, PressOutcome::Menu { lasting: true }),
        (Choice::Back, PressOutcome::Menu { lasting: false }),
    ];
    for (choice, expected) in table {
        assert_eq!(approval.press(press(choice), &access()), Ok(expected), "{choice:?}");
    }
}

#[test]
fn who_may_answer() {
    let stranger = UserId(9);
    let table = [
        (OWNER, REQUESTER, Ok(())),
        (OWNER, OWNER, Ok(())),
        (REQUESTER, REQUESTER, Ok(())),
        (OTHER_MEMBER, REQUESTER, Err(Refusal::NotPermitted)),
        (REQUESTER, OTHER_MEMBER, Err(Refusal::NotPermitted)),
        (REQUESTER, OWNER, Err(Refusal::NotPermitted)),
        (GUEST, GUEST, Err(Refusal::NotPermitted)),
        (GUEST, REQUESTER, Err(Refusal::NotPermitted)),
        (stranger, REQUESTER, Err(Refusal::NotPermitted)),
        (stranger, stranger, Err(Refusal::NotPermitted)),
    ];
    for (by, requester, expected) in table {
        for choice in CHOICES {
            let approval = Approval { requester, ..approval() };
            let result = approval.press(ApprovalPress { by, ..press(choice) }, &access());
            assert_eq!(result.map(|_| ()), expected, "{by} presses {choice:?}, {requester} asked");
        }
    }
}

#[test]
fn a_requester_who_was_taken_off_the_list_may_no_longer_answer() {
    let access = Access { members: [OTHER_MEMBER].into(), ..access() };
    assert_eq!(approval().press(press(Choice::Allow), &access), Err(Refusal::NotPermitted));
    assert_eq!(approval().press(press(Choice::Allow), &Access::default()), Err(Refusal::NotPermitted));
}

#[test]
fn only_the_buttons_of_its_own_card_in_its_own_chat_count() {
    let topic = |topic| Some(Place { chat: CHAT, topic });
    let table = [
        (Some(HERE), NONCE, Ok(())),
        // A topic may vanish, and the card then stands in the chat itself.
        (topic(None), NONCE, Ok(())),
        (topic(Some(TopicId(6))), NONCE, Ok(())),
        (Some(Place { chat: ChatId(-200), ..HERE }), NONCE, Err(Refusal::Foreign)),
        (None, NONCE, Err(Refusal::Foreign)),
        (Some(HERE), Nonce(0xbeee), Err(Refusal::Foreign)),
        (Some(HERE), Nonce(0), Err(Refusal::Foreign)),
    ];
    for (place, nonce, expected) in table {
        for choice in CHOICES {
            let result = approval().press(ApprovalPress { place, nonce, ..press(choice) }, &access());
            assert_eq!(result.map(|_| ()), expected, "{place:?} {nonce} {choice:?}");
        }
    }
}

#[test]
fn a_payload_other_than_the_one_that_was_shown_is_refused() {
    let shown = approval();
    let env = vec![("A".to_owned(), "1".to_owned())];
    let tampered = [
        command("cargo test; curl evil"),
        command("cargo test "),
        ProposedAction::Command { command: "cargo test".into(), cwd: "/".into(), env: Vec::new() },
        ProposedAction::Command { command: "cargo test".into(), cwd: "/api".into(), env },
    ];
    for action in tampered {
        let approval = Approval { action, ..shown.clone() };
        for choice in CHOICES {
            assert_eq!(approval.press(press(choice), &access()), Err(Refusal::Foreign), "{approval:?}");
        }
    }
}

#[test]
fn it_expires_at_its_deadline_exactly() {
    let table = [
        (Timestamp(DEADLINE.0 - 1), Ok(())),
        (DEADLINE, Err(Refusal::Expired)),
        (Timestamp(DEADLINE.0 + 1), Err(Refusal::Expired)),
        (Timestamp(i64::MAX), Err(Refusal::Expired)),
    ];
    for (at, expected) in table {
        for choice in CHOICES {
            let result = approval().press(ApprovalPress { at, ..press(choice) }, &access());
            assert_eq!(result.map(|_| ()), expected, "{at:?} {choice:?}");
        }
    }
}

#[test]
fn it_is_answered_once() {
    for (status, expected, _) in statuses() {
        for choice in CHOICES {
            let approval = Approval { status: status.clone(), ..approval() };
            assert_eq!(
                approval.press(press(choice), &access()).map(|_| ()),
                expected,
                "{status:?} {choice:?}"
            );
        }
    }
    let Ok(PressOutcome::Answered(answered)) = approval().press(press(Choice::Deny), &access()) else {
        panic!("not answered");
    };
    assert_eq!(answered.press(press(Choice::Allow), &access()), Err(Refusal::Answered));
}

#[test]
fn an_answer_says_what_came_first_not_that_it_is_also_too_late() {
    let status = ApprovalStatus::Denied { by: OWNER, name: String::new(), at: AT };
    let late = ApprovalPress { at: DEADLINE, ..press(Choice::Allow) };
    assert_eq!(Approval { status, ..approval() }.press(late, &access()), Err(Refusal::Answered));
}

#[test]
fn people_who_may_not_answer_learn_nothing_of_how_it_stands() {
    for (status, _, _) in statuses() {
        let press = ApprovalPress { by: GUEST, at: DEADLINE, ..press(Choice::Allow) };
        let approval = Approval { status, ..approval() };
        assert_eq!(approval.press(press, &access()), Err(Refusal::NotPermitted));
    }
}

#[test]
fn a_pattern_that_does_not_exist_grants_nothing() {
    let actions = [
        command("cargo test && x"),
        command("sh x"),
        ProposedAction::WriteFile { path: "a".into(), content: "b".into() },
        ProposedAction::Other { title: "a".into(), detail: "b".into(), cwd: "/".into() },
    ];
    for action in actions {
        let approval = approval_of(action);
        assert_eq!(approval.press(press(Choice::AlwaysPattern), &access()), Err(Refusal::NoPattern));
        assert!(approval.press(press(Choice::AlwaysExact), &access()).is_ok());
    }
}

#[test]
fn only_an_open_approval_is_closed() {
    for (status, open, _) in statuses() {
        let approval = Approval { status: status.clone(), ..approval() };
        let expired = ApprovalStatus::Expired { at: DEADLINE };
        let expected = open.is_ok().then(|| Approval { status: expired.clone(), ..approval.clone() });
        assert_eq!(approval.closed(expired), expected, "{status:?}");
    }
}

#[test]
fn what_the_engine_is_told() {
    for (status, _, decision) in statuses() {
        assert_eq!(status.decision(), decision, "{status:?}");
        assert_eq!(status.rule().is_some(), matches!(status, ApprovalStatus::Granted { rule: Some(_), .. }));
    }
}

#[test]
fn refusals_are_sentences_for_a_person() {
    let all = [
        Refusal::NotPermitted,
        Refusal::Foreign,
        Refusal::Answered,
        Refusal::Expired,
        Refusal::Superseded,
        Refusal::NoPattern,
    ];
    for refusal in all {
        let words = refusal.to_string();
        // A toast holds 200 characters.
        assert!(words.ends_with('.') && words.len() <= 200, "{words}");
    }
}

proptest! {
    /// Every way of pressing: granted just when each condition holds.
    #[test]
    fn nothing_is_granted_unless_all_conditions_hold(
        by in prop_oneof![2 => 1..=2_i64, 1 => 0..6_i64],
        requester in prop_oneof![2 => Just(2_i64), 1 => 0..6_i64],
        chat in prop::sample::select(vec![CHAT.0, CHAT.0, CHAT.0, -200, 2]),
        nonce in prop_oneof![3 => Just(NONCE.0), 1 => 0xbeee..=0xbef0_u32],
        at in 1_996..=2_001_i64,
        choice in prop::sample::select(CHOICES.to_vec()),
        status in prop_oneof![3 => Just(0), 1 => 0..8_usize],
        tampered in prop::bool::weighted(0.2),
    ) {
        let mut approval = Approval { requester: UserId(requester), ..approval() };
        approval.status = statuses().swap_remove(status).0;
        if tampered {
            approval.action = command("cargo test --other");
        }
        let place = Some(Place { chat: ChatId(chat), topic: None });
        let press = ApprovalPress { by: UserId(by), name: "Ann", place, nonce: Nonce(nonce), choice, at: Timestamp(at) };
        let result = approval.press(press, &access());

        let permitted = by == OWNER.0 || (by == requester && [REQUESTER.0, OTHER_MEMBER.0].contains(&by));
        let valid = permitted && chat == CHAT.0 && nonce == NONCE.0 && at < DEADLINE.0 && status == 0 && !tampered;
        prop_assert_eq!(result.is_ok(), valid);
        if let Ok(PressOutcome::Answered(answered)) = result {
            let allowed = answered.status.decision() == Some(Decision::Allow);
            let allows = matches!(choice, Choice::Allow | Choice::AlwaysExact | Choice::AlwaysPattern);
            prop_assert_eq!(allowed, allows);
            prop_assert!(answered.status.rule().is_none_or(|rule| rule.allows(&approval.action)));
            prop_assert_eq!(Approval { status: ApprovalStatus::Open, ..answered }, approval);
        }
    }
}
