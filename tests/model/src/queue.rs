//! The queues and schedules. Messages are delivered in any order, each at some time after it is
//! due.

use shared::time::Timestamp;

use crate::programs::Program;

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Queued {
    pub at: Timestamp,
    pub program: Program,
}

/// Sorted, so that two queues with the same messages are equal.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Queue(Vec<Queued>);

impl Queue {
    pub fn push(&mut self, queued: Queued) {
        let place = self.0.partition_point(|known| *known < queued);
        self.0.insert(place, queued);
    }

    pub fn remove(&mut self, place: usize) -> Queued {
        self.0.remove(place)
    }

    /// The distinct messages that can be delivered, with their places.
    pub fn visible(&self, now: Timestamp) -> impl Iterator<Item = (usize, &Queued)> {
        self.0.iter().enumerate().filter(move |(place, queued)| {
            let is_first = *place == 0 || self.0[place - 1] != **queued;
            queued.at <= now && is_first
        })
    }

    pub fn iter(&self) -> impl Iterator<Item = &Queued> {
        self.0.iter()
    }

    pub fn clear(&mut self) {
        self.0.clear();
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
