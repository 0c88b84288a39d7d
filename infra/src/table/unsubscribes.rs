//! The register of unsubscribes.

use std::collections::HashSet;

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Deserialize, Serialize};
use shared::actor::Actor;
use shared::ids::{CampaignId, OrganizationId};
use shared::organization::Organization;
use shared::phone::Phone;
use shared::time::Timestamp;
use shared::unsubscribe::{Preference, Source};

use super::messages::word;
use super::read::{Consistency, Item, Range, SortKey, parse, text};
use super::walk::ShardPosition;
use super::write::{Change, Written, item};
use super::{Result, Table, TableError, back_off, keys};

mod lines;

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Row {
    phone: Phone,
    /// Present while the phone is unsubscribed: `true`. A filter reads it.
    pub(super) opted_out: Option<bool>,
    /// Of the newest word.
    pub(super) changed_at: Timestamp,
    /// Of the opt-out that the evidence is about, which later ones only confirm.
    opted_out_at: Option<Timestamp>,
    #[serde(rename = "origin")]
    pub(super) source: Source,
    campaign_id: Option<CampaignId>,
    evidence: Option<String>,
    changed_by: Option<Actor>,
    /// The opt-out that an admin lifted, with the reason as the evidence of this row.
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

/// What became of a person's word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registered {
    Done,
    /// The person had opted out before: the evidence of that is kept.
    Confirmed,
    /// A word of this later moment stands.
    Older {
        than: Timestamp,
    },
}

pub(super) const KIND: &str = "an unsubscribe";
/// Holds of words that no person said themselves: see [`Source::is_the_persons_own`].
pub(super) const NOT_THE_PERSONS_OWN: &str = "origin IN (:api, :import)";

/// The values of [`NOT_THE_PERSONS_OWN`].
pub(super) fn not_the_persons_own() -> Vec<(&'static str, AttributeValue)> {
    let text = |text: &str| AttributeValue::S(text.to_owned());
    vec![(":api", text("api")), (":import", text("import"))]
}

const RACES_MOST: usize = 5;

impl Row {
    /// Of what is registered for two forms, the newest counts, and at one moment the opt-out.
    fn rank(&self) -> (Timestamp, bool) {
        (self.changed_at, self.opted_out == Some(true))
    }

