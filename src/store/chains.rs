//! Chains: their rows, with the steps as JSON.

use super::updates::changed_one;
use super::{StoreError, Tx, place_of, to_json, topic_column};
use crate::domain::chain::{Chain, ChainState, Step};
use crate::domain::ids::{ChainId, MessageId, Place, Timestamp, UserId};

/// A chain that has no row yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewChain {
    /// Where it was asked for.
    pub place: Place,
    /// Who asked.
    pub requester: UserId,
    /// The message that asked.
    pub request: Option<MessageId>,
    /// What shall be done.
    pub prompt: String,
    /// Its steps, none of them begun.
    pub steps: Vec<Step>,
    /// When it was asked for.
    pub created_at: Timestamp,
}

impl Tx {
    /// Makes a chain.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn insert_chain(&mut self, new: NewChain) -> Result<Chain, StoreError> {
        let NewChain { place, requester, request, prompt, steps, created_at } = new;
        let (topic, message) = (topic_column(place), request.map(|message| message.0));
        let (json, state) = (to_json(&steps)?, name_of(ChainState::Working));
        let id = sqlx::query!(
            "INSERT INTO chains (chat, topic, requester, request_message, prompt, steps, state, created_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            place.chat.0,
            topic,
            requester.0,
            message,
            prompt,
            json,
            state,
            created_at.0
        )
        .execute(&mut *self.inner)
        .await?
        .last_insert_rowid();
        let state = ChainState::Working;
        Ok(Chain { id: ChainId(id), place, requester, request, prompt, steps, state })
    }

    /// A chain.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn chain(&mut self, id: ChainId) -> Result<Option<Chain>, StoreError> {
        let row = sqlx::query!(
            "SELECT chat, topic, requester, request_message, prompt, steps, state FROM chains WHERE id = ?1",
            id.0
        )
        .fetch_optional(&mut *self.inner)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let corrupt = |why: &dyn std::fmt::Display| StoreError::corrupt(format_args!("chain {id}"), why);
        Ok(Some(Chain {
            id,
            place: place_of(row.chat, row.topic),
            requester: UserId(row.requester),
            request: row.request_message.map(MessageId),
            prompt: row.prompt,
            steps: serde_json::from_str(&row.steps).map_err(|why| corrupt(&why))?,
            state: state_of(&row.state).ok_or_else(|| corrupt(&format_args!("state {}", row.state)))?,
        }))
    }

    /// Stores what moves of a chain: its steps and its state.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when there is no such chain.
    pub async fn save_chain(&mut self, chain: &Chain) -> Result<(), StoreError> {
        let (steps, state) = (to_json(&chain.steps)?, name_of(chain.state));
        let done =
            sqlx::query!("UPDATE chains SET steps = ?2, state = ?3 WHERE id = ?1", chain.id.0, steps, state)
                .execute(&mut *self.inner)
                .await?;
        changed_one(done.rows_affected())
    }
}

fn name_of(state: ChainState) -> &'static str {
    match state {
        ChainState::Working => "working",
        ChainState::Waiting => "waiting",
        ChainState::Stopping => "stopping",
        ChainState::Succeeded => "succeeded",
        ChainState::Stopped => "stopped",
    }
}

fn state_of(name: &str) -> Option<ChainState> {
    let all = [
        ChainState::Working,
        ChainState::Waiting,
        ChainState::Stopping,
        ChainState::Succeeded,
        ChainState::Stopped,
    ];
    all.into_iter().find(|state| name_of(*state) == name)
}
