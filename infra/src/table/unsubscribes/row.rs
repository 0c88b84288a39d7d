//! What the register stores about a phone, and when a new preference replaces it.

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Deserialize, Serialize};
use shared::actor::Actor;
use shared::erasure::ErasedHash;
use shared::ids::{CampaignId, OrganizationId};
use shared::phone::Phone;
use shared::time::Timestamp;
use shared::unsubscribe::{ListedUnsubscribe, Preference, Source};

use super::super::dynamo::Change;
use super::super::messages::word;
use super::super::{Result, TableError};
use super::KIND;

/// True for preferences that someone else set for the person: see [`Source::is_the_persons_own`].
pub(in crate::table) const NOT_THE_PERSONS_OWN: &str = "origin IN (:api, :import)";

/// The values of [`NOT_THE_PERSONS_OWN`].
pub(in crate::table) fn not_the_persons_own() -> Vec<(&'static str, AttributeValue)> {
    let text = |text: &str| AttributeValue::S(text.to_owned());
    vec![(":api", text("api")), (":import", text("import"))]
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::table) struct Row {
    /// Missing if the person was erased.
    pub(super) phone: Option<Phone>,
    /// `true` while the phone is unsubscribed, otherwise missing. A filter reads it.
    pub(in crate::table) opted_out: Option<bool>,
    /// The time of the newest preference.
    pub(in crate::table) changed_at: Timestamp,
    /// The time of the opt-out that the evidence is about. Later ones only confirm it.
    opted_out_at: Option<Timestamp>,
    #[serde(rename = "origin")]
    pub(in crate::table) source: Source,
    campaign_id: Option<CampaignId>,
    evidence: Option<String>,
    changed_by: Option<Actor>,
    /// The opt-out that an admin lifted. The reason is this row's evidence.
    lifted: Option<LiftedRow>,
}

/// What is kept of an opt-out after it was lifted.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct LiftedRow {
    origin: Source,
    opted_out_at: Option<Timestamp>,
    campaign_id: Option<CampaignId>,
    evidence: Option<String>,
}

impl Row {
    /// Of entries for two forms, the newest counts, and at equal times the opt-out.
    pub(super) fn rank(&self) -> (Timestamp, bool) {
        (self.changed_at, self.opted_out == Some(true))
    }

    /// Whether an admin subscribed the phone although the person had opted out.
    pub(in crate::table) fn is_lift(&self) -> bool {
        self.lifted.is_some()
    }

    pub(in crate::table) fn of(preference: &Preference) -> Self {
        Self {
            phone: Some(preference.phone.current()),
            opted_out: (!preference.subscribed).then_some(true),
            changed_at: preference.changed_at,
            opted_out_at: (!preference.subscribed).then_some(preference.changed_at),
            source: preference.source,
            campaign_id: preference.campaign_id,
            evidence: preference.evidence.clone(),
            changed_by: preference.changed_by.clone(),
            lifted: None,
        }
    }

    /// The opt-out of a person who was erased.
    pub(in crate::table) fn of_erased(requested_by: &Actor, requested_at: Timestamp) -> Self {
        Self {
            phone: None,
            opted_out: Some(true),
            changed_at: requested_at,
            opted_out_at: Some(requested_at),
            source: Source::Erasure,
            campaign_id: None,
            evidence: None,
            changed_by: Some(requested_by.clone()),
            lifted: None,
        }
    }

    /// The same without anything that says who it is, for a person who was erased.
    pub(in crate::table) fn erased(self) -> Self {
        let lifted = self.lifted.map(|lifted| LiftedRow { evidence: None, ..lifted });
        Self { phone: None, evidence: None, lifted, ..self }
    }

    /// A subscription that lifts `standing`.
    pub(in crate::table) fn of_lift(subscription: &Preference, standing: &Self) -> Self {
        let lifted = LiftedRow {
            origin: standing.source,
            opted_out_at: standing.opted_out_at,
            campaign_id: standing.campaign_id,
            evidence: standing.evidence.clone(),
        };
        Self { lifted: Some(lifted), ..Self::of(subscription) }
    }

