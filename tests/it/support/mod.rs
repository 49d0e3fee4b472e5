//! A world to test in: a playground, a bot in it, and people who use the bot.

mod chat;
mod plan;
mod processes;
mod recording;
mod screen;
mod seen;
#[allow(dead_code, reason = "shared; not everything is done here")]
mod sim;
mod world;

pub(crate) use chat::Chat;
pub(crate) use plan::Plan;
pub(crate) use processes::{mark, processes_with};
pub(crate) use seen::Seen;
pub(crate) use sim::SimClient;
pub(crate) use world::World;

use std::time::Duration;

/// The owner.
pub(crate) const YOU: i64 = 1001;
/// On no list.
pub(crate) const MALLORY: i64 = 1002;
/// A member.
pub(crate) const ROBIN: i64 = 1003;
/// A forum with all three, with the topics [`API`] and [`WEB`].
pub(crate) const TEAM: i64 = -1_001_000_000_001;
pub(crate) const API: i64 = 2;
pub(crate) const WEB: i64 = 3;
/// A plain group with all three.
pub(crate) const LOUNGE: i64 = -1_000_000;
/// The bot's name in the playground.
pub(crate) const BOT: &str = "adjutant_demo_bot";

/// Nothing that is waited for takes nearly as long, unless it never comes.
pub(crate) const DEADLINE: Duration = Duration::from_secs(20);
