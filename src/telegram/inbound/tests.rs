//! Updates are acknowledged only once they are accepted, whatever goes wrong.

use std::collections::VecDeque;
use std::sync::Mutex;

use serde_json::json;
use tokio::time::Instant;

use super::super::api::Refusal;
use super::super::fake::{Fake, ME};
use super::*;

/// What Telegram answers, in order; then nothing any more. Keeps which offset each request had, and when.
struct Script {
    answers: Mutex<VecDeque<Result<Vec<i64>, CallError>>>,
    asked: Mutex<Vec<(Option<i64>, Duration)>>,
    start: Instant,
}

impl Script {
    fn new<const N: usize>(answers: [Result<Vec<i64>, CallError>; N]) -> Self {
        Self { answers: Mutex::new(answers.into()), asked: Mutex::default(), start: Instant::now() }
    }

    fn offsets(&self) -> Vec<Option<i64>> {
        self.asked.lock().unwrap().iter().map(|(offset, _)| *offset).collect()
    }

    fn seconds(&self) -> Vec<f32> {
        self.asked.lock().unwrap().iter().map(|(_, at)| at.as_secs_f32()).collect()
    }
}

impl Source for Script {
    async fn updates(&self, offset: Option<i64>) -> Result<Vec<RawUpdate>, CallError> {
        self.asked.lock().unwrap().push((offset, self.start.elapsed()));
        let answer = self.answers.lock().unwrap().pop_front();
        let Some(answer) = answer else { return std::future::pending().await };
        Ok(answer?.into_iter().map(|id| RawUpdate { id, body: String::new() }).collect())
    }
}

fn unreachable<T>() -> Result<T, CallError> {
    Err(CallError::Unreachable("HTTP 502".to_owned()))
}

fn refused<T>(code: u16, description: &str) -> Result<T, CallError> {
    Err(CallError::Refused(Refusal { code, description: description.to_owned(), migrated_to: None }))
}

/// Runs the loop beside `inbox`, and gives its error, or none when the inbox was done first.
async fn run_beside(script: &Script, inbox: impl AsyncFnOnce(mpsc::Receiver<Batch>)) -> Option<PollError> {
    let (sink, batches) = mpsc::channel(1);
    tokio::select! {
        biased;
        () = inbox(batches) => None,
        error = run(script, &sink) => Some(error),
    }
}

fn ids(batch: &Batch) -> Vec<i64> {
    batch.updates.iter().map(|update| update.id).collect()
}

/// Lets the loop go as far as it can without anything more from the inbox.
async fn settle() {
    tokio::time::sleep(Duration::from_secs(3_600)).await;
}

#[tokio::test(start_paused = true)]
async fn a_batch_is_acknowledged_only_once_it_is_accepted() {
    let script = Script::new([Ok(vec![7, 8]), Ok(vec![9])]);
    run_beside(&script, async |mut batches| {
        let batch = batches.recv().await.unwrap();
        assert_eq!(ids(&batch), [7, 8]);
        settle().await;
        assert_eq!(script.offsets(), [None], "no further request before the batch is accepted");
        batch.accepted.send(()).unwrap();
        let batch = batches.recv().await.unwrap();
        assert_eq!(ids(&batch), [9]);
        assert_eq!(script.offsets(), [None, Some(9)]);
        batch.accepted.send(()).unwrap();
        settle().await;
        assert_eq!(script.offsets(), [None, Some(9), Some(10)]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_batch_that_was_not_accepted_is_fetched_again() {
    let script = Script::new([Ok(vec![7]), Ok(vec![7])]);
    run_beside(&script, async |mut batches| {
        drop(batches.recv().await.unwrap());
        assert_eq!(ids(&batches.recv().await.unwrap()), [7]);
        assert_eq!(script.offsets(), [None, None]);
        assert_eq!(script.seconds(), [0.0, 0.5], "after a pause");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn ids_that_start_anew_are_followed_down() {
    let script = Script::new([Ok(vec![1_000]), Ok(vec![3])]);
    run_beside(&script, async |mut batches| {
        for _ in 0..2 {
            batches.recv().await.unwrap().accepted.send(()).unwrap();
        }
        settle().await;
    })
    .await;
    assert_eq!(script.offsets(), [None, Some(1_001), Some(4)]);
}

#[tokio::test(start_paused = true)]
async fn an_empty_answer_is_followed_by_the_same_question_at_once() {
    let script = Script::new([Ok(vec![]), Ok(vec![])]);
    run_beside(&script, async |_batches| settle().await).await;
    assert_eq!(script.offsets(), [None; 3]);
    assert_eq!(script.seconds(), [0.0; 3]);
}

#[tokio::test(start_paused = true)]
async fn troubles_pass() {
    let webhook = "Conflict: can't use getUpdates method while webhook is active";
    let script = Script::new([
        unreachable(),
        unreachable(),
        Err(CallError::Flood(Duration::from_secs(120))),
        refused(409, webhook),
        Ok(vec![]),
        unreachable(),
    ]);
    run_beside(&script, async |_batches| settle().await).await;
    assert_eq!(script.offsets(), [None; 7], "the offset stays");
    assert_eq!(script.seconds(), [0.0, 0.5, 1.5, 121.5, 123.5, 123.5, 124.0]);
}

#[tokio::test(start_paused = true)]
async fn a_revoked_token_ends_it() {
    let script = Script::new([refused(401, "Unauthorized")]);
    let end = run_beside(&script, async |_batches| settle().await).await;
    assert_eq!(end, Some(PollError::TokenRefused));
}

#[tokio::test(start_paused = true)]
async fn an_inbox_that_has_ended_ends_it() {
    let script = Script::new([Ok(vec![1])]);
    let end = run_beside(&script, async |batches| {
        drop(batches);
        settle().await;
    })
    .await;
    assert_eq!(end, Some(PollError::InboxEnded));
}

#[tokio::test]
async fn updates_arrive_word_for_word_until_told_to_stop() {
    let odd = r#"{"update_id":8, "future_kind":{"a" :1e2,"b":"\u00e9"}}"#;
    let answer = format!(r#"{{"ok":true,"result":[{odd},{{"update_id":9}}]}}"#);
    let fake = Fake::start([(200, ME), (200, &answer)]).await;
    let shutdown = CancellationToken::new();
    let (sink, mut batches) = mpsc::channel(1);
    let polling = tokio::spawn(poll(fake.connect().await.unwrap(), sink, shutdown.clone()));
    let batch = batches.recv().await.unwrap();
    assert_eq!(batch.updates[0], RawUpdate { id: 8, body: odd.to_owned() });
    assert_eq!(ids(&batch), [8, 9]);
    shutdown.cancel();
    assert_eq!(polling.await.unwrap(), Ok(()), "also while a batch waits to be accepted");

    let calls = fake.calls();
    assert_eq!(calls[1].method(), "getUpdates");
    assert_eq!(
        calls[1].json(),
        json!({
            "limit": 100, "timeout": 30,
            "allowed_updates": ["message", "edited_message", "callback_query", "my_chat_member"],
        })
    );
}
