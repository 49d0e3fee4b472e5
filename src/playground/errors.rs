//! Telegram's errors: code, exact text, parameters.
//!
//! Texts follow api.telegram.org and the published Bot API server. Texts that depend on nothing are
//! constants, so that a reader finds the whole list in one place.

use std::borrow::Cow;

/// A refused call.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code} {description}")]
pub(crate) struct ApiError {
    /// HTTP status and `error_code`.
    pub(crate) code: u16,
    /// Telegram's text.
    pub(crate) description: Cow<'static, str>,
    /// Seconds until the call may be repeated (429).
    pub(crate) retry_after: Option<u64>,
    /// The supergroup that replaced the group.
    pub(crate) migrate_to_chat_id: Option<i64>,
}

impl ApiError {
    const fn fixed(code: u16, description: &'static str) -> Self {
        Self { code, description: Cow::Borrowed(description), retry_after: None, migrate_to_chat_id: None }
    }

    /// A 400 whose text depends on the call. `Bad Request: ` is put before it, and its first letter is made
    /// small unless it begins with a constant such as `MESSAGE_TOO_LONG`.
    pub(crate) fn bad(text: &str) -> Self {
        let mut letters = text.chars();
        let first = letters.next();
        let is_constant = letters.next().is_some_and(|second| second == '_' || second.is_ascii_uppercase());
        let description = match first {
            Some(first) if !is_constant => {
                format!("Bad Request: {}{}", first.to_ascii_lowercase(), &text[first.len_utf8()..])
            }
            _ => format!("Bad Request: {text}"),
        };
        Self { code: 400, description: description.into(), retry_after: None, migrate_to_chat_id: None }
    }

    /// Text that could not be parsed in its `parse_mode`.
    pub(crate) fn parse(reason: &str) -> Self {
        Self::bad(&format!("can't parse entities: {reason}"))
    }

    /// A parameter that the method cannot do without.
    pub(crate) fn required(name: &str) -> Self {
        Self::bad(&format!("parameter \"{name}\" is required"))
    }

    /// Something of Telegram's that is not simulated.
    pub(crate) fn not_built(what: &str) -> Self {
        Self {
            description: format!("Not Implemented: {what} of Telegram's that the playground does not have")
                .into(),
            ..Self::fixed(501, "")
        }
    }

    /// Too many calls.
    pub(crate) fn too_many(seconds: u64) -> Self {
        Self {
            code: 429,
            description: format!("Too Many Requests: retry after {seconds}").into(),
            retry_after: Some(seconds),
            migrate_to_chat_id: None,
        }
    }

    /// A group that lives on as a supergroup.
    pub(crate) fn migrated(to: i64) -> Self {
        Self {
            migrate_to_chat_id: Some(to),
            ..Self::fixed(400, "Bad Request: group chat was upgraded to a supergroup chat")
        }
    }
}

macro_rules! texts {
    ($($name:ident = $code:literal $text:literal;)*) => {
        impl ApiError {
            $(pub(crate) const $name: ApiError = ApiError::fixed($code, $text);)*
        }
    };
}

