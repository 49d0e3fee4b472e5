//! Agents as they were when tasks were asked for: each version once, by its digest.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use super::{StoreError, Tx};
use crate::domain::agent::AgentSpec;
use crate::domain::ids::{TaskId, Timestamp};

impl Tx {
    /// Keeps an agent as it is now, and returns its digest; `None` for one whose paths no JSON can hold.
    pub(super) async fn keep_version(
        &mut self,
        agent: &AgentSpec,
        now: Timestamp,
    ) -> Result<Option<String>, StoreError> {
        let Ok(spec) = serde_json::to_string(agent) else {
            tracing::warn!(agent = agent.name, "the agent's version is not kept: a path of it is not UTF-8");
            return Ok(None);
        };
        let digest = hex(&Sha256::digest(spec.as_bytes()));
        sqlx::query!(
            "INSERT INTO agent_versions (digest, spec, created_at) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
            digest,
            spec,
            now.0
        )
        .execute(&mut *self.inner)
        .await?;
        Ok(Some(digest))
    }

    /// The agent as it was when the task was asked for. `None` for a task of an earlier Adjutant, which kept none, and
    /// when the definition was written by a later one, in a form that this one does not know.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn agent_of(&mut self, task: TaskId) -> Result<Option<AgentSpec>, StoreError> {
        let spec = sqlx::query_scalar!(
            "SELECT spec FROM tasks JOIN agent_versions ON digest = agent_version WHERE id = ?1",
            task.0
        )
        .fetch_optional(&mut *self.inner)
        .await?;
        Ok(spec.and_then(|json| {
            serde_json::from_str(&json)
                .inspect_err(|error| tracing::warn!(%task, %error, "the agent's version cannot be read"))
                .ok()
        }))
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut hex, byte| {
        // Writing into a string does not fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
