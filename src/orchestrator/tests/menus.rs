//! The commands that chats offer: kept as the agents are, and told rarely.

use std::sync::Arc;
use std::time::Duration;

use super::super::Agents;
use super::world::{World, agent, later};
use crate::domain::agent::AgentSpec;
use crate::domain::command::COMMANDS;
use crate::ports::ChatError;

fn named(names: &[&str]) -> Agents {
    let one = |name: &&str| Arc::new(AgentSpec { name: (*name).to_owned(), ..agent() });
    Agents { list: names.iter().map(one).collect(), broken: Vec::new() }
}

fn of_agents(menu: &(i64, Vec<String>)) -> &[String] {
    &menu.1[COMMANDS.len()..]
}

#[tokio::test]
async fn a_chat_is_told_once_and_again_when_its_agents_change() {
    let mut world = World::new().await;
    world.say(1, "/whoami").await;
    let told = world.chat.menus_until(|menus| !menus.is_empty()).await;
    assert_eq!(of_agents(&told[0]), ["worker"]);
    world.say(1, "/whoami").await;
    world.files_say.send(named(&["tester", "worker"])).await.unwrap();
    world.chat.until("the news is stored", |calls| !calls.is_empty()).await;
    later(Duration::from_secs(40)).await;
    let told = world.chat.menus_until(|menus| menus.len() > 1).await;
    assert_eq!(of_agents(&told[1]), ["tester", "worker"]);
    assert_eq!(told.len(), 2, "nothing is told twice");
}

#[tokio::test]
async fn a_chat_that_asks_for_a_pause_gets_it() {
    let mut world = World::new().await;
    world.chat.answer(|_, message| {
        let menu = message.body.text == "menu";
        if menu { Err(ChatError::RetryAfter(Duration::from_secs(100))) } else { Ok(()) }
    });
    world.say(1, "/whoami").await;
    world.chat.menus_until(|menus| !menus.is_empty()).await;
    world.chat.answer(|_, _| Ok(()));
    later(Duration::from_secs(50)).await;
    world.say(1, "/whoami").await;
    assert_eq!(world.chat.menus_until(|_| true).await.len(), 1);
    later(Duration::from_secs(60)).await;
    world.chat.menus_until(|menus| menus.len() == 2).await;
}

#[tokio::test]
async fn only_chats_of_people_who_may_use_the_bot_are_told() {
    let mut world = World::new().await;
    // The owner in a group that is on no list, where anybody may read; and alone with the bot.
    world.say(-5, "/whoami").await;
    world.say(1, "/whoami").await;
    let told = world.chat.menus_until(|menus| !menus.is_empty()).await;
    assert_eq!(told.iter().map(|(chat, _)| *chat).collect::<Vec<_>>(), [1]);
}
