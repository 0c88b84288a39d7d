//! The queues and schedules: each message is handed out at some time after its own, in any order.

use shared::time::Timestamp;

use crate::programs::Program;

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Queued {
    pub at: Timestamp,
    pub program: Program,
}

/// In an order of no meaning, so that two queues of the same messages are the same queue.
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

    /// The different messages that can be handed out, with their places.
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
