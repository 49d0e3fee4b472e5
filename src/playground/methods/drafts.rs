//! `sendMessageDraft`, `sendRichMessageDraft`: a preview for half a minute, in private chats.

use super::{Answer, Call, done};
use crate::playground::errors::ApiError;
use crate::playground::model::ChatKind;
use crate::playground::text::rich::RICH_LIMIT;
use crate::playground::text::{self, Formatted, TEXT_LIMIT};
use crate::playground::world::{Change, Draft};

pub(super) fn send(call: &mut Call<'_>) -> Answer {
    // Empty text shows that the bot is thinking.
    let raw = call.params.text("text").unwrap_or("");
    let formatted = text::prepare(raw, call.params.text("parse_mode"), call.params.text("entities"))?;
    show(call, formatted, TEXT_LIMIT)
}

pub(super) fn send_rich(call: &mut Call<'_>) -> Answer {
    call.params.required("rich_message")?;
    let rich = call.rich()?.ok_or(ApiError::RICH_EMPTY)?;
    show(call, rich.shown, RICH_LIMIT)
}

fn show(call: &mut Call<'_>, formatted: Formatted, limit: usize) -> Answer {
    let chat_id = call.writable()?;
    if call.chat(chat_id)?.info.kind != ChatKind::Private {
        return Err(ApiError::DRAFT_PEER_INVALID);
    }
    let thread_id = call.topic(chat_id)?;
    let draft_id = call.params.int("draft_id").filter(|id| *id != 0);
    let draft_id = draft_id.ok_or_else(|| ApiError::bad("RANDOM_ID_INVALID"))?;
    if formatted.len() > limit {
        return Err(ApiError::MESSAGE_TOO_LONG);
    }
    if call.inner.world.is_stopped(chat_id, draft_id, call.now) {
        // The person sees no more of it; Telegram tells the bot by an update, not here.
        call.inner.commit(call.now, Change::DraftStopped { chat_id, draft_id });
        return done(&true);
    }
    let Formatted { text, entities } = formatted;
    let can_stop = call.params.flag("can_stop");
    let draft = Draft { chat_id, thread_id, draft_id, text, entities, can_stop };
    call.inner.commit(call.now, Change::Draft(draft));
    done(&true)
}