    pub(super) fn of(preference: &Preference) -> Self {
        Self {
            phone: preference.phone.current(),
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

    /// A subscription that lifts `standing`.
    pub(super) fn of_lift(subscription: &Preference, standing: &Self) -> Self {
        let lifted = LiftedRow {
            origin: standing.source,
            opted_out_at: standing.opted_out_at,
            campaign_id: standing.campaign_id,
            evidence: standing.evidence.clone(),
        };
        Self { lifted: Some(lifted), ..Self::of(subscription) }
    }

    pub(super) fn into_preference(self, organization_id: OrganizationId) -> Preference {
        Preference {
            organization_id,
            phone: self.phone,
            subscribed: self.opted_out != Some(true),
            changed_at: self.opted_out_at.unwrap_or(self.changed_at),
            source: self.source,
            campaign_id: self.campaign_id,
            evidence: self.evidence,
            changed_by: self.changed_by,
        }
    }
}

/// On which condition a word replaces what the register holds; `:now` is its moment.
fn replaces(preference: &Preference) -> (String, Vec<(&'static str, AttributeValue)>) {
    let now = AttributeValue::S(preference.changed_at.to_string());
    let mut values = vec![(":now", now)];
    // Of two words of one moment, the opt-out stands.
    if preference.subscribed {
        return ("attribute_not_exists(pk) OR changedAt < :now".to_owned(), values);
    }
    let newer =
        "attribute_not_exists(pk) OR (changedAt <= :now AND attribute_not_exists(optedOut))";
    if !preference.source.is_the_persons_own() {
        return (newer.to_owned(), values);
    }
    values.extend(not_the_persons_own());
    // What the organization did for a person is replaced by what the person said, so that it is
    // the person's own from then on. That holds of a subscription by a key, too, however late the
    // word arrives: the key did not know it. A lift did.
    let stronger = format!(
        "({NOT_THE_PERSONS_OWN} AND attribute_not_exists(lifted) AND (attribute_not_exists(optedOut) OR changedAt <= :now))"
    );
    (format!("{newer} OR {stronger}"), values)
}

impl Table {
    /// Writes what a person said unless the register holds something newer. It is kept by line, so
    /// that it holds for every form of the phone.
    pub async fn register(&self, preference: &Preference, shards: u16) -> Result<Registered> {
        let line = self.settled_line(preference.organization_id, &preference.phone, shards).await?;
        self.register_at(&line, preference, shards).await
    }

    async fn register_at(
        &self,
        line: &Phone,
        preference: &Preference,
        shards: u16,
    ) -> Result<Registered> {
        let key = keys::unsubscribe(preference.organization_id, line, shards);
        let row = item(KIND, &key, Row::of(preference))?;
        let (condition, values) = replaces(preference);
        let mut waits = back_off::waits(back_off::Patience::Short);
        for _ in 0..RACES_MOST {
            let known = match self.put(row.clone(), &condition, values.clone()).await {
                Ok(Written::Done) => return Ok(Registered::Done),
                Ok(Written::Refused(known)) => known,
                // A lift is being written: what a person says must not be lost to it.
                Err(error @ TableError::Throttled { .. }) => {
                    tokio::time::sleep(waits.next().ok_or(error)?).await;
                    continue;
                }
                Err(error) => return Err(error),
            };
            let known = known.unwrap_or_default();
            if preference.subscribed || !known.contains_key("optedOut") {
                let than = parse::<Row>(KIND, known)?.changed_at;
                return Ok(Registered::Older { than });
            }
            match self.change(&key, confirmation(preference, &parse(KIND, known)?)?).await? {
                Written::Done => return Ok(Registered::Confirmed),
                Written::Refused(Some(item)) if item.contains_key("optedOut") => {
                    return Ok(Registered::Confirmed);
                }
                // A word to the contrary came in between: again, since this one may be newer.
                Written::Refused(_) => {}
            }
        }
        Err(TableError::Throttled { operation: "write of an unsubscribe" })
    }

    /// Writes an opt-out that is said in this moment. It comes after every word that the register
    /// holds: a clock that was minutes ahead when the person subscribed must not keep the STOP from
    /// being heard. Where that is so, `preference` has the moment that was written. A subscription
    /// has no such right, since it may overtake no opt-out.
    pub async fn opt_out(&self, preference: &mut Preference, shards: u16) -> Result<Registered> {
        for _ in 0..RACES_MOST {
            match self.register(preference, shards).await? {
                Registered::Older { than } => preference.changed_at = than.plus_millis(1),
                registered => return Ok(registered),
            }
        }
        Err(TableError::Throttled { operation: "write of an unsubscribe" })
    }

    /// Notes which campaign an opt-out that was just kept answers to.
    pub async fn attribute(
        &self,
        preference: &Preference,
        campaign: CampaignId,
        shards: u16,
    ) -> Result<()> {
        let line = preference.phone.line().into_phone();
        let key = keys::unsubscribe(preference.organization_id, &line, shards);
        let change = Change {
            update: "SET campaignId = :campaign".to_owned(),
            condition: "optedOutAt = :at".to_owned(),
            ..Change::default()
        }
        .value(":campaign", campaign.to_string())
        .value(":at", preference.changed_at.to_string());
        self.change(&key, change).await?;
        Ok(())
    }

    /// The unsubscribe of a phone, if it is unsubscribed.
    pub async fn unsubscribe(
        &self,
        organization: &Organization,
        phone: &Phone,
    ) -> Result<Option<Preference>> {
        let mut newest: Option<Row> = None;
        for form in phone.forms() {
            let key = keys::unsubscribe(organization.id, &form, organization.shards);
            let row: Option<Row> = self.get(KIND, &key, Consistency::Strong).await?;
            newest = newest.into_iter().chain(row).max_by_key(Row::rank);
        }
        Ok(newest
            .map(|row| row.into_preference(organization.id))
            .filter(|preference| !preference.subscribed))
    }

    /// Which of `phones`, sorted and all of one shard, are unsubscribed now. Strongly consistent;
    /// it returns only once the whole range was read. Phones of two forms are asked for one by one.
    pub async fn unsubscribed_among(
        &self,
        organization: OrganizationId,
        (shard, shards): (u16, u16),
        phones: &[Phone],
    ) -> Result<HashSet<Phone>> {
        if !phones.iter().any(Phone::has_other_form) {
            return self.unsubscribed_in_range(organization, shard, phones).await;
        }
        let (of_two_forms, others): (Vec<Phone>, Vec<Phone>) =
            phones.iter().cloned().partition(Phone::has_other_form);
        let mut found = self.unsubscribed_in_range(organization, shard, &others).await?;
        let lines = of_two_forms.iter().map(Phone::line).collect();
        let opted_out = self.opted_out_lines(organization, shards, lines).await?;
        found.extend(of_two_forms.into_iter().filter(|phone| opted_out.contains(&phone.line())));
        Ok(found)
    }

    async fn unsubscribed_in_range(
        &self,
        organization: OrganizationId,
        shard: u16,
        phones: &[Phone],
    ) -> Result<HashSet<Phone>> {
        let (Some(first), Some(last)) = (phones.first(), phones.last()) else {
            return Ok(HashSet::new());
        };
        let mut range = Range {
            projection: Some("sk, optedOut"),
            ..Range::new(
                keys::audience(organization, shard),
                SortKey::Between(
                    keys::unsubscribe_sort_key(first),
                    keys::unsubscribe_sort_key(last),
                ),
                Consistency::Strong,
            )
        };
        let mut found = HashSet::new();
        loop {
            let page = self.page(&range).await?;
            // Only what is asked for is kept: a register may be far longer than a chunk.
            found.extend(
                page.items
                    .iter()
                    .filter_map(opted_out)
                    .filter(|phone| phones.binary_search(phone).is_ok()),
            );
            range.start = page.next;
            if range.start.is_none() {
                return Ok(found);
            }
        }
    }

    /// Unsubscribed phones of an organisation, shard by shard.
    pub async fn unsubscribes(
        &self,
        organization: &Organization,
        limit: usize,
        after: Option<ShardPosition>,
    ) -> Result<(Vec<Preference>, Option<ShardPosition>)> {
        self.walk(organization, keys::UNSUBSCRIBED, limit, after, |item| {
            let preference = parse::<Row>(KIND, item)?.into_preference(organization.id);
            Ok((!preference.subscribed).then_some(preference))
        })
        .await
    }
}

/// What an opt-out changes of one that the register holds. The evidence of the first stands, unless
/// the organization opted the person out and now the person does so, if with an older word.
fn confirmation(preference: &Preference, known: &Row) -> Result<Change> {
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
    let mut change = Change {
        update: "SET origin = :own, optedOutAt = :now, changedBy = :by".to_owned(),
        condition: format!(
            "attribute_exists(optedOut) AND {NOT_THE_PERSONS_OWN} AND changedAt > :now"
        ),
        values: not_the_persons_own(),
    }
    .value(":own", word(preference.source))
    .value(":by", by)
    .value(":now", now);
    let mut removed = Vec::new();
    for (name, place, value) in [
        ("evidence", ":evidence", preference.evidence.clone()),
        ("campaignId", ":campaign", preference.campaign_id.map(|id| id.to_string())),
    ] {
        match value {
            Some(value) => {
                change.update.extend([", ", name, " = ", place]);
                change = change.value(place, value);
            }
            None => removed.push(name),
        }
    }
    if !removed.is_empty() {
        change.update.extend([" REMOVE ", &removed.join(", ")]);
    }
    Ok(change)
}

fn opted_out(item: &Item) -> Option<Phone> {
    if !matches!(item.get("optedOut"), Some(AttributeValue::Bool(true))) {
        return None;
    }
    Phone::from_e164(text(item, "sk")?.strip_prefix(keys::UNSUBSCRIBED)?).ok()
}
