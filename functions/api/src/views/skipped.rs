use serde::Serialize;
use shared::audience::{SkipReason, SkippedContact};
use shared::ids::ContactId;
use shared::template::Detail;
use utoipa::ToSchema;
use uuid::Uuid;

use super::labels;

/// A contact that a campaign skipped.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SkippedContact)]
pub(crate) struct SkippedContactView {
    contact_id: Uuid,
    #[schema(value_type = labels::SkipReason)]
    reason: SkipReason,
    /// The problem with the contact's text if the reason is `unrenderable`, else null.
    #[schema(value_type = Option<labels::SkipDetail>, required = true)]
    detail: Option<Detail>,
    /// Whether the contact has changed since the campaign was sent, so that it may have been skipped for
    /// another reason or not at all; null if the reason was recorded when the audience was read.
    #[schema(required = true)]
    changed_since: Option<bool>,
}

/// A page of skipped contacts.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SkippedList)]
pub(crate) struct SkippedListView {
    pub(crate) items: Vec<SkippedContactView>,
    /// The cursor of the next page; null on the last page.
    #[schema(required = true)]
    pub(crate) next_cursor: Option<String>,
    /// The number of contacts that were counted when the audience was read. All pages together may list
    /// fewer: of a very large group of contacts with one phone, only the first are recorded.
    pub(crate) frozen_count: u64,
}

impl SkippedContactView {
    pub(crate) fn recorded(skipped: &SkippedContact) -> Self {
        let SkippedContact { contact, reason, detail } = *skipped;
        Self { contact_id: contact.0, reason, detail, changed_since: None }
    }

    pub(crate) fn left_out(contact: ContactId, has_changed: bool) -> Self {
        Self {
            contact_id: contact.0,
            reason: SkipReason::NotInTarget,
            detail: None,
            changed_since: Some(has_changed),
        }
    }
}
