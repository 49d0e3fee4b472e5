//! What was used: sums by the hour, kept as tasks end, so that reading them takes no longer the more tasks there were.

use std::time::Duration;

use super::{StoreError, Tx};
use crate::domain::event::Usage;
use crate::domain::ids::{ChatId, Timestamp};
use crate::domain::task::Task;
use crate::domain::usage::Used;

const HOUR: i64 = 3_600_000;

/// Stands for all chats together; no chat has this id.
const ALL_CHATS: i64 = 0;

/// No sum grows beyond this: SQLite would make a number of it that its column does not take.
const MOST_TOKENS: i64 = 1 << 60;

impl Tx {
    /// Counts what an ended task has used, if anything is known of it.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn count_usage(
        &mut self,
        task: &Task,
        usage: &Usage,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let usage = usage.plausible();
        if usage.is_unknown() {
            return Ok(());
        }
        let hour = now.0.div_euclid(HOUR);
        let tokens = i64::try_from(usage.tokens.unwrap_or(0)).unwrap_or(MOST_TOKENS);
        let cost = usage.cost_usd.unwrap_or(0.0);
        for chat in [task.place.chat.0, ALL_CHATS] {
            sqlx::query!(
                "INSERT INTO usage_hours (chat, hour, agent, engine, tasks, tokens, cost_usd)
                 VALUES (?1, ?2, ?3, ?4, 1, ?5, ?6)
                 ON CONFLICT (chat, hour, agent, engine) DO UPDATE SET tasks = tasks + 1,
                     tokens = min(tokens + excluded.tokens, ?7), cost_usd = cost_usd + excluded.cost_usd",
                chat,
                hour,
                task.agent,
                task.engine,
                tokens,
                cost,
                MOST_TOKENS
            )
            .execute(&mut *self.inner)
            .await?;
        }
        Ok(())
    }

    /// What was used in a chat, or in all of them, in the latest time of such a length, by agent and engine. Whole hours
    /// are counted: of the first one, too, what lies before that time.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn usage(
        &mut self,
        chat: Option<ChatId>,
        within: Duration,
        now: Timestamp,
    ) -> Result<Vec<Used>, StoreError> {
        let chat = chat.map_or(ALL_CHATS, |chat| chat.0);
        let since = now.0.saturating_sub(i64::try_from(within.as_millis()).unwrap_or(i64::MAX));
        let first = since.div_euclid(HOUR);
        let rows = sqlx::query!(
            r#"SELECT agent, engine, sum(tasks) AS "tasks!: i64",
                   CAST(min(total(tokens), ?3) AS INTEGER) AS "tokens!: i64", total(cost_usd) AS "cost!: f64"
               FROM usage_hours WHERE chat = ?1 AND hour >= ?2 GROUP BY agent, engine"#,
            chat,
            first,
            MOST_TOKENS
        )
        .fetch_all(&mut *self.inner)
        .await?;
        let used = rows.into_iter().map(|row| Used {
            agent: row.agent,
            engine: row.engine,
            tasks: u64::try_from(row.tasks).unwrap_or(0),
            usage: Usage {
                // A sum of nothing known is no sum.
                cost_usd: Some(row.cost).filter(|cost| *cost > 0.0),
                tokens: u64::try_from(row.tokens).ok().filter(|tokens| *tokens > 0),
            },
        });
        Ok(used.collect())
    }
}
