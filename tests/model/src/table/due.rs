//! Like `infra::table::due`.

use shared::job::{Due, Job};
use shared::time::Timestamp;

use super::Table;
use crate::kept::Kept;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owed {
    pub key: (Timestamp, String),
    pub not_before: Timestamp,
    pub job: Job,
}

fn key(due: &Due) -> (Timestamp, String) {
    (due.at, due.job.name())
}

impl Table {
    pub(super) fn replace_due(&mut self, before: Option<&Due>, after: Option<&Due>) {
        if before == after {
            return;
        }
        if let Some(before) = before {
            self.due.remove(&key(before));
        }
        if let Some(after) = after {
            self.owe(after);
        }
    }

    pub fn owe(&mut self, due: &Due) {
        let owed = Owed { key: key(due), not_before: due.at, job: due.job.clone() };
        self.due.insert(key(due), Kept::new(owed));
    }

    #[must_use]
    pub fn overdue(&self, now: Timestamp) -> Vec<Kept<Owed>> {
        self.due.values().filter(|owed| owed.not_before <= now).cloned().collect()
    }

    /// Returns `false` if another sweep took it, or it is done.
    pub fn take_overdue(&mut self, owed: &Owed, until: Timestamp) -> bool {
        let Some(item) = self.due.get_mut(&owed.key) else { return false };
        if item.not_before != owed.not_before {
            return false;
        }
        *item = Kept::new(Owed { not_before: until, ..(**item).clone() });
        true
    }
}
