//! How long is waited before Telegram is tried again, and what is said about it.

use super::*;

fn unreachable() -> CallError {
    CallError::Unreachable("reset".to_owned())
}

fn refused(code: u16, description: &str) -> CallError {
    CallError::Refused(Refusal { code, description: description.to_owned(), migrated_to: None })
}

#[test]
fn waits_grow_to_half_a_minute_and_start_anew_after_success() {
    let mut reach = Reach::default();
    let mut waits = || reach.failed(&unreachable()).map(|wait| wait.as_millis());
    let first: Vec<_> = (0..9).map(|_| waits().unwrap()).collect();
    assert_eq!(first, [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
    for _ in 0..100 {
        assert_eq!(waits(), Ok(30_000), "for ever, without overflow");
    }
    assert!(reach.fine());
    assert_eq!(reach.failed(&unreachable()), Ok(FIRST_WAIT));
}

#[test]
fn a_flood_wait_is_obeyed_to_the_second() {
    let wait = Duration::from_secs(13_938);
    assert_eq!(Reach::default().failed(&CallError::Flood(wait)), Ok(wait));
}

#[test]
fn each_change_is_said_once() {
    let mut reach = Reach::default();
    assert!(!reach.fine(), "no news at the start");
    assert!(reach.trouble(Trouble::Unreachable, &"a"));
    assert!(!reach.trouble(Trouble::Unreachable, &"b"), "still the same");
    assert!(reach.trouble(Trouble::OtherPoller, &"c"), "another reason is news");
    assert!(reach.fine());
    assert!(!reach.fine());
}

#[test]
fn troubles_are_told_apart() {
    let cases = [
        (unreachable(), Trouble::Unreachable),
        (CallError::Flood(Duration::from_secs(1)), Trouble::Flood),
        (
            refused(
                409,
                "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
            ),
            Trouble::Webhook,
        ),
        (
            refused(
                409,
                "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
            ),
            Trouble::OtherPoller,
        ),
        (refused(400, "Bad Request: invalid offset"), Trouble::Refused),
    ];
    for (error, expected) in cases {
        let mut reach = Reach::default();
        reach.failed(&error).unwrap();
        assert_eq!(reach.trouble, Some(expected), "{error}");
    }
    for code in [401, 404] {
        assert_eq!(Reach::default().failed(&refused(code, "Unauthorized")), Err(TokenRefused));
    }
}
