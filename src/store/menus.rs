//! What a chat's menu of commands depends on.

use super::{Store, StoreError, Tx};
use crate::domain::ids::ChatId;

impl Store {
    /// The workspaces that the places of a chat have chosen; `None` where none was.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn workspaces_of(&self, chat: ChatId) -> Result<Vec<Option<String>>, StoreError> {
        let workspaces =
            sqlx::query_scalar!("SELECT DISTINCT workspace FROM conversations WHERE chat = ?1", chat.0);
        Ok(workspaces.fetch_all(&self.readers).await?)
    }

    /// The agents that a chat has used lately, latest first.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn agents_used(&self, chat: ChatId) -> Result<Vec<String>, StoreError> {
        // Among the last tasks of all chats: by their chat, they would be sorted by topic first.
        let agents = sqlx::query_scalar!(
            r#"SELECT agent AS "agent!" FROM tasks WHERE id > (SELECT max(id) FROM tasks) - 500 AND +chat = ?1
             GROUP BY agent ORDER BY max(id) DESC"#,
            chat.0
        );
        Ok(agents.fetch_all(&self.readers).await?)
    }
}

impl Tx {
    /// Whether anything was ever chosen or asked for in a chat, so that messages get there.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn knows(&mut self, chat: ChatId) -> Result<bool, StoreError> {
        let known = sqlx::query_scalar!("SELECT 1 FROM conversations WHERE chat = ?1 LIMIT 1", chat.0)
            .fetch_optional(&mut *self.inner)
            .await?;
        Ok(known.is_some())
    }
}
