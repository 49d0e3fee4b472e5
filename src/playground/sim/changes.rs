//! The arguments of what happens to chats as a whole, as they come in over `/sim` and from tests.

use serde::{Deserialize, Serialize};

/// What happens to a chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChatAction {
    /// A person blocks the bot in the private chat.
    Block,
    /// A person unblocks it.
    Unblock,
    /// The bot is removed from a group.
    Kick,
    /// The bot is added to a group again.
    Add,
    /// A group becomes a supergroup, with a new id.
    Migrate,
    /// A topic goes, with its messages.
    DeleteTopic,
    /// A topic is opened.
    CreateTopic,
    /// A topic is closed: only the owner and the bot may write in it.
    CloseTopic,
    /// A closed topic is opened again.
    ReopenTopic,
    /// A topic gets another name.
    RenameTopic,
    /// A group is made, with the bot in it.
    Create,
    /// A person joins a group.
    Join,
    /// A person leaves a group.
    Leave,
}

/// What kind of group is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NewChat {
    /// A plain group.
    Group,
    /// A supergroup.
    Supergroup,
    /// A supergroup with topics.
    Forum,
}

/// Something happens to a chat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChatChange {
    /// What.
    pub action: ChatAction,
    /// To which chat; not for a new one.
    #[serde(default)]
    pub chat_id: Option<i64>,
    /// By whom; the chat's first member when absent.
    #[serde(default)]
    pub user_id: Option<i64>,
    /// Which topic.
    #[serde(default)]
    pub thread_id: Option<i64>,
    /// What the chat or topic is called from now on.
    #[serde(default)]
    pub name: Option<String>,
    /// What kind of chat is made.
    #[serde(default)]
    pub kind: Option<NewChat>,
    /// Who is in the new chat, its owner first.
    #[serde(default)]
    pub members: Vec<i64>,
}

impl ChatChange {
    /// Something that needs no more than the chat.
    pub fn new(action: ChatAction, chat_id: i64) -> Self {
        let chat_id = Some(chat_id);
        Self { action, chat_id, user_id: None, thread_id: None, name: None, kind: None, members: Vec::new() }
    }
}

/// What came of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChatChanged {
    /// The chat that was made, or the supergroup that replaces the group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new_chat_id: Option<i64>,
    /// The new topic.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thread_id: Option<i64>,
}
