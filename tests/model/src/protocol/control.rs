//! What people do with campaigns.

use shared::campaign::Campaign;
use shared::time::Timestamp;

use super::{GRACE, polls};

/// A person's request to change a campaign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Control {
    Pause,
    Resume,
    Stop,
    Cancel,
}

impl Control {
    /// The campaign afterwards, or `None` if the request is refused.
    #[must_use]
    pub fn of(self, campaign: Campaign, now: Timestamp) -> Option<Campaign> {
        match self {
            Self::Pause => campaign.pause(None, now).ok(),
            Self::Resume => campaign.resume(&polls(), now, GRACE).ok(),
            Self::Stop => campaign.stop(&polls(), now, GRACE).ok(),
            Self::Cancel => campaign.cancel(now, None).ok(),
        }
    }
}
