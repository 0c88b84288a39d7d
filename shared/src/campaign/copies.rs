//! Copies of campaigns, and campaigns that lists leave out.

use super::{Campaign, Dispatch, Refusal, State};
use crate::ids::CampaignId;
use crate::time::Timestamp;

impl Campaign {
    /// A new draft of the same text, for the same contacts.
    pub fn duplicate(&self, id: CampaignId, name: String, now: Timestamp) -> Result<Self, Refusal> {
        if self.resend.is_some() {
            return Err(Refusal::IsResend);
        }
        Ok(Self {
            target: self.target.clone(),
            tags: self.tags.clone(),
            template: self.template,
            ..Self::create(id, self.organization_id, name, self.body.clone(), now)
        })
    }

    /// The campaign as lists leave it out, or not.
    pub fn archive(self, is_archived: bool, now: Timestamp) -> Result<Self, Refusal> {
        let has_ended = match &self.state {
            State::Draft | State::Scheduled { .. } => false,
            State::Cancelled { .. } | State::Failed { .. } => true,
            State::Sent(broadcast) => match broadcast.dispatch {
                Dispatch::Held | Dispatch::Running | Dispatch::Paused => false,
                Dispatch::Stopped | Dispatch::Done => true,
            },
        };
        if is_archived && !has_ended {
            return Err(Refusal::NotEnded);
        }
        let archived_at = is_archived.then(|| self.archived_at.unwrap_or(now));
        Ok(Self { archived_at, updated_at: now, ..self })
    }
}
