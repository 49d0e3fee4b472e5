//! What people do to the topics of a forum.

use serde_json::{Value, json};

use super::SimError;
use super::changes::{ChatAction, ChatChange, ChatChanged};
use super::people::{no_chat, no_topic};
use crate::playground::cast::{GENERAL, ICON_COLOR, SimTopic};
use crate::playground::hub::Inner;
use crate::playground::model::User;
use crate::playground::world::Change;

impl Inner {
    pub(super) fn change_topic(
        &mut self,
        now: i64,
        chat_id: i64,
        change: &ChatChange,
        actor: &User,
    ) -> Result<ChatChanged, SimError> {
        let name = change.name.as_deref().unwrap_or("").trim();
        let needs_name = matches!(change.action, ChatAction::CreateTopic | ChatAction::RenameTopic);
        if needs_name && name.is_empty() {
            return Err(SimError::new("a topic needs \"name\""));
        }
        if change.action == ChatAction::CreateTopic {
            let opened =
                self.open_topic(chat_id, actor, (name, ICON_COLOR), now).ok_or_else(|| no_chat(chat_id))?;
            self.queue(now, "message", &opened.message);
            return Ok(ChatChanged { thread_id: Some(opened.message_id), ..ChatChanged::default() });
        }
        let topic_id = change.thread_id.ok_or_else(|| SimError::new("say which topic with \"thread_id\""))?;
        let topic = self.world.chats.get(&chat_id).and_then(|chat| chat.topic(topic_id));
        let topic = topic.cloned().ok_or_else(|| no_topic(topic_id))?;
        let (topic, field, told) = match change.action {
            ChatAction::CloseTopic => {
                (SimTopic { closed: true, ..topic.clone() }, "forum_topic_closed", json!({}))
            }
            ChatAction::ReopenTopic => {
                let open = SimTopic { closed: false, hidden: false, ..topic.clone() };
                (open, "forum_topic_reopened", json!({}))
            }
            ChatAction::RenameTopic => {
                let renamed = SimTopic { name: name.to_owned(), ..topic.clone() };
                (renamed, "forum_topic_edited", json!({ "name": name }))
            }
            _ if topic_id == GENERAL => return Err(SimError::new("General cannot be deleted")),
            _ => {
                self.commit(now, Change::TopicGone { chat_id, topic_id });
                return Ok(ChatChanged::default());
            }
        };
        self.replace_topic(now, chat_id, topic, actor, (field, told))
    }

    fn replace_topic(
        &mut self,
        now: i64,
        chat_id: i64,
        topic: SimTopic,
        actor: &User,
        (field, told): (&str, Value),
    ) -> Result<ChatChanged, SimError> {
        if self.world.chats.get(&chat_id).is_some_and(|chat| chat.info.topics.contains(&topic)) {
            return Err(SimError::new("the topic is so already"));
        }
        let thread_id = (topic.id != GENERAL).then_some(topic.id);
        self.commit(now, Change::Topic { chat_id, topic });
        self.service(now, chat_id, thread_id, actor, field, told);
        Ok(ChatChanged::default())
    }
}
