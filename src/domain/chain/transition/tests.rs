//! A chain runs its steps one by one, and waits for a person when one is no success.

use proptest::prelude::*;

use super::*;
use crate::domain::chain::Step;
use crate::domain::ids::{ChainId, ChatId, Place, UserId};

fn chain(steps: usize) -> Chain {
    let step = Step {
        agent: "worker".to_owned(),
        engine: "script".to_owned(),
        workspace: "demo".to_owned(),
        state: Pending,
        task: None,
    };
    Chain {
        id: ChainId(1),
        place: Place { chat: ChatId(1), topic: None },
        requester: UserId(1),
        request: None,
        prompt: "do it".to_owned(),
        steps: vec![step; steps],
        state: ChainState::Working,
    }
}

/// A chain with the numbers of its tasks given out as the store would.
struct Play {
    chain: Chain,
    next: i64,
    /// The step of each task, in the order in which they were made.
    made: Vec<usize>,
    told: Vec<TaskId>,
    stopped: Vec<TaskId>,
}

impl Play {
    fn new(steps: usize) -> Self {
        let mut play = Self { chain: chain(steps), next: 0, made: vec![], told: vec![], stopped: vec![] };
        play.apply(ChainEvent::Begun).unwrap();
        play
    }

    fn apply(&mut self, event: ChainEvent) -> Result<(), ChainRejected> {
        let (chain, effects) = self.chain.clone().apply(event)?;
        self.chain = chain;
        for effect in effects {
            match effect {
                ChainEffect::StartStep { at } => {
                    self.next += 1;
                    self.made.push(at);
                    self.apply(ChainEvent::Started { at, task: TaskId(self.next) })?;
                }
                ChainEffect::StopTask { task } => self.stopped.push(task),
                ChainEffect::TellResult { task } => self.told.push(task),
            }
        }
        Ok(())
    }

    fn ends(&mut self, how: StepState) -> Result<(), ChainRejected> {
        self.apply(ChainEvent::Ended { task: TaskId(self.next), how })
    }

    fn states(&self) -> Vec<StepState> {
        self.chain.steps.iter().map(|step| step.state).collect()
    }
}

use StepState::{Denied, Failed, Interrupted, Pending, Running, Skipped, Stopped, Succeeded, TimedOut};

#[test]
fn the_steps_run_one_after_the_other() {
    let mut play = Play::new(3);
    assert_eq!(play.states(), [Running, Pending, Pending]);
    play.ends(Succeeded).unwrap();
    assert_eq!(play.states(), [Succeeded, Running, Pending]);
    play.ends(Succeeded).unwrap();
    play.ends(Succeeded).unwrap();
    assert_eq!((play.chain.state, play.made), (ChainState::Succeeded, vec![0, 1, 2]));
    assert_eq!(play.chain.apply(ChainEvent::Stop), Err(ChainRejected::Over));
}

#[test]
fn whatever_is_no_success_makes_the_chain_wait() {
    for how in [Failed, Denied, TimedOut, Interrupted, Stopped] {
        let mut play = Play::new(2);
        play.ends(how).unwrap();
        assert_eq!((play.chain.state, play.states()), (ChainState::Waiting, vec![how, Pending]));
        assert_eq!(play.ends(Succeeded), Err(ChainRejected::GoneOn), "a task ends once");
    }
}

#[test]
fn a_step_that_failed_can_be_retried_skipped_or_end_the_chain() {
    let failed = || {
        let mut play = Play::new(3);
        play.ends(Succeeded).unwrap();
        play.ends(Failed).unwrap();
        play
    };
    let mut retried = failed();
    retried.apply(ChainEvent::Retry { task: TaskId(2) }).unwrap();
    assert_eq!((retried.states(), &retried.made), (vec![Succeeded, Running, Pending], &vec![0, 1, 1]));
    let again = retried.apply(ChainEvent::Retry { task: TaskId(2) });
    assert_eq!(again, Err(ChainRejected::GoneOn), "a second tap on the same button");
    retried.ends(Failed).unwrap();
    let old = retried.apply(ChainEvent::Skip { task: TaskId(2) });
    assert_eq!(old, Err(ChainRejected::GoneOn), "a button of the first try");

    let mut skipped = failed();
    skipped.apply(ChainEvent::Skip { task: TaskId(2) }).unwrap();
    assert_eq!(skipped.states(), [Succeeded, Skipped, Running]);
    assert_eq!(skipped.chain.result_before(2).and_then(|step| step.task), Some(TaskId(1)));

    let mut stopped = failed();
    stopped.apply(ChainEvent::Stop).unwrap();
    assert_eq!(
        (stopped.chain.state, stopped.states()),
        (ChainState::Stopped, vec![Succeeded, Failed, Pending])
    );
}