    /// The opt-out that this preference has lifted.
    pub(in crate::table) fn lifted_preference(
        &self,
        organization_id: OrganizationId,
        phone: &Phone,
    ) -> Option<Preference> {
        let lifted = self.lifted.as_ref()?;
        Some(Preference {
            organization_id,
            phone: self.phone.clone().unwrap_or_else(|| phone.clone()),
            subscribed: false,
            changed_at: lifted.opted_out_at?,
            source: lifted.origin,
            campaign_id: lifted.campaign_id,
            evidence: lifted.evidence.clone(),
            changed_by: None,
        })
    }

    pub(super) fn listed(self, hash: Option<ErasedHash>) -> ListedUnsubscribe {
        ListedUnsubscribe {
            phone: self.phone,
            hash,
            unsubscribed_at: self.opted_out_at.unwrap_or(self.changed_at),
            source: self.source,
            campaign_id: self.campaign_id,
            evidence: self.evidence,
            changed_by: self.changed_by,
        }
    }

    /// The preference; `phone` is the one whose entry this is, in case the person was erased.
    pub(in crate::table) fn into_preference(
        self,
        organization_id: OrganizationId,
        phone: &Phone,
    ) -> Preference {
        Preference {
            organization_id,
            phone: self.phone.unwrap_or_else(|| phone.clone()),
            subscribed: self.opted_out != Some(true),
            changed_at: self.opted_out_at.unwrap_or(self.changed_at),
            source: self.source,
            campaign_id: self.campaign_id,
            evidence: self.evidence,
            changed_by: self.changed_by,
        }
    }
}

/// The condition on which a preference replaces the stored one. `:now` is its time.
pub(super) fn replaces(preference: &Preference) -> (String, Vec<(&'static str, AttributeValue)>) {
    let now = AttributeValue::S(preference.changed_at.to_string());
    let mut values = vec![(":now", now)];
    // At equal times, the opt-out wins.
    if preference.subscribed {
        return ("attribute_not_exists(pk) OR changedAt < :now".to_owned(), values);
    }
    let newer =
        "attribute_not_exists(pk) OR (changedAt <= :now AND attribute_not_exists(optedOut))";
    if !preference.source.is_the_persons_own() {
        return (newer.to_owned(), values);
    }
    values.extend(not_the_persons_own());
    // What the organization did for a person is replaced by what the person says, which counts as
    // the person's own from then on. This also applies to a subscription by a key, no matter how
    // late the opt-out arrives, because the key did not know about it. A lift did.
    let stronger = format!(
        "({NOT_THE_PERSONS_OWN} AND attribute_not_exists(lifted) AND (attribute_not_exists(optedOut) OR changedAt <= :now))"
    );
    (format!("{newer} OR {stronger}"), values)
}

/// How an opt-out changes a stored one. The first one's evidence is kept, unless the organization
/// opted the person out and the person now does so too, even at an earlier time.
pub(super) fn confirmation(preference: &Preference, known: &Row) -> Result<Change> {
    let now = preference.changed_at.to_string();
    let is_stronger = preference.source.is_the_persons_own() && !known.source.is_the_persons_own();
    if !is_stronger {
        let change = Change {
            update: "SET changedAt = :now".to_owned(),
            condition: "attribute_exists(optedOut) AND changedAt < :now".to_owned(),
            ..Change::default()
        };
        return Ok(change.value(":now", now));
    }
    let by = serde_dynamo::to_attribute_value::<_, AttributeValue>(&preference.changed_by)
        .map_err(|error| TableError::malformed(KIND, error))?;
    let mut sets = vec!["origin = :own", "optedOutAt = :now", "changedBy = :by"];
    let mut removes = Vec::new();
    let mut change = Change {
        condition: format!(
            "attribute_exists(optedOut) AND {NOT_THE_PERSONS_OWN} AND changedAt > :now"
        ),
        values: not_the_persons_own(),
        ..Change::default()
    }
    .value(":own", word(preference.source))
    .value(":by", by)
    .value(":now", now);
    match &preference.evidence {
        Some(evidence) => {
            sets.push("evidence = :evidence");
            change = change.value(":evidence", evidence.as_str());
        }
        None => removes.push("evidence"),
    }
    match preference.campaign_id {
        Some(campaign) => {
            sets.push("campaignId = :campaign");
            change = change.value(":campaign", campaign.to_string());
        }
        None => removes.push("campaignId"),
    }
    let removes =
        if removes.is_empty() { String::new() } else { format!(" REMOVE {}", removes.join(", ")) };
    change.update = format!("SET {}{removes}", sets.join(", "));
    Ok(change)
}
