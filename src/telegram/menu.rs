//! The commands that Telegram offers in one chat while a person types, in place of those for all chats.

use serde::de::IgnoredAny;
use teloxide::payloads::{SetMyCommands, SetMyCommandsSetters as _};
use teloxide::types::{self, BotCommand, BotCommandScope, Recipient};

use super::api::Api;
use crate::domain::ids::ChatId;
use crate::domain::menu::MenuEntry;
use crate::ports::ChatError;

/// Longest description, in characters.
const DESCRIPTION: usize = 256;

/// No description is cut shorter, in characters.
const SHORTEST: usize = 20;

/// All descriptions together, in bytes. Telegram refuses more as `BOT_COMMANDS_TOO_MUCH`, and does not say how much that is;
/// bots have seen 4,000 pass and 5,000 fail.
const TOGETHER: usize = 3_500;

/// Sets them.
pub(super) async fn set(api: &Api, chat: ChatId, commands: &[MenuEntry]) -> Result<(), ChatError> {
    let scope = BotCommandScope::Chat { chat_id: Recipient::Id(types::ChatId(chat.0)) };
    let lengths: Vec<usize> = commands.iter().map(|entry| about(entry, DESCRIPTION).len()).collect();
    let fits = |room: &usize| lengths.iter().map(|length| length.min(room)).sum::<usize>() <= TOGETHER;
    let room = (SHORTEST..=DESCRIPTION).rev().find(fits).unwrap_or(SHORTEST);
    let commands: Vec<_> =
        commands.iter().map(|entry| BotCommand::new(&entry.command, about(entry, room))).collect();
    api.call::<_, IgnoredAny>(&SetMyCommands::new(commands).scope(scope)).await?;
    Ok(())
}

fn about(MenuEntry { command, about }: &MenuEntry, room: usize) -> String {
    let about = crate::view::first_sentence(about, room);
    // Telegram takes none that is empty.
    if about.is_empty() { format!("Run {command}") } else { about }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::telegram::fake::Fake;

    #[tokio::test]
    async fn a_chat_gets_commands_of_its_own_with_first_sentences() {
        let server = Fake::start([(200, r#"{"ok":true,"result":true}"#)]).await;
        let entries =
            [("reviewer", "Reviews <b>code</b>. And more."), ("quiet", " "), ("long", &"a ".repeat(400))];
        let entries =
            entries.map(|(command, about)| MenuEntry { command: command.into(), about: about.into() });
        set(&server.api(), ChatId(7), &entries).await.unwrap();
        let call = server.calls().pop().unwrap();
        assert_eq!(call.method(), "setMyCommands");
        let sent = call.json();
        assert_eq!(sent["scope"], serde_json::json!({ "type": "chat", "chat_id": 7 }));
        assert_eq!(sent["commands"][0]["description"], "Reviews <b>code</b>");
        assert_eq!(sent["commands"][1]["description"], "Run quiet");
        let long = sent["commands"][2]["description"].as_str().unwrap();
        assert!(long.chars().count() <= 256 && long.ends_with('…'), "{long}");
    }

    #[tokio::test]
    async fn a_hundred_long_descriptions_share_what_telegram_takes() {
        let server = Fake::start([(200, r#"{"ok":true,"result":true}"#)]).await;
        let entry = |n| MenuEntry { command: format!("agent_{n}"), about: "word ".repeat(100) };
        let entries: Vec<_> = (0..100).map(entry).collect();
        set(&server.api(), ChatId(7), &entries).await.unwrap();
        let sent = server.calls().pop().unwrap().json();
        let about = |command: &serde_json::Value| command["description"].as_str().unwrap().len();
        let all: usize = sent["commands"].as_array().unwrap().iter().map(about).sum();
        assert!((2_000..=TOGETHER).contains(&all), "{all}");
    }
}
