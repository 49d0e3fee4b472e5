//! Crash tests: the real `adjutant serve` is killed with `kill -9`, again and again, and must lose nothing and do
//! nothing twice.
//!
//! The playground lives in the test's process and survives the kills, as Telegram would. `rounds` kills at random
//! moments of random work; `points` kills at every commit point and around every call to Telegram. What must hold
//! after all of them is in `books`.
//!
//! `ADJUTANT_CRASH_ROUNDS` says how many random rounds there are (3 when it is not set), `ADJUTANT_CRASH_SEED` which
//! random numbers they follow (printed at the start; the moment of a kill still depends on the machine).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "tests fail by panics and tell what they did"
)]

mod books;
mod chats;
mod child;
mod points;
mod processes;
mod random;
mod reading;
mod rounds;
#[path = "../it/support/sim.rs"]
#[allow(dead_code, reason = "shared; not everything is done here")]
mod sim;
mod teams;
mod trap;
mod world;

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use random::Random;
use world::World;

const ROUNDS: u32 = 3;

#[tokio::test]
async fn killed_at_random_moments_it_loses_nothing_and_does_nothing_twice() {
    let rounds = number("ADJUTANT_CRASH_ROUNDS").map_or(ROUNDS, |rounds| rounds.try_into().unwrap());
    let seed = number("ADJUTANT_CRASH_SEED").unwrap_or_else(fresh_seed);
    println!("ADJUTANT_CRASH_SEED={seed} ADJUTANT_CRASH_ROUNDS={rounds}");
    let mut random = Random::new(seed);
    let mut world = World::start().await;
    rounds::acquaint(&mut world, &mut random).await;
    let begun = Instant::now();
    for round in 1..=rounds {
        let kills = rounds::round(&mut world, &mut random).await;
        let told = world.check(&format!("round {round} of seed {seed}")).await;
        println!(
            "round {round}: killed {kills} times, {:.1} s in all; {told}",
            begun.elapsed().as_secs_f64()
        );
    }
    world.end().await;
}

#[tokio::test]
async fn killed_before_any_commit_it_goes_on_from_the_one_before() {
    for point in points::COMMITS {
        points::die_before_commit(point).await;
    }
}

#[tokio::test]
async fn killed_around_any_call_it_repeats_one_message_at_most() {
    for point in points::CALLS {
        points::die_around_call(point).await;
    }
}

#[tokio::test]
async fn a_chain_that_is_killed_before_any_commit_loses_no_step_and_runs_none_twice_unasked() {
    for point in teams::CHAIN {
        teams::die_in_chain(point).await;
    }
}

#[tokio::test]
async fn a_race_that_is_killed_before_any_commit_leaves_just_the_worktree_that_is_kept() {
    for point in teams::RACE {
        teams::die_in_race(point).await;
    }
}

fn number(variable: &str) -> Option<u64> {
    let value = std::env::var(variable).ok()?;
    Some(value.parse().unwrap_or_else(|_| panic!("{variable} must be a number, not {value:?}")))
}

fn fresh_seed() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    u64::from(now.subsec_nanos())
}
