//! A world to test in: a playground, `adjutant serve` with one real agent, a scripted model, and the owner.

#[path = "../../crash/child.rs"]
#[allow(dead_code, reason = "shared; not everything is asked here")]
mod child;
#[path = "../../it/support/chat.rs"]
#[allow(dead_code, reason = "shared; not everything is done here")]
mod chat;
mod processes;
#[path = "../../it/support/screen.rs"]
mod screen;
#[path = "../../it/support/seen.rs"]
#[allow(dead_code, reason = "shared; not everything is looked at here")]
mod seen;
#[path = "../../it/support/sim.rs"]
#[allow(dead_code, reason = "shared; not everything is done here")]
mod sim;
mod world;

pub(crate) use chat::Chat;
pub(crate) use processes::{mark, until};
pub(crate) use seen::Seen;
pub(crate) use sim::SimClient;
pub(crate) use world::World;

use std::time::Duration;

/// The bot's name in the playground.
const BOT: &str = "adjutant_demo_bot";

/// Nothing that is waited for takes nearly as long, unless it never comes. Real programs take their time to start.
const DEADLINE: Duration = Duration::from_secs(60);
