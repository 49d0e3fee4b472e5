//! Random work in ten places, with a kill at a random moment.

use std::time::Duration;

use adjutant::playground::{Fault, FaultKind};
use tokio::time::{Instant, sleep_until};

use crate::random::Random;
use crate::reading::{Notice, offers};
use crate::world::{PLACES, Place, Wish, World};

/// People write, press, and are unlucky during so many milliseconds; the first kill falls into them, too.
const BUSY_MS: u64 = 600;

/// How many commands there are in a round, beyond the first one of each place.
const MORE_COMMANDS: u64 = 4;

/// How many buttons are pressed in a round.
const PRESSES: u64 = 12;

/// The agents, those that matter most more than once.
const AGENTS: [&str; 8] = ["quick", "quick", "steps", "steps", "asks", "asks", "slow", "fails"];

/// What may be pressed while the work goes on. Not `Retry`, which would rightly do something twice.
const LABELS: [&str; 8] =
    ["Allow", "Allow", "Deny", "Always…", "This exact action", "Stop", "Drop", "Run next"];

enum Act {
    Write(Place),
    Press,
    Fail,
    Kill,
}

/// Everybody says hello once, so that plain words have an agent to go to.
pub(crate) async fn acquaint(world: &mut World, random: &mut Random) {
    for place in (0..PLACES).map(World::place) {
        world.ask(place, "quick").await;
    }
    world.rest(random).await;
}

/// One round; returns how often Adjutant was killed in it.
pub(crate) async fn round(world: &mut World, random: &mut Random) -> usize {
    let before = world.kills;
    let mut acts: Vec<(u64, Act)> = Vec::new();
    for place in (0..PLACES).map(World::place) {
        acts.push((random.below(BUSY_MS), Act::Write(place)));
    }
    for _ in 0..random.below(MORE_COMMANDS + 1) {
        // Not in groups: they would need minutes for more.
        let place = World::place(usize::try_from(random.below(8)).unwrap());
        acts.push((random.below(BUSY_MS), Act::Write(place)));
    }
    acts.extend((0..PRESSES).map(|_| (random.below(BUSY_MS * 2), Act::Press)));
    if random.in_percent(30) {
        acts.push((random.below(BUSY_MS), Act::Fail));
    }
    let kill_at = random.below(BUSY_MS);
    acts.push((kill_at, Act::Kill));
    if random.in_percent(30) {
        // While it still recovers from the first one.
        acts.push((kill_at + random.below(200), Act::Kill));
    }
    acts.sort_by_key(|(at, _)| *at);
    let begun = Instant::now();
    for (at, act) in acts {
        // A random moment is what this test is about, so that for once there is nothing to wait for but time.
        sleep_until(begun + Duration::from_millis(at)).await;
        match act {
            Act::Write(place) => write(world, random, place).await,
            Act::Press => press(world, random).await,
            Act::Fail => fail(world, random).await,
            Act::Kill => {
                world.kill().await;
                world.serve();
            }
        }
    }
    world.rest(random).await;
    world.kills - before
}

async fn write(world: &mut World, random: &mut Random, place: Place) {
    match random.below(10) {
        0..=4 => {
            let agent = if place.is_slow() { "quick" } else { random.pick(&AGENTS).expect("there are some") };
            world.ask(place, agent).await;
        }
        // In groups the bot does not hear what is no command.
        5 | 6 if !place.is_slow() => {
            let prompt = world.prompt();
            world.say(place, &prompt.clone(), Wish::Task(prompt)).await;
        }
        7 => {
            world.say(place, "/stop", Wish::Stop).await;
        }
        _ => {
            let (command, notice) = random.pick(&Notice::COMMANDS).expect("there are some");
            world.say(place, command, Wish::Answer(*notice)).await;
        }
    }
}

/// Somebody presses whatever there is to press.
async fn press(world: &mut World, random: &mut Random) {
    world.chats.catch_up(Duration::ZERO).await;
    let mut there = Vec::new();
    for place in (0..PLACES).map(World::place) {
        for message in world.chats.of(place.chat) {
            let labels = LABELS.iter().filter(|label| offers(message, label));
            there.extend(labels.map(|label| (place, message.message_id, *label)));
        }
    }
    if let Some((place, message, label)) = random.pick(&there) {
        world.press(*place, *message, label).await;
    }
}

/// Telegram, or the way to it, fails.
async fn fail(world: &mut World, random: &mut Random) {
    let kinds = [FaultKind::Internal, FaultKind::ResetBefore, FaultKind::ResetAfter, FaultKind::Delay];
    let methods = ["sendMessage", "editMessageText", "getUpdates", "answerCallbackQuery", "*"];
    let kind = *random.pick(&kinds).expect("there are some");
    let method = random.pick(&methods).expect("there are some");
    let mut fault = Fault::next(method, kind);
    fault.delay_ms = Some(random.below(300));
    world.trouble(&fault).await;
}
