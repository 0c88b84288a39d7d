//! The targets of campaigns: frozen in an item of their campaign when it is sent, because a campaign
//! itself is rewritten often, and the segments that scheduled campaigns use.

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Deserialize, Serialize};
use shared::campaign::Campaign;
use shared::ids::CampaignId;
use shared::organization::Organization;
use shared::target::{FrozenTarget, InvalidTarget, Target};

use super::dynamo::{Change, Consistency, Transaction, item};
use super::{Result, Table, TableError, keys};

const KIND: &str = "a frozen target";

#[derive(Serialize, Deserialize)]
struct Row {
    /// As JSON, because it is written once and read whole.
    target: String,
}

impl Transaction {
    /// Freezes the target of a campaign that is sent.
    pub(super) fn freeze_target(
        self,
        campaign: CampaignId,
        target: Option<&FrozenTarget>,
    ) -> Result<Self> {
        let Some(target) = target else {
            return Ok(self);
        };
        let json = serde_json::to_string(target);
        let row = Row { target: json.map_err(|error| TableError::malformed(KIND, error))? };
        Ok(self.put(item(KIND, &keys::target(campaign), row)?))
    }

    /// Notes at segments which scheduled campaigns use them. A segment that is gone refuses the
    /// transaction.
    pub(super) fn change_uses(mut self, before: Option<&Campaign>, after: &Campaign) -> Self {
        let none = std::collections::BTreeSet::new();
        let old = before.map_or(&none, |before| &before.uses);
        let own = AttributeValue::Ss(vec![after.id.to_string()]);
        let changes =
            [("ADD usedBy :own", &after.uses, old), ("DELETE usedBy :own", old, &after.uses)];
        for (update, these, those) in changes {
            for id in these.difference(those) {
                let change = Change {
                    update: update.to_owned(),
                    condition: "attribute_exists(pk)".to_owned(),
                    ..Change::default()
                };
                let key = keys::segment(after.organization_id, *id);
                self = self.change(key, change.value(":own", own.clone()));
            }
        }
        self
    }
}

impl Table {
    /// A target as its segments are now.
    pub async fn freeze(
        &self,
        organization: &Organization,
        target: &Target,
    ) -> Result<Result<FrozenTarget, InvalidTarget>> {
        let segments = self.segments_reached(organization.id, target.segments()).await?;
        let find = |id| segments.get(&id).map(|segment| &segment.filter);
        Ok(target.frozen(organization.time_zone, &find))
    }

    /// The target that a campaign was sent to.
    pub async fn frozen_target(&self, campaign: CampaignId) -> Result<Option<FrozenTarget>> {
        let key = keys::target(campaign);
        let row: Option<Row> = self.get(KIND, &key, Consistency::Strong).await?;
        let read = row.map(|row| serde_json::from_str(&row.target)).transpose();
        read.map_err(|error| TableError::malformed(KIND, error))
    }
}
