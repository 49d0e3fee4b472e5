//! Files that people send: fetched for the agent, or refused with a word.

use adjutant::playground::SendUpload;

use crate::support::{Chat, Plan, World, YOU};

const READER: &str = "- say: 'Got {{files}} for {{prompt}}'";

async fn world() -> (World, Chat) {
    let world = Plan::new().agent("reader", READER).parrot().start().await;
    let chat = world.private(YOU);
    (world, chat)
}

async fn upload(world: &World, name: &str, caption: Option<&str>, bytes: Vec<u8>) {
    let upload = SendUpload {
        user_id: YOU,
        chat_id: YOU,
        thread_id: None,
        caption: caption.map(str::to_owned),
        file_name: name.to_owned(),
        mime_type: None,
        bytes: bytes.into(),
    };
    world.sim.upload(upload).await.expect("the upload failed");
}

#[tokio::test]
async fn a_file_with_a_caption_goes_to_the_agent() {
    let (world, mut chat) = world().await;
    upload(&world, "../notes.txt", Some("/agent reader sum this up"), b"milk, eggs".to_vec()).await;
    let answer = chat.expect_new("for sum this up").await;
    let path = answer.text().strip_prefix("Got ").and_then(|text| text.split(" for ").next()).unwrap();
    assert!(path.ends_with("/1/1-.._notes.txt"), "{path}");
    assert_eq!(std::fs::read_to_string(path).unwrap(), "milk, eggs");
    chat.send("/task 1").await;
    chat.expect_new("sum this up").await;
}

#[tokio::test]
async fn the_caption_may_be_an_agents_own_command() {
    let (world, mut chat) = world().await;
    upload(&world, "notes.txt", Some("/reader sum this up"), b"milk, eggs".to_vec()).await;
    let answer = chat.expect_new("for sum this up").await;
    assert!(answer.text().contains("/1/1-notes.txt"), "{}", answer.text());
}

#[tokio::test]
async fn a_file_alone_is_to_be_looked_at() {
    let (world, mut chat) = world().await;
    chat.send("/agent parrot hello").await;
    chat.expect_new("turn 1").await;
    chat.look_away().await;
    upload(&world, "photo.jpg", None, b"not really".to_vec()).await;
    chat.expect_new("turn 2: Look at the attached file.").await;
}

#[tokio::test]
async fn the_file_is_still_there_for_a_retry() {
    let (world, mut chat) = world().await;
    upload(&world, "notes.txt", Some("/agent reader read"), b"milk".to_vec()).await;
    chat.expect_new("for read").await;
    chat.expect_edit("Done").await;
    chat.look_away().await;
    chat.tap("Retry").await;
    let answer = chat.expect_new("for read").await;
    assert!(answer.text().contains("/2/1-notes.txt"), "{}", answer.text());
}

#[tokio::test]
async fn a_file_that_nothing_uses_is_told() {
    let (world, mut chat) = world().await;
    upload(&world, "photo.jpg", Some("/status"), b"not really".to_vec()).await;
    chat.expect_new("The file was not used.").await;
}

#[tokio::test]
async fn a_file_beyond_the_limit_starts_nothing() {
    let (world, mut chat) = world().await;
    upload(&world, "film.mp4", Some("/agent reader watch"), vec![0; 21_000_000]).await;
    chat.expect_new("film.mp4 is too big").await;
    chat.look_away().await;
    chat.send("/tasks").await;
    chat.expect_new("There are no tasks here yet.").await;
}
