//! What a place has chosen, and what is waited for from each person in it.

use serde::de::DeserializeOwned;

use super::{StoreError, Tx, to_json, topic_column};
use crate::domain::conversation::{Browsing, Conversation, Offered, Session, Settings};
use crate::domain::dialogue::Dialogue;
use crate::domain::ids::{Place, Timestamp, UserId};

impl Tx {
    /// A place's conversation; one in which nothing has been chosen when there is none.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn conversation(&mut self, place: Place) -> Result<Conversation, StoreError> {
        let topic = topic_column(place);
        let row = sqlx::query!(
            "SELECT agent, workspace, engine, session, aside, renewed_at, offers, settings, bound, browsing
             FROM conversations
             WHERE chat = ?1 AND topic = ?2",
            place.chat.0,
            topic
        )
        .fetch_optional(&mut *self.inner)
        .await?;
        let Some(row) = row else { return Ok(Conversation::new(place)) };
        Ok(Conversation {
            place,
            agent: row.agent,
            bound: row.bound != 0,
            workspace: row.workspace,
            engine: row.engine,
            session: row.session.and_then(|json| lenient::<Session>(&json, "session", place)),
            aside: row.aside.and_then(|json| lenient(&json, "sessions", place)).unwrap_or_default(),
            renewed_at: row.renewed_at.map(Timestamp),
            offered: row.offers.and_then(|json| lenient::<Offered>(&json, "list of commands", place)),
            browsing: row
                .browsing
                .and_then(|json| lenient(&json, "list of agents", place))
                .unwrap_or_default(),
            settings: lenient::<Settings>(&row.settings, "settings", place).unwrap_or_default(),
        })
    }

    /// Stores a conversation.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn save_conversation(
        &mut self,
        conversation: &Conversation,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let Conversation {
            place,
            agent,
            bound,
            workspace,
            engine,
            session,
            aside,
            renewed_at,
            offered,
            browsing,
            settings,
        } = conversation;
        let topic = topic_column(*place);
        let session = session.as_ref().map(to_json).transpose()?;
        let aside = (!aside.is_empty()).then(|| to_json(aside)).transpose()?;
        let renewed_at = renewed_at.map(|at| at.0);
        let offers = offered.as_ref().map(to_json).transpose()?;
        let browsing = (*browsing != Browsing::default()).then(|| to_json(browsing)).transpose()?;
        let settings = to_json(settings)?;
        sqlx::query!(
            "INSERT INTO conversations (chat, topic, agent, workspace, engine, session, renewed_at, offers, settings,
                 updated_at, aside, bound, browsing)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
             ON CONFLICT (chat, topic) DO UPDATE SET agent = excluded.agent, workspace = excluded.workspace,
                 engine = excluded.engine, session = excluded.session, renewed_at = excluded.renewed_at,
                 offers = excluded.offers, settings = excluded.settings, updated_at = excluded.updated_at,
                 aside = excluded.aside, bound = excluded.bound, browsing = excluded.browsing",
            place.chat.0,
            topic,
            agent,
            workspace,
            engine,
            session,
            renewed_at,
            offers,
            settings,
            now.0,
            aside,
            bound,
            browsing
        )
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// What is waited for from a person in a place.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn dialogue(&mut self, place: Place, user: UserId) -> Result<Dialogue, StoreError> {
        let topic = topic_column(place);
        let state = sqlx::query_scalar!(
            "SELECT state FROM dialogues WHERE chat = ?1 AND topic = ?2 AND user = ?3",
            place.chat.0,
            topic,
            user.0
        )
        .fetch_optional(&mut *self.inner)
        .await?;
        Ok(state.and_then(|json| lenient(&json, "dialogue", place)).unwrap_or_default())
    }

    /// Stores what is waited for; nothing in particular is not stored at all.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn save_dialogue(
        &mut self,
        place: Place,
        user: UserId,
        dialogue: &Dialogue,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let topic = topic_column(place);
        if *dialogue == Dialogue::Idle {
            sqlx::query!(
                "DELETE FROM dialogues WHERE chat = ?1 AND topic = ?2 AND user = ?3",
                place.chat.0,
                topic,
                user.0
            )
            .execute(&mut *self.inner)
            .await?;
            return Ok(());
        }
        let state = to_json(dialogue)?;
        sqlx::query!(
            "INSERT INTO dialogues (chat, topic, user, state, updated_at) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (chat, topic, user)
             DO UPDATE SET state = excluded.state, updated_at = excluded.updated_at",
            place.chat.0,
            topic,
            user.0,
            state,
            now.0
        )
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }
}

/// Reads a choice that can be made again. One that another version wrote is forgotten rather than making every
/// message in its place fail.
fn lenient<T: DeserializeOwned>(json: &str, what: &str, place: Place) -> Option<T> {
    serde_json::from_str(json)
        .inspect_err(|error| tracing::warn!(%place, %error, "forgetting an unreadable {what}"))
        .ok()
}
