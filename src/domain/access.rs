//! Who may do what. An empty list means nobody, never everybody.

use std::collections::BTreeSet;

use super::ids::{ChatId, UserId};

/// The lists of people and groups, from the configuration.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Access {
    /// May do everything.
    pub owners: BTreeSet<UserId>,
    /// May run agents, and approve what their own tasks ask for.
    pub members: BTreeSet<UserId>,
    /// Groups in which everybody may run agents; approving stays with owners and members.
    pub chats: BTreeSet<ChatId>,
}

/// What a person is to this bot, in a given chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// On the owners' list.
    Owner,
    /// On the members' list.
    Member,
    /// On no list, but writing in a listed group.
    Guest,
    /// Nobody we know.
    Stranger,
}

impl Access {
    /// The role of a user in a chat.
    #[must_use]
    pub fn role(&self, user: UserId, chat: ChatId) -> Role {
        if self.owners.contains(&user) {
            Role::Owner
        } else if self.members.contains(&user) {
            Role::Member
        } else if self.chats.contains(&chat) {
            Role::Guest
        } else {
            Role::Stranger
        }
    }

    /// Whether a user may run agents and look at things in a chat.
    #[must_use]
    pub fn may_use(&self, user: UserId, chat: ChatId) -> bool {
        match self.role(user, chat) {
            Role::Owner | Role::Member | Role::Guest => true,
            Role::Stranger => false,
        }
    }

    /// Whether a user may answer an approval that the task of `requester` asks for in a chat: owners, and the requester when
    /// on the members' list.
    #[must_use]
    pub fn may_approve(&self, user: UserId, chat: ChatId, requester: UserId) -> bool {
        match self.role(user, chat) {
            Role::Owner => true,
            Role::Member => user == requester,
            Role::Guest | Role::Stranger => false,
        }
    }

    /// Whether a user may stop, drop or move a task that `requester` asked for.
    #[must_use]
    pub fn may_control(&self, user: UserId, chat: ChatId, requester: UserId) -> bool {
        match self.role(user, chat) {
            Role::Owner => true,
            Role::Member | Role::Guest => user == requester,
            Role::Stranger => false,
        }
    }
}

#[cfg(test)]
mod tests;
