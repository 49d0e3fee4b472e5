//! What each refusal of Telegram's leads to.

use std::time::Duration;

use super::*;

fn call_error(code: u16, description: &str) -> CallError {
    CallError::Refused(Refusal { code, description: description.to_owned(), migrated_to: None })
}

#[test]
fn each_refusal_says_what_can_be_done() {
    let closed: &[&str] = &[
        "Bad Request: chat not found",
        "Bad Request: group chat was deactivated",
        "Bad Request: have no rights to send a message",
        "Bad Request: not enough rights to send text messages to the chat",
        "Bad Request: need administrator rights in the channel chat",
        "Bad Request: CHAT_WRITE_FORBIDDEN",
        "Bad Request: CHAT_ADMIN_REQUIRED",
        "Bad Request: PEER_ID_INVALID",
    ];
    let forbidden: &[&str] = &[
        "Forbidden: bot was blocked by the user",
        "Forbidden: bot was kicked from the supergroup chat",
        "Forbidden: user is deactivated",
        "Forbidden: bot can't initiate conversation with a user",
        "Forbidden: words that nobody has seen yet",
    ];
    let target_gone: &[&str] = &[
        "Bad Request: message to edit not found",
        "Bad Request: message can't be edited",
        "Bad Request: MESSAGE_ID_INVALID",
    ];
    let topic_gone: &[&str] =
        &["Bad Request: message thread not found", "Bad Request: TOPIC_CLOSED", "Bad Request: TOPIC_DELETED"];
    let refused: &[&str] = &[
        "Bad Request: message is too long",
        "Bad Request: BUTTON_DATA_INVALID",
        "Bad Request: not enough rights to send documents to the chat",
        "Bad Request: can't parse entities: …",
    ];
    for text in closed {
        assert_eq!(ChatError::from(call_error(400, text)), ChatError::Closed((*text).to_owned()));
    }
    for text in forbidden {
        assert_eq!(ChatError::from(call_error(403, text)), ChatError::Closed((*text).to_owned()));
    }
    for text in target_gone {
        assert_eq!(ChatError::from(call_error(400, text)), ChatError::TargetGone, "{text}");
    }
    for text in topic_gone {
        assert_eq!(ChatError::from(call_error(400, text)), ChatError::TopicGone, "{text}");
    }
    for text in refused {
        assert_eq!(ChatError::from(call_error(400, text)), ChatError::Refused(format!("{text} (400)")));
    }
    assert_eq!(
        ChatError::from(call_error(413, "Request Entity Too Large")),
        ChatError::Refused("Request Entity Too Large (413)".to_owned())
    );
}

#[test]
fn what_may_pass_is_tried_again() {
    assert_eq!(
        ChatError::from(CallError::Flood(Duration::from_secs(7))),
        ChatError::RetryAfter(Duration::from_secs(7))
    );
    assert_eq!(
        ChatError::from(CallError::Unreachable("reset".to_owned())),
        ChatError::Unreachable("reset".to_owned())
    );
    let unauthorized = ChatError::Unreachable("Unauthorized (401)".to_owned());
    assert_eq!(ChatError::from(call_error(401, "Unauthorized")), unauthorized);
}

#[test]
fn a_migrated_group_is_followed() {
    let description = "Bad Request: group chat was upgraded to a supergroup chat".to_owned();
    let error = CallError::Refused(Refusal { code: 400, description, migrated_to: Some(-1_001) });
    assert_eq!(ChatError::from(error), ChatError::Migrated(ChatId(-1_001)));
}

#[test]
fn some_refusals_are_no_failures() {
    assert!(not_modified(&call_error(
        400,
        "Bad Request: message is not modified: specified new message content …"
    )));
    assert!(!not_modified(&call_error(400, "Bad Request: message to edit not found")));
    let late = "Bad Request: query is too old and response timeout expired or query ID is invalid";
    assert!(too_late(&call_error(400, late)));
    assert!(!too_late(&CallError::Unreachable(late.to_owned())));
}
