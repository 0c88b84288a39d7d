//! Resends as clients see them.

use std::collections::BTreeSet;

use serde::Serialize;
use shared::message::FailureReason;
use shared::resend::Resend;
use utoipa::ToSchema;
use uuid::Uuid;

use super::labels;

/// Which campaign a resend repeats, and for whom.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Resend)]
pub(super) struct ResendView {
    /// The campaign whose messages failed.
    of: Uuid,
    /// The first campaign of the text.
    origin: Uuid,
    #[schema(value_type = Vec<labels::ErrorReason>)]
    reasons: BTreeSet<FailureReason>,
    include_unknown: bool,
    /// Whether all recipients are chosen, so that the draft can be sent.
    ready: bool,
    /// The messages that were chosen so far. Recipients may be fewer: the audience decides.
    chosen: u64,
}

impl From<&Resend> for ResendView {
    fn from(resend: &Resend) -> Self {
        Self {
            of: resend.of.0,
            origin: resend.origin.0,
            reasons: resend.reasons.clone(),
            include_unknown: resend.include_unknown,
            ready: resend.prepared.is_complete,
            chosen: resend.prepared.chosen,
        }
    }
}
