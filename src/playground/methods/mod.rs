//! The methods of the Bot API: one file per family.
//!
//! A method checks its parameters in Telegram's order, commits its changes, and answers with the JSON of its
//! result. It runs under the lock and awaits nothing; `getUpdates` is the exception and lives in `updates`.

mod access;
mod callbacks;
mod chats;
mod commands;
mod copies;
mod drafts;
mod edits;
mod files;
mod messages;
mod profile;
mod reactions;
mod topics;

use serde::Serialize;

use super::errors::ApiError;
use super::hub::Inner;
use super::params::Params;
use super::world::FileRecord;

pub(crate) use chats::member;

/// JSON of a result, or the refusal.
pub(crate) type Answer = Result<String, ApiError>;

/// One call on its way.
pub(crate) struct Call<'a> {
    pub(crate) inner: &'a mut Inner,
    pub(crate) params: &'a Params,
    /// Unix milliseconds.
    pub(crate) now: i64,
    /// The file that came with the call, already kept.
    pub(crate) file: Option<FileRecord>,
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

/// Every method but `getUpdates`, the frequent ones first.
const METHODS: &[(&str, Handler)] = &[
    ("sendMessage", messages::send_message),
    ("editMessageText", edits::edit_text),
    ("answerCallbackQuery", callbacks::answer),
    ("sendChatAction", chats::send_action),
    ("sendMessageDraft", drafts::send),
    ("sendDocument", files::send_document),
    ("sendPhoto", files::send_photo),
    ("editMessageReplyMarkup", edits::edit_markup),
    ("editMessageCaption", edits::edit_caption),
    ("deleteMessage", edits::delete),
    ("forwardMessage", copies::forward),
    ("copyMessage", copies::copy),
    ("setMessageReaction", reactions::set),
    ("getFile", files::get_file),
    ("getMe", profile::get_me),
    ("getChat", chats::get_chat),
    ("getChatMember", chats::get_member),
    ("getChatAdministrators", chats::get_administrators),
    ("createForumTopic", topics::create),
    ("editForumTopic", topics::edit),
    ("deleteForumTopic", topics::delete),
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
