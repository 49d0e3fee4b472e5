//! Whose turn it is: one task at a time in each conversation, but for those who run a race; a limited number in all.
//! Pure.

use std::collections::{HashMap, HashSet, VecDeque};

use crate::domain::ids::{Place, TaskId};

/// The queues and the running tasks.
#[derive(Debug)]
pub(super) struct Scheduler {
    limit: usize,
    active: HashMap<Place, TaskId>,
    /// Those at work beside the one of their place.
    beside: HashSet<TaskId>,
    queues: HashMap<Place, VecDeque<TaskId>>,
    /// In the order of their turns; may hold places that cannot go on yet.
    turns: VecDeque<Turn>,
}

/// Whose turn it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    /// The first in the queue of a place.
    Of(Place),
    /// A task that waits for nobody in its place.
    Beside(TaskId),
}

impl Scheduler {
    /// A scheduler that runs at most `limit` tasks at once.
    pub(super) fn new(limit: usize) -> Self {
        Self {
            limit,
            active: HashMap::new(),
            beside: HashSet::new(),
            queues: HashMap::new(),
            turns: VecDeque::new(),
        }
    }

    /// Puts a task at the end of its place's queue.
    pub(super) fn enqueue(&mut self, place: Place, task: TaskId) {
        let queue = self.queues.entry(place).or_default();
        if queue.is_empty() {
            self.turns.push_back(Turn::Of(place));
        }
        queue.push_back(task);
    }

    /// Lets a task wait for its turn beside the queue of its place.
    pub(super) fn enqueue_beside(&mut self, task: TaskId) {
        self.turns.push_back(Turn::Beside(task));
    }

    /// Moves a queued task to the front of its place's queue.
    pub(super) fn put_first(&mut self, place: Place, task: TaskId) {
        if let Some(queue) = self.queues.get_mut(&place)
            && let Some(at) = queue.iter().position(|queued| *queued == task)
        {
            queue.remove(at);
            queue.push_front(task);
        }
    }

    /// Takes a task out of its queue.
    pub(super) fn remove(&mut self, place: Place, task: TaskId) {
        self.turns.retain(|turn| *turn != Turn::Beside(task));
        if let Some(queue) = self.queues.get_mut(&place) {
            queue.retain(|queued| *queued != task);
            if queue.is_empty() {
                self.queues.remove(&place);
                self.turns.retain(|turn| *turn != Turn::Of(place));
            }
        }
    }

    /// A task has done its work. Its place is not asked for: it may have moved since the task began.
    pub(super) fn release(&mut self, task: TaskId) {
        self.active.retain(|_, active| *active != task);
        self.beside.remove(&task);
    }

    /// The tasks whose turn has come; from now on they count as running.
    pub(super) fn start_next(&mut self) -> Vec<TaskId> {
        let mut started = Vec::new();
        let mut held = HashSet::new();
        while !self.is_full() {
            let place = match self.turns.pop_front() {
                Some(Turn::Of(place)) => place,
                Some(Turn::Beside(task)) => {
                    self.beside.insert(task);
                    started.push(task);
                    continue;
                }
                None => break,
            };
            if self.active.contains_key(&place) {
                self.turns.push_back(Turn::Of(place));
                if !held.insert(place) {
                    break;
                }
                continue;
            }
            let Some(queue) = self.queues.get_mut(&place) else { continue };
            let next = queue.pop_front();
            if queue.is_empty() {
                self.queues.remove(&place);
            } else {
                self.turns.push_back(Turn::Of(place));
            }
            if let Some(task) = next {
                self.active.insert(place, task);
                started.push(task);
            }
        }
        started
    }

    /// The task at work in a place.
    pub(super) fn active(&self, place: Place) -> Option<TaskId> {
        self.active.get(&place).copied()
    }

    /// Whether as many tasks are at work as may be.
    pub(super) fn is_full(&self) -> bool {
        self.running() >= self.limit
    }

    /// How many tasks are at work.
    pub(super) fn running(&self) -> usize {
        self.active.len() + self.beside.len()
    }

