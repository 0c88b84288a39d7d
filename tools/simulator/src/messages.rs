//! The messages that the simulator accepted.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use crate::fates::Ending;
use crate::message::{Message, Order, Status};

/// A message's position in the store, in order of creation.
pub(crate) type Index = usize;

#[derive(Debug, Default)]
pub(crate) struct Store {
    messages: Vec<Message>,
    by_sid: HashMap<String, Index>,
    by_to: HashMap<String, Vec<Index>>,
}

impl Store {
    pub(crate) fn add(
        &mut self,
        sid: String,
        order: Order,
        ending: Ending,
        now: DateTime<Utc>,
    ) -> Index {
        let index = self.messages.len();
        self.by_sid.insert(sid.clone(), index);
        self.by_to.entry(order.to.clone()).or_default().push(index);
        self.messages.push(Message {
            sid,
            status: if order.from.is_some() { Status::Queued } else { Status::Accepted },
            order,
            ending,
            created: now,
            sent: None,
            updated: now,
        });
        index
    }

    /// Advances a message to `status`, unless it is past that.
    pub(crate) fn advance(&mut self, index: Index, status: Status, now: DateTime<Utc>) {
        let message = &mut self.messages[index];
        if message.status < status {
            message.status = status;
            message.sent.get_or_insert(now);
            message.updated = now;
        }
    }

    pub(crate) fn get(&self, index: Index) -> &Message {
        &self.messages[index]
    }

    pub(crate) fn find(&self, sid: &str) -> Option<Index> {
        self.by_sid.get(sid).copied()
    }

    pub(crate) fn count_to(&self, to: &str) -> usize {
        self.by_to.get(to).map_or(0, Vec::len)
    }

    pub(crate) fn all(&self) -> &[Message] {
        &self.messages
    }

    /// The messages, or only those to one number, newest first.
    pub(crate) fn newest_first<'a>(
        &'a self,
        to: Option<&str>,
    ) -> Box<dyn Iterator<Item = (Index, &'a Message)> + 'a> {
        let with = |index: Index| (index, &self.messages[index]);
        match to {
            None => Box::new((0..self.messages.len()).rev().map(with)),
            Some(to) => {
                let indices = self.by_to.get(to).map_or(&[][..], Vec::as_slice);
                Box::new(indices.iter().rev().map(move |index| with(*index)))
            }
        }
    }

    /// The largest number of messages that one phone got.
    pub(crate) fn most_to_one(&self) -> usize {
        self.by_to.values().map(Vec::len).max().unwrap_or_default()
    }

    /// Each number that got the same body from the same sender more than once, and how often.
    pub(crate) fn duplicates(&self) -> Vec<(&str, &str, usize)> {
        let mut found = Vec::new();
        for (to, indices) in self.by_to.iter().filter(|(_, indices)| indices.len() > 1) {
            let mut counts: HashMap<(&str, &str), usize> = HashMap::new();
            for &index in indices {
                let message = &self.messages[index];
                *counts.entry((message.sender(), &message.order.body)).or_default() += 1;
            }
            found.extend(
                counts
                    .into_iter()
                    .filter(|(_, count)| *count > 1)
                    .map(|((_, body), count)| (to.as_str(), body, count)),
            );
        }
        found.sort_unstable();
        found
    }
}
