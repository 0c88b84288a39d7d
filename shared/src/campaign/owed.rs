//! The steps that a campaign owes.

use super::Campaign;
use crate::job::{Due, Job};

impl Campaign {
    /// Every step that the campaign owes. The table writes these due items with the campaign, and
    /// the sweep re-queues those that are overdue. All fields are named here, so that a new kind
    /// of owed step cannot be forgotten.
    #[must_use]
    pub fn owed(&self) -> [Option<&Due>; 2] {
        let Self {
            step,
            drain,
            id: _,
            target: _,
            resend: _,
            tags: _,
            template: _,
            archived_at: _,
            uses: _,
            organization_id: _,
            name: _,
            body: _,
            state: _,
            limits: _,
            changed_by: _,
            created_at: _,
            updated_at: _,
            version: _,
        } = self;
        [drain.as_ref(), step.as_ref()]
    }

    /// Whether this job is one that the campaign owes.
    #[must_use]
    pub fn owes(&self, job: &Job) -> bool {
        self.owed().into_iter().flatten().any(|due| due.job == *job)
    }
}
