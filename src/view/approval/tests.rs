//! An approval's card shows the whole action, and fits.

use proptest::prelude::*;

use super::*;
use crate::domain::action::ProposedAction;
use crate::domain::message::DocumentContent;
use crate::view::split::MESSAGE_LIMIT;
use crate::view::testing::assert_valid;
use crate::view::tests::samples::{approval as sample, status, text};

fn action() -> impl Strategy<Value = ProposedAction> {
    prop_oneof![
        (text(), text(), prop::collection::vec((text(), text()), 0..3))
            .prop_map(|(command, cwd, env)| ProposedAction::Command { command, cwd, env }),
        (text(), text()).prop_map(|(path, content)| ProposedAction::WriteFile { path, content }),
        (text(), text(), text()).prop_map(|(title, detail, cwd)| ProposedAction::Other {
            title,
            detail,
            cwd
        }),
    ]
}

/// Everything of an action that matters, as it must be shown.
fn parts(action: &ProposedAction) -> Vec<String> {
    match action {
        ProposedAction::Command { command, cwd, env } => {
            let env = env.iter().map(|(name, value)| exact(&format!("{name}={value}"), Keep::Nothing));
            env.chain([exact(command, Keep::Lines), exact(cwd, Keep::Nothing)]).collect()
        }
        ProposedAction::WriteFile { path, content } => {
            vec![exact(path, Keep::Nothing), exact(content, Keep::LinesAndTabs)]
        }
        ProposedAction::Other { title, detail, cwd } => {
            vec![exact(title, Keep::Nothing), exact(detail, Keep::LinesAndTabs), exact(cwd, Keep::Nothing)]
        }
    }
}

fn card(action: &ProposedAction, stage: ApprovalStage, status: ApprovalStatus) -> ApprovalCard {
    ApprovalCard {
        approval: Approval { status, ..sample(action.clone()) },
        workspace: "api".to_owned(),
        stage,
        rings: true,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn the_whole_action_is_shown(action in action()) {
        let messages = approval(&card(&action, ApprovalStage::Main, ApprovalStatus::Open));
        let document = messages.iter().find_map(|message| match &message.document.as_ref()?.content {
            DocumentContent::Text(text) => Some(text.clone()),
            DocumentContent::File(_) => None,
        });
        let card = messages.last().expect("a card");
        prop_assert_eq!(document.is_some(), messages.len() == 2);
        let shown = document.as_ref().unwrap_or(&card.body.text);
        for part in parts(&action) {
            // A blank command is said to be blank instead.
            prop_assert!(part.trim().is_empty() || shown.contains(&part), "{:?} is not in {:?}", part, shown);
        }
        let hidden = shown.contains(['\u{202e}', '\u{2066}', '\u{200b}', '\r', '\0']);
        prop_assert!(!hidden);
        if messages.len() == 2 {
            let tie = digits(&sample(action.clone()));
            prop_assert!(messages.iter().all(|message| message.body.text.contains(&tie)));
        }
    }

    #[test]
    fn every_edit_agrees_with_what_was_sent(action in action(), status in status()) {
        let open = approval(&card(&action, ApprovalStage::Main, ApprovalStatus::Open));
        let others = [
            approval(&card(&action, ApprovalStage::Lasting, ApprovalStatus::Open)),
            approval(&card(&action, ApprovalStage::Closed, status)),
        ];
        for other in others {
            prop_assert_eq!(&open[..open.len() - 1], &other[..other.len() - 1]);
            let body = &other.last().expect("a card").body;
            prop_assert!(utf16_len(&body.text) <= MESSAGE_LIMIT);
            assert_valid(body);
        }
    }
}

#[test]
fn buttons_are_gone_once_it_is_answered() {
    let action = ProposedAction::WriteFile { path: "a".to_owned(), content: "b".to_owned() };
    let (by, at) = (crate::domain::ids::UserId(1), crate::domain::ids::Timestamp(0));
    let denied = ApprovalStatus::Denied { by, name: "Ann".to_owned(), at };
    for stage in [ApprovalStage::Main, ApprovalStage::Lasting, ApprovalStage::Closed] {
        let messages = approval(&card(&action, stage, denied.clone()));
        assert!(messages.iter().all(|message| message.buttons.is_empty() && message.silent), "{stage:?}");
    }
}

#[test]
fn a_pattern_too_long_to_show_is_not_offered() {
    let command = format!("/opt/{}/tool build", "x".repeat(PATTERN));
    let action = ProposedAction::Command { command, cwd: String::new(), env: Vec::new() };
    let messages = approval(&card(&action, ApprovalStage::Lasting, ApprovalStatus::Open));
    let buttons = messages.iter().flat_map(|message| message.buttons.iter().flatten());
    let labels: Vec<&str> = buttons.map(|button| button.label.as_str()).collect();
    assert_eq!(labels, ["This exact action", "Back"]);
}

#[test]
fn the_longest_action_on_a_card_fits_with_all_else_at_its_longest() {
    let program = format!("/opt/{}", "p".repeat(PATTERN - "/opt/ build …".chars().count()));
    let beginning = format!("{program} build ");
    let (by, at) = (crate::domain::ids::UserId(i64::MIN), crate::domain::ids::Timestamp(0));
    for (length, messages) in [(INLINE, 1), (INLINE + 1, 2)] {
        let command = format!("{beginning}{}", "x".repeat(length - beginning.len() - "/srv".len()));
        let action = ProposedAction::Command { command, cwd: "/srv".to_owned(), env: Vec::new() };
        let rule = action.pattern().map(crate::domain::action::Rule::Pattern);
        let cards = [
            card(&action, ApprovalStage::Lasting, ApprovalStatus::Open),
            card(
                &action,
                ApprovalStage::Closed,
                ApprovalStatus::Granted { by, name: "n".repeat(200), at, rule },
            ),
        ];
        for card in cards {
            let long = "n".repeat(200);
            let named =
                Approval { agent: long.clone(), task: crate::domain::ids::TaskId(i64::MIN), ..card.approval };
            let shown = approval(&ApprovalCard { approval: named, workspace: long, ..card });
            assert_eq!(shown.len(), messages, "{length} units");
            assert!(
                shown.iter().all(|message| utf16_len(&message.body.text) <= MESSAGE_LIMIT),
                "{length} units"
            );
        }
    }
}