    /// Follows a group to its new id.
    pub(super) fn migrate(&mut self, moved: impl Fn(Place) -> Place) {
        let moving: Vec<Place> =
            self.active.keys().copied().filter(|place| moved(*place) != *place).collect();
        for place in moving {
            // Should both places have a task at work, each keeps its slot, and the new place goes on with its own.
            if !self.active.contains_key(&moved(place))
                && let Some(task) = self.active.remove(&place)
            {
                self.active.insert(moved(place), task);
            }
        }
        for (place, mut queue) in std::mem::take(&mut self.queues) {
            self.queues.entry(moved(place)).or_default().append(&mut queue);
        }
        let mut seen = HashSet::new();
        let turn = |turn| match turn {
            Turn::Of(place) => Turn::Of(moved(place)),
            Turn::Beside(task) => Turn::Beside(task),
        };
        let once = |turn: &Turn| match turn {
            Turn::Of(place) => seen.insert(*place),
            Turn::Beside(_) => true,
        };
        self.turns = self.turns.drain(..).map(turn).filter(once).collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::ChatId;

    fn place(chat: i64) -> Place {
        Place { chat: ChatId(chat), topic: None }
    }

    fn started(scheduler: &mut Scheduler) -> Vec<i64> {
        scheduler.start_next().into_iter().map(|task| task.0).collect()
    }

    #[test]
    fn one_task_at_a_time_in_each_place_and_no_more_than_the_limit() {
        let mut scheduler = Scheduler::new(2);
        for (chat, task) in [(1, 1), (1, 2), (2, 3), (3, 4)] {
            scheduler.enqueue(place(chat), TaskId(task));
        }
        assert_eq!(started(&mut scheduler), [1, 3]);
        assert_eq!(started(&mut scheduler), [0_i64; 0]);
        scheduler.release(TaskId(3));
        assert_eq!(started(&mut scheduler), [4], "the second task of place 1 must wait for the first");
        scheduler.release(TaskId(1));
        assert_eq!(started(&mut scheduler), [2]);
        assert_eq!(scheduler.running(), 2);
    }

    #[test]
    fn those_who_run_a_race_wait_for_nobody_in_their_place_but_count_against_the_limit() {
        let mut scheduler = Scheduler::new(3);
        scheduler.enqueue(place(1), TaskId(1));
        for task in 2..=4 {
            scheduler.enqueue_beside(TaskId(task));
        }
        assert_eq!(started(&mut scheduler), [1, 2, 3]);
        assert_eq!(scheduler.active(place(1)), Some(TaskId(1)));
        assert!(scheduler.is_full());
        scheduler.release(TaskId(2));
        assert_eq!(started(&mut scheduler), [4]);
        scheduler.enqueue_beside(TaskId(5));
        scheduler.remove(place(1), TaskId(5));
        scheduler.release(TaskId(3));
        assert_eq!(started(&mut scheduler), [0_i64; 0], "it was dropped before its turn");
        assert_eq!(scheduler.running(), 2);
    }

    #[test]
    fn a_queued_task_can_go_first_or_leave() {
        let mut scheduler = Scheduler::new(4);
        for task in 1..=4 {
            scheduler.enqueue(place(1), TaskId(task));
        }
        assert_eq!(started(&mut scheduler), [1]);
        scheduler.put_first(place(1), TaskId(4));
        scheduler.remove(place(1), TaskId(2));
        for (ended, next) in [(1, [4].as_slice()), (4, &[3]), (3, &[])] {
            scheduler.release(TaskId(ended));
            assert_eq!(started(&mut scheduler), next);
        }
    }

    #[test]
    fn a_task_whose_chat_got_a_new_id_still_ends() {
        let mut scheduler = Scheduler::new(1);
        scheduler.enqueue(place(1), TaskId(1));
        assert_eq!(started(&mut scheduler), [1]);
        scheduler.migrate(|_| place(2));
        scheduler.enqueue(place(2), TaskId(2));
        scheduler.release(TaskId(1));
        assert_eq!(started(&mut scheduler), [2]);
    }

    #[test]
    fn a_place_whose_queue_ran_dry_gets_its_turn_again() {
        let mut scheduler = Scheduler::new(1);
        scheduler.enqueue(place(1), TaskId(1));
        scheduler.enqueue(place(1), TaskId(2));
        for task in [1, 2] {
            scheduler.remove(place(1), TaskId(task));
        }
        scheduler.enqueue(place(1), TaskId(3));
        assert_eq!(started(&mut scheduler), [3]);
        assert_eq!(scheduler.active(place(1)), Some(TaskId(3)));
    }

    #[test]
    fn a_place_that_moves_keeps_its_task_and_its_queue() {
        let mut scheduler = Scheduler::new(4);
        for (chat, task) in [(1, 1), (1, 2), (9, 3), (9, 4)] {
            scheduler.enqueue(place(chat), TaskId(task));
        }
        assert_eq!(started(&mut scheduler), [1, 3]);
        scheduler.migrate(|at| if at == place(1) { place(9) } else { at });
        assert_eq!(scheduler.running(), 2, "both are still at work");
        scheduler.release(TaskId(1));
        scheduler.release(TaskId(3));
        assert_eq!(scheduler.running(), 0, "a task gives its slot back after its place has moved");
        let mut rest = started(&mut scheduler);
        rest.extend(scheduler.active(place(9)).map(|task| task.0));
        scheduler.release(TaskId(rest[0]));
        rest.extend(started(&mut scheduler));
        rest.sort_unstable();
        rest.dedup();
        assert_eq!(rest, [2, 4]);
    }
}
