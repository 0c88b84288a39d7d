//! Segments: an organization's saved filters.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Deserialize, Serialize};
use shared::actor::Actor;
use shared::ids::{CampaignId, OrganizationId, SegmentId};
use shared::segment::{Filter, Segment};
use shared::time::Timestamp;

use super::dynamo::{
    Change, Consistency, Item, Range, SortKey, Transacted, Transaction, Written, item, parse,
    start, text,
};
use super::idempotency::Remember;
use super::{Result, Table, TableError, keys};

/// The result of a write of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SegmentSaved {
    Done,
    /// Another request wrote or deleted it in between, or a scheduled campaign uses it.
    Stale,
    Answered,
}

/// Where a list of segments goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SegmentPosition(SegmentId);

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    id: SegmentId,
    organization_id: OrganizationId,
    title: String,
    /// As JSON, because it is read and written whole. `filter` is a keyword that expressions reserve.
    filter_json: String,
    /// Absent rather than empty, because DynamoDB has no empty sets.
    #[serde(default, skip_serializing)]
    used_by: BTreeSet<CampaignId>,
    changed_by: Option<Actor>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

const KIND: &str = "a segment";
/// The most segments that a target or a filter may reach. A filter that refers to more has more tests
/// than it may have.
const MAX_REACHED: usize = 200;
/// The most keys of one batch.
const AT_ONCE: usize = 100;

fn json(filter: &Filter) -> String {
    filter.to_json().to_string()
}

fn read(item: Item) -> Result<Segment> {
    let row: Row = parse(KIND, item)?;
    let filter = serde_json::from_str(&row.filter_json);
    Ok(Segment {
        id: row.id,
        organization_id: row.organization_id,
        name: row.title,
        filter: filter.map_err(|error| TableError::malformed(KIND, error))?,
        used_by: row.used_by,
        changed_by: row.changed_by,
        created_at: row.created_at,
        updated_at: row.updated_at,
    })
}

impl Table {
    pub async fn segment(
        &self,
        organization: OrganizationId,
        id: SegmentId,
    ) -> Result<Option<Segment>> {
        let key = keys::segment(organization, id);
        self.get_item(&key, Consistency::Strong).await?.map(read).transpose()
    }

    /// The named segments and those that they refer to, as far as they exist.
    pub async fn segments_reached(
        &self,
        organization: OrganizationId,
        named: impl IntoIterator<Item = SegmentId>,
    ) -> Result<BTreeMap<SegmentId, Segment>> {
        let mut reached: BTreeMap<SegmentId, Segment> = BTreeMap::new();
        let mut seen: BTreeSet<SegmentId> = BTreeSet::new();
        let mut wanted: Vec<SegmentId> = named.into_iter().collect();
        while !wanted.is_empty() && seen.len() < MAX_REACHED {
            wanted.truncate(AT_ONCE);
            seen.extend(&wanted);
            let keys: Vec<_> = wanted.iter().map(|id| keys::segment(organization, *id)).collect();
            for item in self.batch(&keys, Consistency::Strong).await? {
                let segment = read(item)?;
                reached.insert(segment.id, segment);
            }
            let references = reached.values().flat_map(|segment| segment.filter.references());
            let new: BTreeSet<SegmentId> = references.filter(|id| !seen.contains(id)).collect();
            wanted = new.into_iter().collect();
        }
        Ok(reached)
    }

    pub async fn create_segment(
        &self,
        segment: &Segment,
        remember: Option<&Remember>,
    ) -> Result<SegmentSaved> {
        let key = keys::segment(segment.organization_id, segment.id);
        let row = Row {
            id: segment.id,
            organization_id: segment.organization_id,
            title: segment.name.clone(),
            filter_json: json(&segment.filter),
            used_by: BTreeSet::new(),
            changed_by: segment.changed_by.clone(),
            created_at: segment.created_at,
            updated_at: segment.updated_at,
        };
        let transaction =
            Transaction::default().put_absent(item(KIND, &key, row)?).remember(remember)?;
        Ok(match self.transact(transaction).await? {
            Transacted::Done => SegmentSaved::Done,
            refused if refused.is_refused(1) => SegmentSaved::Answered,
            Transacted::Refused(_) | Transacted::Conflict => SegmentSaved::Stale,
        })
    }

    /// Writes a segment's name and filter where `before` was read. The same campaigns must still use it,
    /// because only they were checked with the new filter.
    pub async fn save_segment(&self, before: &Segment, after: &Segment) -> Result<SegmentSaved> {
        let key = keys::segment(after.organization_id, after.id);
        let uses: Vec<String> = before.used_by.iter().map(ToString::to_string).collect();
        let same_uses =
            if uses.is_empty() { "attribute_not_exists(usedBy)" } else { "usedBy = :uses" };
        let change = Change {
            update: "SET title = :title, filterJson = :filter, changedBy = :by, updatedAt = :now"
                .to_owned(),
            condition: format!("updatedAt = :seen AND {same_uses}"),
            ..Change::default()
        };
        let by = serde_dynamo::to_attribute_value(&after.changed_by)
            .map_err(|error| TableError::malformed(KIND, error))?;
        let by: AttributeValue = by;
        let change = change
            .value(":title", after.name.as_str())
            .value(":filter", json(&after.filter))
            .value(":by", by)
            .value(":now", after.updated_at.to_string())
            .value(":seen", before.updated_at.to_string());
        let change =
            if uses.is_empty() { change } else { change.value(":uses", AttributeValue::Ss(uses)) };
        Ok(match self.change(&key, change).await? {
            Written::Done => SegmentSaved::Done,
            Written::Refused(_) => SegmentSaved::Stale,
        })
    }

    /// Deletes a segment that no scheduled campaign uses.
    pub async fn delete_segment(
        &self,
        organization: OrganizationId,
        id: SegmentId,
    ) -> Result<SegmentSaved> {
        let key = keys::segment(organization, id);
        let unused = "attribute_exists(pk) AND attribute_not_exists(usedBy)";
        Ok(match self.remove(&key, unused, Vec::new()).await? {
            Written::Done => SegmentSaved::Done,
            Written::Refused(_) => SegmentSaved::Stale,
        })
    }

    /// Segments of an organization, newest first.
    pub async fn segments(
        &self,
        organization: OrganizationId,
        limit: i32,
        after: Option<SegmentPosition>,
    ) -> Result<(Vec<Segment>, Option<SegmentPosition>)> {
        let prefix = SortKey::Prefix(keys::SEGMENT.to_owned());
        let partition = keys::organization_partition(organization);
        let range = Range {
            limit: Some(limit),
            newest_first: true,
            start: after.map(|SegmentPosition(id)| {
                let key = keys::segment(organization, id);
                start(&key.pk, &key.sk)
            }),
            ..Range::new(partition, prefix, Consistency::Strong)
        };
        let page = self.page(&range).await?;
        let next = page.next.and_then(|key| {
            let id = text(&key, "sk")?.strip_prefix(keys::SEGMENT)?.parse().ok()?;
            Some(SegmentPosition(id))
        });
        let segments = page.items.into_iter().map(read).collect::<Result<_>>()?;
        Ok((segments, next))
    }
}
