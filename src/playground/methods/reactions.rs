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
    let is_allowed = |reaction: &Value| {
        let emoji = reaction.get("emoji").and_then(Value::as_str).unwrap_or("");
        // Clients put the variation selector of "❤️" or leave it out.
        ALLOWED.split(' ').any(|allowed| allowed == emoji.trim_end_matches('\u{fe0f}'))
    };
    if !reactions.iter().all(is_allowed) {
        return Err(ApiError::REACTION_INVALID);
    }
    let message_id = message.message_id;
    call.inner.commit(call.now, Change::Reactions { chat_id, message_id, reactions });
    done(&true)
}