texts! {
    UNAUTHORIZED = 401 "Unauthorized";
    NOT_FOUND = 404 "Not Found";
    TOO_LARGE = 413 "Request Entity Too Large";
    INTERNAL = 500 "Internal Server Error";
    OTHER_POLLER = 409 "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running";
    WEBHOOK_ACTIVE = 409 "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first";
    TEXT_EMPTY = 400 "Bad Request: message text is empty";
    TEXT_BLANK = 400 "Bad Request: text must be non-empty";
    TEXT_TOO_LONG = 400 "Bad Request: text is too long";
    MESSAGE_TOO_LONG = 400 "Bad Request: message is too long";
    EDIT_TOO_LONG = 400 "Bad Request: MESSAGE_TOO_LONG";
    CAPTION_TOO_LONG = 400 "Bad Request: message caption is too long";
    BUTTON_DATA_INVALID = 400 "Bad Request: BUTTON_DATA_INVALID";
    MARKUP_TOO_LONG = 400 "Bad Request: reply markup is too long";
    NOT_MODIFIED = 400 "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message";
    CANT_EDIT = 400 "Bad Request: message can't be edited";
    NO_TEXT_TO_EDIT = 400 "Bad Request: there is no text in the message to edit";
    NO_CAPTION_TO_EDIT = 400 "Bad Request: there is no caption in the message to edit";
    CANT_DELETE = 400 "Bad Request: message can't be deleted for everyone";
    CHAT_NOT_FOUND = 400 "Bad Request: chat not found";
    CHAT_ID_EMPTY = 400 "Bad Request: chat_id is empty";
    USER_NOT_FOUND = 400 "Bad Request: user not found";
    THREAD_NOT_FOUND = 400 "Bad Request: message thread not found";
    MESSAGE_ID_MISSING = 400 "Bad Request: message identifier is not specified";
    BLOCKED = 403 "Forbidden: bot was blocked by the user";
    CANT_INITIATE = 403 "Forbidden: bot can't initiate conversation with a user";
    KICKED_GROUP = 403 "Forbidden: bot was kicked from the group chat";
    KICKED_SUPERGROUP = 403 "Forbidden: bot was kicked from the supergroup chat";
    NOT_IN_GROUP = 403 "Forbidden: bot is not a member of the group chat";
    NOT_IN_SUPERGROUP = 403 "Forbidden: bot is not a member of the supergroup chat";
    CANT_LEAVE = 400 "Bad Request: can't leave private chats";
    SERVICE_PINNED = 400 "Bad Request: service messages can't be pinned";
    NOTHING_TO_UNPIN = 400 "Bad Request: message to unpin not found";
    MESSAGE_IDS_MISSING = 400 "Bad Request: message identifiers are not specified";
    MESSAGE_IDS_TOO_MANY = 400 "Bad Request: too many message identifiers specified";
    QUOTE_INVALID = 400 "Bad Request: QUOTE_TEXT_INVALID";
    NOT_UTF8 = 400 "Bad Request: strings must be encoded in UTF-8";
    RICH_EMPTY = 400 "Bad Request: rich message must be non-empty";
    RICH_TOO_LONG = 400 "Bad Request: RICH_MESSAGE_TOO_LONG";
    JSON_NO_OBJECT = 400 "Bad Request: JSON object expected";
    NO_BOUNDARY = 400 "Bad Request: boundary not found";
    MULTIPART_CUT = 400 "Bad Request: unexpected end of request content";
    QUERY_TOO_OLD = 400 "Bad Request: query is too old and response timeout expired or query ID is invalid";
    WRONG_ACTION = 400 "Bad Request: wrong parameter action in request";
    FILE_ID_MISSING = 400 "Bad Request: file_id not specified";
    WRONG_FILE_ID = 400 "Bad Request: invalid file_id";
    WRONG_REMOTE_FILE = 400 "Bad Request: wrong remote file identifier specified: Wrong string length";
    NO_URL_CONTENT = 400 "Bad Request: failed to get HTTP URL content";
    FILE_EMPTY = 400 "Bad Request: file must be non-empty";
    FILE_TOO_BIG = 400 "Bad Request: file is too big";
    NO_DOCUMENT = 400 "Bad Request: there is no document in the request";
    NO_VOICE = 400 "Bad Request: there is no voice in the request";
    NO_MEDIA_TO_EDIT = 400 "Bad Request: there is no media in the message to edit";
    ALBUM_TOO_LARGE = 400 "Bad Request: too many messages to send as an album";
    ALBUM_EMPTY = 400 "Bad Request: there are no messages to send";
    DOCUMENT_MIXED = 400 "Bad Request: document can't be mixed with other media types";
    NO_PHOTO = 400 "Bad Request: there is no photo in the request";
    IMAGE_PROCESS_FAILED = 400 "Bad Request: IMAGE_PROCESS_FAILED";
    COMMAND_INVALID = 400 "Bad Request: BOT_COMMAND_INVALID";
    COMMANDS_TOO_MUCH = 400 "Bad Request: BOT_COMMANDS_TOO_MUCH";
    NOT_A_FORUM = 400 "Bad Request: the chat is not a forum";
    TOPIC_ID_INVALID = 400 "Bad Request: TOPIC_ID_INVALID";
    FORUM_TOPIC_ID_INVALID = 400 "Bad Request: invalid forum topic identifier specified";
    ICON_COLOR_INVALID = 400 "Bad Request: invalid icon color specified";
    TOPIC_NAME_EMPTY = 400 "Bad Request: name must be non-empty";
    TOPIC_NOT_MODIFIED = 400 "Bad Request: TOPIC_NOT_MODIFIED";
    DRAFT_PEER_INVALID = 400 "Bad Request: TEXTDRAFT_PEER_INVALID";
    REACTION_INVALID = 400 "Bad Request: REACTION_INVALID";
    REACTIONS_TOO_MANY = 400 "Bad Request: REACTIONS_TOO_MANY";
    NO_ADMINISTRATORS = 400 "Bad Request: there are no administrators in the private chat";
    ANSWER_TOO_LONG = 400 "Bad Request: MESSAGE_TOO_LONG";
    WEBHOOK_NOT_HTTPS = 400 "Bad Request: bad webhook: An HTTPS URL must be provided for webhook";
}
