//! Exports, webhooks, members, and what happens.

use super::{CHANGED_BY, CREATED, ID, NAME, UPDATED};
use crate::output::{Field, Resource};

pub(crate) const EXPORT: Resource = Resource {
    schema: "Export",
    plural: "exports",
    fields: &[
        ID,
        Field::listed("Kind", "/kind"),
        Field::listed("Format", "/format"),
        Field::listed("Status", "/status"),
        Field::listed("Rows", "/rows"),
        Field::shown("Bytes", "/size"),
        Field::shown("Campaign", "/campaignId"),
        Field::shown("Reason", "/reason"),
        Field::shown("Link", "/file/url"),
        Field::shown("Link ends", "/file/expiresAt"),
        Field::shown("Removed", "/expiresAt"),
        Field::listed("Requested", "/createdAt"),
        Field::shown("Requested by", "/changedBy/name"),
    ],
};

pub(crate) const WEBHOOK: Resource = Resource {
    schema: "Webhook",
    plural: "webhooks",
    fields: &[
        ID,
        Field::listed("URL", "/url"),
        Field::listed("Types", "/types"),
        Field::listed("Enabled", "/enabled"),
        Field::listed("Failing since", "/failingSince"),
        Field::shown("Disabled", "/disabledAt"),
        Field::shown("Disabled because", "/disabledReason"),
        Field::shown("Dropped events", "/droppedEvents"),
        Field::shown("Old secret ends", "/previousSecretExpiresAt"),
        CREATED,
        UPDATED,
        CHANGED_BY,
    ],
};

pub(crate) const NEW_WEBHOOK: Resource = Resource {
    schema: "Webhook",
    plural: "webhooks",
    fields: &[
        ID,
        Field::listed("URL", "/url"),
        Field::listed("Types", "/types"),
        Field::listed("Secret", "/secret"),
        Field::shown("Old secret ends", "/previousSecretExpiresAt"),
    ],
};

pub(crate) const DELIVERY: Resource = Resource {
    schema: "Delivery",
    plural: "deliveries",
    fields: &[
        ID,
        Field::listed("Type", "/type"),
        Field::listed("Status", "/status"),
        Field::listed("Created", "/createdAt"),
        Field::listed("Next attempt", "/nextAttemptAt"),
        Field::shown("Attempts", "/attempts"),
    ],
};

pub(crate) const ATTEMPT: Resource = Resource {
    schema: "",
    plural: "attempts",
    fields: &[
        Field::listed("Delivery", "/delivery"),
        Field::listed("Type", "/type"),
        Field::listed("Status", "/status"),
        Field::listed("Tried", "/at"),
        Field::listed("Response", "/response"),
        Field::listed("Took", "/took"),
        Field::listed("Next attempt", "/next"),
    ],
};

/// What a webhook gets.
pub(crate) const EVENT: Resource = Resource {
    schema: "",
    plural: "events",
    fields: &[
        Field::listed("Time", "/occurredAt"),
        Field::listed("Type", "/type"),
        Field::listed("Data", "/data"),
        Field::shown("ID", "/id"),
        Field::shown("Organization", "/organizationId"),
    ],
};

/// What `events tail` sees.
pub(crate) const CHANGE: Resource = Resource {
    schema: "",
    plural: "changes",
    fields: &[
        Field::listed("Time", "/at"),
        Field::listed("Type", "/type"),
        Field::listed("ID", "/id"),
        Field::listed("What happened", "/what"),
    ],
};

pub(crate) const MEMBER: Resource = Resource {
    schema: "Member",
    plural: "members",
    fields: &[
        ID,
        Field::listed("Email", "/email"),
        NAME,
        Field::listed("Role", "/role"),
        Field::listed("Status", "/status"),
        Field::listed("Invited until", "/invitedUntil"),
        Field::shown("Joined", "/joinedAt"),
        CREATED,
        CHANGED_BY,
    ],
};

pub(crate) const ERASURE: Resource = Resource {
    schema: "Erasure",
    plural: "erasures",
    fields: &[
        Field::listed("Status", "/status"),
        Field::listed("Requested", "/requestedAt"),
        Field::listed("Done", "/doneAt"),
        Field::listed("Kept in place of the phone", "/erasedHash"),
        Field::shown("Requested by", "/requestedBy/name"),
    ],
};

pub(crate) const PREFERENCE: Resource = Resource {
    schema: "Preference",
    plural: "preferences",
    fields: &[
        Field::listed("Phone", "/phone"),
        Field::listed("Subscribed", "/subscribed"),
        Field::listed("Changed", "/changedAt"),
        Field::listed("Source", "/source"),
        Field::listed("Evidence", "/evidence"),
        Field::shown("Campaign", "/campaignId"),
        CHANGED_BY,
    ],
};

pub(crate) const PERSON: Resource = Resource {
    schema: "Person",
    plural: "people",
    fields: &[
        Field::listed("Phones", "/phones"),
        Field::listed("Contacts", "/contacts"),
        Field::listed("Opt-outs and opt-ins", "/preferences"),
        Field::listed("Messages to them", "/messages"),
        Field::listed("Texts from them", "/inbound"),
    ],
};
