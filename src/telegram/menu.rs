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

/// Sets them.
pub(super) async fn set(api: &Api, chat: ChatId, commands: &[MenuEntry]) -> Result<(), ChatError> {
    let scope = BotCommandScope::Chat { chat_id: Recipient::Id(types::ChatId(chat.0)) };
    let commands: Vec<_> = commands.iter().map(command).collect();
    api.call::<_, IgnoredAny>(&SetMyCommands::new(commands).scope(scope)).await?;
    Ok(())
}

fn command(MenuEntry { command, about }: &MenuEntry) -> BotCommand {
    let about = crate::view::first_sentence(about, DESCRIPTION);
    // Telegram takes none that is empty.
    let about = if about.is_empty() { format!("Run {command}") } else { about };
    BotCommand::new(command, about)
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
}
