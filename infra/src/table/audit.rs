//! The audit trail, in a partition for each month of an organization.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use shared::actor::Actor;
use shared::audit::Change;
use shared::ids::OrganizationId;
use shared::organization::Organization;
use shared::retention::Retention;
use shared::time::Timestamp;
use uuid::Uuid;

use super::dynamo::{ABSENT, Consistency, Range, SortKey, item, parse, start, text};
use super::months::{month_before, month_of};
use super::{Result, Table, keys};
use crate::clock;

const KIND: &str = "an entry of the audit trail";
/// Of one page. Most months of a small organization are empty.
const MAX_QUERIES: usize = 24;

/// Where a list of changes goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditPosition {
    /// The first day of the month.
    month: NaiveDate,
    /// The sort key of the last change that was listed.
    after: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    at: Timestamp,
    actor: Actor,
    action: String,
    subject: Option<Uuid>,
    expires_at: i64,
}

impl Table {
    pub async fn record_change(
        &self,
        organization: OrganizationId,
        change: &Change,
        retention: Retention,
    ) -> Result<()> {
        let row = Row {
            at: change.at,
            actor: change.actor.clone(),
            action: change.action.clone(),
            subject: change.subject,
            expires_at: retention.ends_at(change.at),
        };
        let key = keys::change(organization, month_of(change.at), change.at, &clock::token());
        self.put(item(KIND, &key, row)?, ABSENT, Vec::new()).await?;
        Ok(())
    }

    /// The changes of an organization, newest first. A page may be shorter than `limit`.
    pub async fn changes(
        &self,
        organization: &Organization,
        (limit, now): (usize, Timestamp),
        from: Option<AuditPosition>,
    ) -> Result<(Vec<Change>, Option<AuditPosition>)> {
        let oldest = month_of(organization.created_at);
        let mut at = from.unwrap_or(AuditPosition { month: month_of(now), after: None });
        let mut changes = Vec::with_capacity(limit);
        for _ in 0..MAX_QUERIES {
            let pk = keys::audit(organization.id, at.month);
            let start = at.after.as_ref().map(|sk| start(&pk, sk));
            let range = Range {
                limit: i32::try_from(limit - changes.len()).ok(),
                newest_first: true,
                start,
                ..Range::new(pk, SortKey::Prefix(keys::CHANGE.to_owned()), Consistency::Strong)
            };
            let page = self.page(&range).await?;
            for item in page.items {
                let Row { at, actor, action, subject, .. } = parse(KIND, item)?;
                changes.push(Change { at, actor, action, subject });
            }
            at.after = page.next.and_then(|key| text(&key, "sk"));
            if at.after.is_none() {
                at.month = month_before(at.month);
            }
            if at.month < oldest {
                return Ok((changes, None));
            }
            if changes.len() == limit {
                break;
            }
        }
        Ok((changes, Some(at)))
    }
}
