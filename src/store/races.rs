//! Races: their rows, with who runs and the state as JSON.

use super::updates::changed_one;
use super::{Store, StoreError, Tx, place_of, to_json, topic_column};
use crate::domain::ids::{MessageId, Place, RaceId, Timestamp, UserId};
use crate::domain::race::{Race, RaceState, Runner};

/// A race that has no row yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRace {
    /// Where it was asked for.
    pub place: Place,
    /// Who asked.
    pub requester: UserId,
    /// The message that asked.
    pub request: Option<MessageId>,
    /// What shall be done.
    pub prompt: String,
    /// The workspace whose worktrees they work in.
    pub workspace: String,
    /// Who runs.
    pub runners: Vec<Runner>,
    /// When it was asked for.
    pub created_at: Timestamp,
}

impl Store {
    /// The races that are not over.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn races_under_way(&self) -> Result<Vec<RaceId>, StoreError> {
        let ids = sqlx::query_scalar!("SELECT id FROM races WHERE over = 0 ORDER BY id")
            .fetch_all(&self.readers)
            .await?;
        Ok(ids.into_iter().map(RaceId).collect())
    }
}

impl Tx {
    /// Makes a race.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn insert_race(&mut self, new: NewRace) -> Result<Race, StoreError> {
        let NewRace { place, requester, request, prompt, workspace, runners, created_at } = new;
        let (topic, message) = (topic_column(place), request.map(|message| message.0));
        let (json, state) = (to_json(&runners)?, to_json(&RaceState::Preparing)?);
        let id = sqlx::query!(
            "INSERT INTO races (chat, topic, requester, request_message, prompt, workspace, runners, state, over,
                 created_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0, ?9)",
            place.chat.0,
            topic,
            requester.0,
            message,
            prompt,
            workspace,
            json,
            state,
            created_at.0
        )
        .execute(&mut *self.inner)
        .await?
        .last_insert_rowid();
        let state = RaceState::Preparing;
        Ok(Race { id: RaceId(id), place, requester, request, prompt, workspace, runners, state })
    }

    /// A race.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn race(&mut self, id: RaceId) -> Result<Option<Race>, StoreError> {
        let row = sqlx::query!(
            "SELECT chat, topic, requester, request_message, prompt, workspace, runners, state FROM races
             WHERE id = ?1",
            id.0
        )
        .fetch_optional(&mut *self.inner)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let corrupt = |why| StoreError::corrupt(format_args!("race {id}"), why);
        Ok(Some(Race {
            id,
            place: place_of(row.chat, row.topic),
            requester: UserId(row.requester),
            request: row.request_message.map(MessageId),
            prompt: row.prompt,
            workspace: row.workspace,
            runners: serde_json::from_str(&row.runners).map_err(corrupt)?,
            state: serde_json::from_str(&row.state).map_err(corrupt)?,
        }))
    }

    /// The races of a place that are not over, the latest last.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn races_here(&mut self, place: Place) -> Result<Vec<RaceId>, StoreError> {
        let topic = topic_column(place);
        let ids = sqlx::query_scalar!(
            "SELECT id FROM races WHERE over = 0 AND chat = ?1 AND topic = ?2 ORDER BY id",
            place.chat.0,
            topic
        )
        .fetch_all(&mut *self.inner)
        .await?;
        Ok(ids.into_iter().map(RaceId).collect())
    }

    /// Stores what moves of a race: the tasks of those who run, and its state.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when there is no such race.
    pub async fn save_race(&mut self, race: &Race) -> Result<(), StoreError> {
        let (runners, state, over) = (to_json(&race.runners)?, to_json(&race.state)?, race.state.is_over());
        let done = sqlx::query!(
            "UPDATE races SET runners = ?2, state = ?3, over = ?4 WHERE id = ?1",
            race.id.0,
            runners,
            state,
            over
        )
        .execute(&mut *self.inner)
        .await?;
        changed_one(done.rows_affected())
    }
}
