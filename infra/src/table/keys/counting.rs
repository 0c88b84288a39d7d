//! The keys of quotes and previews.

use shared::ids::{CampaignId, OrganizationId};

use super::super::dynamo::Key;
use super::CAMPAIGN;

/// Held by the request that reads an organization's audience for a quote.
pub(crate) fn quoting(organization: OrganizationId) -> Key {
    Key::new(format!("QUOTE#{organization}"), "LEASE")
}

/// Held by the request that reads an organization's audience for a preview.
pub(crate) fn previewing(organization: OrganizationId) -> Key {
    Key::new(format!("PREVIEW#{organization}"), "TURN")
}

pub(crate) fn preview(organization: OrganizationId, name: &str) -> Key {
    Key::new(format!("PREVIEW#{organization}"), format!("KEPT#{name}"))
}

/// How far a preview is computed that takes longer than a request.
pub(crate) fn preview_run(organization: OrganizationId, name: &str) -> Key {
    Key::new(format!("PREVIEW#{organization}"), format!("RUN#{name}"))
}

pub(crate) fn quote(organization: OrganizationId, campaign: CampaignId) -> Key {
    Key::new(format!("QUOTE#{organization}"), format!("{CAMPAIGN}{campaign}"))
}

/// How far a quote is computed that takes longer than a request.
pub(crate) fn quote_run(organization: OrganizationId, campaign: CampaignId) -> Key {
    Key::new(format!("QUOTE#{organization}"), format!("RUN#{campaign}"))
}
