//! `answerCallbackQuery`.

use super::{Answer, Call, done};
use crate::playground::errors::ApiError;
use crate::playground::event::AnswerRecord;
use crate::playground::world::{ANSWER_WITHIN_MS, Change};

/// Characters of an answer.
const ANSWER_LIMIT: usize = 200;

pub(super) fn answer(call: &mut Call<'_>) -> Answer {
    let id = call.params.text("callback_query_id").unwrap_or("");
    let press = call.inner.world.presses.get(id).filter(|press| call.now - press.at <= ANSWER_WITHIN_MS);
    let press = press.ok_or(ApiError::QUERY_TOO_OLD)?;
    let text = call.params.text("text");
    if text.is_some_and(|text| text.chars().count() > ANSWER_LIMIT) {
        return Err(ApiError::ANSWER_TOO_LONG);
    }
    let chat_id = press.chat_id;
    let answer = AnswerRecord {
        query_id: press.id.clone(),
        user_id: press.user_id,
        text: text.map(str::to_owned),
        show_alert: call.params.flag("show_alert"),
        answered_at: call.now,
    };
    call.inner.commit(call.now, Change::Answer { chat_id, answer });
    done(&true)
}
