//! Like `infra::table::campaigns`: written whole if the version matches, together with its due
//! items.

use shared::campaign::Campaign;
use shared::target::FrozenTarget;
use shared::time::Timestamp;

use super::{Rules, Table};
use crate::kept::Kept;

impl Table {
    /// Returns `false` if the campaign changed in between.
    pub fn save_campaign(&mut self, before: &Campaign, after: Campaign, rules: Rules) -> bool {
        let seen = self.campaign.as_ref().map(|campaign| campaign.version);
        if seen != Some(before.version) && rules != Rules::CampaignsOverwrite {
            return false;
        }
        if rules != Rules::DueForgotten {
            for (before, after) in before.owed().into_iter().zip(after.owed()) {
                self.replace_due(before, after);
            }
        }
        let version = seen.unwrap_or_default() + 1;
        self.campaign = Some(Kept::new(Campaign { version, ..after }));
        true
    }

    /// Writes a campaign that is sent after the organization's last send.
    pub fn begin_campaign(
        &mut self,
        before: &Campaign,
        (after, target): (Campaign, Option<&Kept<FrozenTarget>>),
        last: Option<Timestamp>,
        sent_at: Timestamp,
        rules: Rules,
    ) -> bool {
        if self.last_send != last || !self.save_campaign(before, after, rules) {
            return false;
        }
        self.last_send = Some(sent_at);
        self.target = target.cloned();
        true
    }
}
