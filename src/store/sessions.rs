//! The sessions that can be continued, as far as they are known: used by our runs, or told of by an engine.

use super::{StoreError, Tx, place_of, topic_column};
use crate::domain::ids::{Place, SessionId, Timestamp};
use crate::domain::press::NameKey;
use crate::domain::session::{KnownSession, SessionUse};

/// A row of `sessions`.
struct SessionRow {
    engine: String,
    workspace: String,
    id: String,
    title: String,
    used_at: Option<i64>,
    chat: Option<i64>,
    topic: Option<i64>,
    agent: Option<String>,
}

impl SessionRow {
    fn into_session(self) -> KnownSession {
        let ours = match (self.chat, self.topic, self.agent) {
            (Some(chat), Some(topic), Some(agent)) => {
                Some(SessionUse { place: place_of(chat, topic), agent })
            }
            (None, _, _) | (_, None, _) | (_, _, None) => None,
        };
        KnownSession {
            id: SessionId(self.id),
            engine: self.engine,
            workspace: self.workspace,
            title: self.title,
            used_at: self.used_at.map(Timestamp),
            ours,
        }
    }
}

impl Tx {
    /// The sessions of a workspace with an engine, latest first; only those that a place used last, if one is given.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn sessions(
        &mut self,
        engine: &str,
        workspace: &str,
        place: Option<Place>,
        limit: u32,
    ) -> Result<Vec<KnownSession>, StoreError> {
        let db = &mut *self.inner;
        let rows = match place {
            Some(place) => {
                let topic = topic_column(place);
                sqlx::query_as!(
                    SessionRow,
                    "SELECT engine, workspace, id, title, used_at, chat, topic, agent FROM sessions
                     WHERE chat = ?1 AND topic = ?2 AND engine = ?3 AND workspace = ?4
                     ORDER BY used_at DESC LIMIT ?5",
                    place.chat.0,
                    topic,
                    engine,
                    workspace,
                    limit
                )
                .fetch_all(db)
                .await?
            }
            None => {
                sqlx::query_as!(
                    SessionRow,
                    "SELECT engine, workspace, id, title, used_at, chat, topic, agent FROM sessions
                     WHERE engine = ?1 AND workspace = ?2 ORDER BY used_at DESC LIMIT ?3",
                    engine,
                    workspace,
                    limit
                )
                .fetch_all(db)
                .await?
            }
        };
        Ok(rows.into_iter().map(SessionRow::into_session).collect())
    }

    /// The session that a button means.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn session(&mut self, key: NameKey) -> Result<Option<KnownSession>, StoreError> {
        let key = column(key);
        let row = sqlx::query_as!(
            SessionRow,
            "SELECT engine, workspace, id, title, used_at, chat, topic, agent FROM sessions WHERE key = ?1",
            key
        )
        .fetch_optional(&mut *self.inner)
        .await?;
        Ok(row.map(SessionRow::into_session))
    }

    /// Stores all that is known of a session.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn save_session(&mut self, session: &KnownSession) -> Result<(), StoreError> {
        let key = column(session.key());
        let KnownSession { id, engine, workspace, title, used_at, ours } = session;
        let used_at = used_at.map(|at| at.0);
        let chat = ours.as_ref().map(|ours| ours.place.chat.0);
        let topic = ours.as_ref().map(|ours| topic_column(ours.place));
        let agent = ours.as_ref().map(|ours| ours.agent.as_str());
        sqlx::query!(
            "INSERT INTO sessions (key, engine, workspace, id, title, used_at, chat, topic, agent)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
             ON CONFLICT (key) DO UPDATE SET title = excluded.title, used_at = excluded.used_at,
                 chat = excluded.chat, topic = excluded.topic, agent = excluded.agent",
            key,
            engine,
            workspace,
            id.0,
            title,
            used_at,
            chat,
            topic,
            agent
        )
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// Forgets a session that goes on under another id, or is gone.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn forget_session(&mut self, key: NameKey) -> Result<(), StoreError> {
        let key = column(key);
        sqlx::query!("DELETE FROM sessions WHERE key = ?1", key).execute(&mut *self.inner).await?;
        Ok(())
    }
}

/// SQLite's integers have a sign: the same bits.
fn column(key: NameKey) -> i64 {
    key.0.cast_signed()
}