#[test]
fn a_chain_whose_end_is_skipped_tells_the_result_that_it_has() {
    let mut play = Play::new(2);
    play.ends(Succeeded).unwrap();
    play.ends(Failed).unwrap();
    play.apply(ChainEvent::Skip { task: TaskId(2) }).unwrap();
    assert_eq!((play.chain.state, play.told), (ChainState::Succeeded, vec![TaskId(1)]));
}

#[test]
fn stopping_stops_the_task_and_ends_when_that_has_ended() {
    for how in [Succeeded, Failed, Stopped, Interrupted] {
        let mut play = Play::new(2);
        play.apply(ChainEvent::Stop).unwrap();
        assert_eq!((play.chain.state, &play.stopped), (ChainState::Stopping, &vec![TaskId(1)]));
        assert_eq!(play.apply(ChainEvent::Stop), Err(ChainRejected::Stopping));
        play.ends(how).unwrap();
        assert_eq!((play.chain.state, play.made.len()), (ChainState::Stopped, 1));
    }
    let mut last = Play::new(1);
    last.apply(ChainEvent::Stop).unwrap();
    last.ends(Succeeded).unwrap();
    assert_eq!(last.chain.state, ChainState::Succeeded, "there was nothing left to stop");
}

fn event() -> impl Strategy<Value = ChainEvent> {
    let task = || (1..8_i64).prop_map(TaskId);
    let how = prop::sample::select(vec![
        Succeeded,
        Succeeded,
        Failed,
        Denied,
        TimedOut,
        Interrupted,
        Stopped,
        Running,
        Pending,
        Skipped,
    ]);
    prop_oneof![
        6 => (task(), how).prop_map(|(task, how)| ChainEvent::Ended { task, how }),
        2 => task().prop_map(|task| ChainEvent::Retry { task }),
        2 => task().prop_map(|task| ChainEvent::Skip { task }),
        1 => Just(ChainEvent::Stop),
        1 => Just(ChainEvent::Begun),
    ]
}

proptest! {
    #[test]
    fn whatever_happens_one_step_runs_at_a_time_and_none_twice_unless_retried(
        steps in 1..5_usize,
        events in prop::collection::vec(event(), 0..60),
    ) {
        let mut play = Play::new(steps);
        let mut retried = 0;
        for event in events {
            let moved = play.apply(event);
            if let (Ok(()), ChainEvent::Retry { .. }) = (moved, event) {
                retried += 1;
            }
            let running = play.states().iter().filter(|state| **state == Running).count();
            let busy = matches!(play.chain.state, ChainState::Working | ChainState::Stopping);
            prop_assert_eq!(running, usize::from(busy), "{:?}", play.chain);
            // Steps are made in their order; the same one again only for a retry.
            prop_assert!(play.made.windows(2).all(|pair| pair[0] <= pair[1]));
            let repeated = play.made.windows(2).filter(|pair| pair[0] == pair[1]).count();
            prop_assert_eq!(repeated, retried);
        }
    }

    #[test]
    fn a_chain_whose_steps_end_ends(
        steps in 1..6_usize,
        hows in prop::collection::vec((prop::sample::select(vec![Failed, Denied, Interrupted]), any::<bool>()), 0..9),
    ) {
        let mut play = Play::new(steps);
        for (how, skip) in hows {
            if play.ends(how).is_ok() {
                let task = TaskId(play.next);
                let event = if skip { ChainEvent::Skip { task } } else { ChainEvent::Retry { task } };
                play.apply(event).unwrap();
            }
        }
        for _ in 0..steps {
            let _ = play.ends(Succeeded);
        }
        prop_assert_eq!(play.chain.state, ChainState::Succeeded);
        prop_assert!(play.chain.steps.iter().all(|step| step.state.is_done()));
    }
}
