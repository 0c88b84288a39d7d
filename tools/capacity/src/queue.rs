//! The dispatch queue: chunks whose turn has come.

use std::collections::VecDeque;

/// The order in which messages are delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// In order of arrival, as in a queue without message groups.
    Arrival,
    /// As in an ideal fair queue: groups with few messages take precedence over those with many.
    Fair,
}

/// A chunk on the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message {
    pub group: usize,
    /// When its turn came.
    pub came: u32,
    /// Slices of the chunk that have not been sent yet.
    pub slices: u32,
}

#[derive(Debug)]
pub struct Queue {
    order: Order,
    arrived: VecDeque<Message>,
    groups: Vec<VecDeque<Message>>,
    ready: VecDeque<usize>,
    len: u32,
}

impl Queue {
    /// A queue for message groups numbered from 0 to below `groups`.
    #[must_use]
    pub fn new(order: Order, groups: usize) -> Self {
        let groups = if order == Order::Fair { groups } else { 0 };
        Self {
            order,
            arrived: VecDeque::new(),
            groups: vec![VecDeque::new(); groups],
            ready: VecDeque::new(),
            len: 0,
        }
    }

    #[must_use]
    pub fn len(&self) -> u32 {
        self.len
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub fn push(&mut self, message: Message) {
        self.len += 1;
        if self.order == Order::Arrival {
            self.arrived.push_back(message);
            return;
        }
        let group = message.group;
        if self.groups[group].is_empty() {
            self.ready.push_back(group);
        }
        self.groups[group].push_back(message);
    }

    pub fn pop(&mut self) -> Option<Message> {
        let popped = match self.order {
            Order::Arrival => self.arrived.pop_front(),
            Order::Fair => {
                let group = self.ready.pop_front()?;
                let message = self.groups[group].pop_front()?;
                if !self.groups[group].is_empty() {
                    self.ready.push_back(group);
                }
                Some(message)
            }
        };
        self.len -= u32::from(popped.is_some());
        popped
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(order: Order) -> Vec<usize> {
        let mut queue = Queue::new(order, 2);
        (0..4).for_each(|came| queue.push(Message { group: 0, came, slices: 1 }));
        (4..6).for_each(|came| queue.push(Message { group: 1, came, slices: 1 }));
        let popped = std::iter::from_fn(|| queue.pop()).map(|message| message.group).collect();
        assert!(queue.is_empty());
        popped
    }

    #[test]
    fn a_fair_queue_lets_the_quiet_go_between() {
        assert_eq!(order(Order::Arrival), [0, 0, 0, 0, 1, 1]);
        assert_eq!(order(Order::Fair), [0, 1, 0, 1, 0, 0]);
    }
}
