//! `setMessageReaction`.

use serde_json::Value;

use super::{Answer, Call, done};
use crate::playground::errors::ApiError;
use crate::playground::world::Change;

/// The emoji that Telegram allows as reactions.
const ALLOWED: &str = "❤ 👍 👎 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤‍🔥 🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 🍓 🍾 💋 🖕 \
😈 😴 😭 🤓 👻 👨‍💻 👀 🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷‍♂ 🤷 🤷‍♀ 😡";

pub(super) fn set(call: &mut Call<'_>) -> Answer {
    let reactions: Vec<Value> = call.params.json("reaction", "reaction types")?.unwrap_or_default();
    let chat_id = call.writable()?;
    let message = call.target(chat_id, "message to react")?;
    if reactions.len() > 1 {
        return Err(ApiError::REACTIONS_TOO_MANY);
    }
    let emoji_of = |reaction: &Value| {
        let emoji = reaction.get("emoji").and_then(Value::as_str).and_then(allowed);
        emoji.map(str::to_owned).ok_or(ApiError::REACTION_INVALID)
    };
    let emoji: Vec<String> = reactions.iter().map(emoji_of).collect::<Result<_, _>>()?;
    let message_id = message.message_id;
    let reactions = message.with_reactions_of(call.inner.world.bot.id, &emoji);
    call.inner.commit(call.now, Change::Reactions { chat_id, message_id, reactions });
    done(&true)
}

/// Telegram's form of an emoji that may be a reaction.
pub(crate) fn allowed(emoji: &str) -> Option<&'static str> {
    // Clients put the variation selector of "❤️" or leave it out.
    let emoji = emoji.trim_end_matches('\u{fe0f}');
    ALLOWED.split(' ').find(|allowed| *allowed == emoji)
}
