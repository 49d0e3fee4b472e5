//! The methods of the Bot API: one file per family.
//!
//! A method checks its parameters in Telegram's order, commits its changes, and answers with the JSON of its
//! result. It runs under the lock and awaits nothing; `getUpdates` is the exception and lives in `updates`.

mod access;
mod albums;
mod callbacks;
mod chats;
mod commands;
mod copies;
mod deletes;
mod drafts;
mod edits;
mod files;
mod members;
mod messages;
mod pins;
mod profile;
mod reactions;
mod rich;
mod topics;
mod unbuilt;

use serde::Serialize;

use super::errors::ApiError;
use super::hub::Inner;
use super::params::Params;
use super::uploads::Uploads;

pub(crate) use members::member;
pub(crate) use reactions::allowed as allowed_reaction;

/// JSON of a result, or the refusal.
pub(crate) type Answer = Result<String, ApiError>;

/// One call on its way.
pub(crate) struct Call<'a> {
    pub(crate) inner: &'a mut Inner,
    pub(crate) params: &'a Params,
    /// Unix milliseconds.
    pub(crate) now: i64,
    /// The files that came with the call, already kept.
    pub(crate) files: Uploads,
}

/// What carries out a method.
pub(crate) type Handler = fn(&mut Call<'_>) -> Answer;

/// JSON of a result.
fn done<T: Serialize>(result: &T) -> Answer {
    serde_json::to_string(result).map_err(|_| ApiError::INTERNAL)
}

/// Telegram's spelling of a method and what carries it out. Names come in any case.
pub(crate) fn find(name: &str) -> Option<(&'static str, Handler)> {
    METHODS.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).copied()
}

/// What a call of a method that `find` does not know is answered.
pub(crate) fn unknown(name: &str) -> ApiError {
    unbuilt::find(name)
        .map_or(ApiError::NOT_FOUND, |name| ApiError::not_built(&format!("{name} is a method")))
}

/// Every method but `getUpdates`, the frequent ones first.
const METHODS: &[(&str, Handler)] = &[
    ("sendMessage", messages::send_message),
    ("editMessageText", edits::edit_text),
    ("answerCallbackQuery", callbacks::answer),
    ("sendChatAction", chats::send_action),
    ("sendMessageDraft", drafts::send),
    ("sendRichMessage", rich::send),
    ("sendRichMessageDraft", drafts::send_rich),
    ("sendDocument", files::send_document),
    ("sendPhoto", files::send_photo),
    ("sendVoice", files::send_voice),
    ("sendMediaGroup", albums::send),
    ("editMessageMedia", albums::edit),
    ("editMessageReplyMarkup", edits::edit_markup),
    ("editMessageCaption", edits::edit_caption),
    ("deleteMessage", deletes::delete),
    ("deleteMessages", deletes::delete_several),
    ("forwardMessage", copies::forward),
    ("copyMessage", copies::copy),
    ("setMessageReaction", reactions::set),
    ("getFile", files::get_file),
    ("getMe", profile::get_me),
    ("getChat", chats::get_chat),
    ("getChatMember", members::get),
    ("getChatMemberCount", members::count),
    ("getChatAdministrators", members::administrators),
    ("leaveChat", members::leave),
    ("pinChatMessage", pins::pin),
    ("unpinChatMessage", pins::unpin),
    ("unpinAllChatMessages", pins::unpin_all),
    ("createForumTopic", topics::create),
    ("editForumTopic", topics::edit),
    ("closeForumTopic", topics::close),
    ("reopenForumTopic", topics::reopen),
    ("deleteForumTopic", topics::delete),
    ("unpinAllForumTopicMessages", pins::unpin_all_of_topic),
    ("editGeneralForumTopic", topics::edit_general),
    ("closeGeneralForumTopic", topics::close_general),
    ("reopenGeneralForumTopic", topics::reopen_general),
    ("hideGeneralForumTopic", topics::hide_general),
    ("unhideGeneralForumTopic", topics::unhide_general),
    ("unpinAllGeneralForumTopicMessages", pins::unpin_all_of_general),
    ("getForumTopicIconStickers", topics::icon_stickers),
    ("setMyCommands", commands::set),
    ("getMyCommands", commands::get),
    ("deleteMyCommands", commands::delete),
    ("setMyName", profile::set_name),
    ("getMyName", profile::get_name),
    ("setMyDescription", profile::set_description),
    ("getMyDescription", profile::get_description),
    ("setMyShortDescription", profile::set_short_description),
    ("getMyShortDescription", profile::get_short_description),
    ("setWebhook", profile::set_webhook),
    ("deleteWebhook", profile::delete_webhook),
    ("getWebhookInfo", profile::get_webhook_info),
    ("logOut", profile::accept),
    ("close", profile::accept),
];
