//! Contacts, where they come from, what they wrote, and who opted out.

use super::{CHANGED_BY, CREATED, ID, NAME, UPDATED};
use crate::output::{Field, Resource};

pub(crate) const CONTACT: Resource = Resource {
    schema: "Contact",
    plural: "contacts",
    fields: &[
        ID,
        Field::listed("Phone", "/phone"),
        Field::listed("First name", "/firstName"),
        Field::listed("Last name", "/lastName"),
        Field::listed("Email", "/email"),
        Field::listed("Tags", "/tags"),
        Field::shown("Status", "/status"),
        Field::shown("External ID", "/externalId"),
        Field::shown("Time zone", "/timeZone"),
        Field::shown("Language", "/language"),
        Field::shown("Attributes", "/attributes"),
        CREATED,
        UPDATED,
    ],
};

pub(crate) const IMPORT: Resource = Resource {
    schema: "Import",
    plural: "imports",
    fields: &[
        ID,
        Field::listed("Status", "/status"),
        Field::shown("Reason", "/reason"),
        Field::listed("Rows", "/rows"),
        Field::listed("Created", "/created"),
        Field::listed("Updated", "/updated"),
        Field::shown("Unchanged", "/unchanged"),
        Field::shown("Skipped", "/skipped"),
        Field::listed("Rejected", "/rejected"),
        Field::listed("Opt-outs", "/optOuts"),
        Field::shown("Opt-outs overridden", "/optOutsOverridden"),
        Field::shown("Skipped: blank", "/skippedBy/blank"),
        Field::shown("Skipped: known contact", "/skippedBy/matched"),
        Field::shown("Skipped: channel", "/skippedBy/channel"),
        Field::shown("Skipped: inactive", "/skippedBy/inactive"),
        Field::shown("Skipped: opt-outs only", "/skippedBy/optOutsOnly"),
        Field::shown("Dry run", "/dryRun"),
        Field::shown("Exact", "/exact"),
        Field::shown("Warnings", "/warnings"),
        Field::shown("Encoding", "/encoding"),
        Field::shown("Removed by undo", "/undo/removed"),
        Field::shown("Kept: changed since", "/undo/keptChanged"),
        Field::shown("Kept: in a later import", "/undo/keptNamed"),
        Field::listed("Requested", "/createdAt"),
        Field::shown("Requested by", "/changedBy/name"),
    ],
};

pub(crate) const ROW_ERROR: Resource = Resource {
    schema: "RowError",
    plural: "rejected rows",
    fields: &[
        Field::listed("Row", "/row"),
        Field::listed("Line", "/line"),
        Field::listed("Column", "/column"),
        Field::listed("Reason", "/reason"),
    ],
};

pub(crate) const SEGMENT: Resource = Resource {
    schema: "Segment",
    plural: "segments",
    fields: &[
        ID,
        NAME,
        Field::shown("Filter", "/filter"),
        Field::listed("Used by", "/usedBy"),
        CREATED,
        Field::listed("Updated", "/updatedAt"),
        CHANGED_BY,
    ],
};

pub(crate) const PREVIEW: Resource = Resource {
    schema: "Preview",
    plural: "previews",
    fields: &[
        Field::listed("Contacts", "/contacts"),
        Field::listed("Recipients", "/recipients"),
        Field::listed("Exact", "/exact"),
        Field::shown("Error", "/error"),
        Field::shown("Skipped: no phone", "/skipped/noPhone"),
        Field::shown("Skipped: duplicate", "/skipped/duplicate"),
        Field::shown("Skipped: unsubscribed", "/skipped/unsubscribed"),
        Field::shown("Skipped: not in target", "/skipped/notInTarget"),
        Field::shown("Skipped: inactive", "/skipped/inactive"),
        Field::shown("Previewed", "/previewedAt"),
    ],
};

pub(crate) const UNSUBSCRIBE: Resource = Resource {
    schema: "Unsubscribe",
    plural: "unsubscribes",
    fields: &[
        Field::listed("Phone", "/phone"),
        Field::listed("Since", "/unsubscribedAt"),
        Field::listed("Source", "/source"),
        Field::listed("Evidence", "/evidence"),
        Field::shown("Campaign", "/campaignId"),
        CHANGED_BY,
    ],
};

pub(crate) const RECONCILIATION: Resource = Resource {
    schema: "Reconciliation",
    plural: "reconciliations",
    fields: &[
        Field::listed("Status", "/status"),
        Field::shown("Reason", "/reason"),
        Field::listed("Provider", "/provider"),
        Field::listed("List", "/list"),
        Field::shown("Shared with other organizations", "/shared"),
        Field::listed("Only there: unsubscribed", "/suppressed"),
        Field::shown("In both", "/known"),
        Field::shown("Subscribed here since", "/resubscribed"),
        Field::listed("Only here", "/onlyHere"),
        Field::shown("On the list", "/listed"),
        Field::shown("Of others", "/foreign"),
        Field::shown("Every day", "/daily"),
        Field::shown("Started", "/startedAt"),
        Field::shown("Started by", "/changedBy/name"),
        Field::shown("Last done", "/lastDoneAt"),
        Field::shown("Next", "/nextAt"),
    ],
};

pub(crate) const LIFT: Resource = Resource {
    schema: "Lift",
    plural: "lifts",
    fields: &[
        Field::listed("Phone", "/phone"),
        Field::listed("Lifted", "/liftedAt"),
        Field::listed("Reason", "/reason"),
        Field::shown("Unsubscribed", "/unsubscribe/unsubscribedAt"),
        Field::shown("Source", "/unsubscribe/source"),
        CHANGED_BY,
    ],
};

pub(crate) const INBOUND: Resource = Resource {
    schema: "Inbound",
    plural: "inbound messages",
    fields: &[
        ID,
        Field::listed("From", "/from"),
        Field::listed("Received", "/receivedAt"),
        Field::listed("Text", "/body"),
        Field::listed("Keyword", "/keyword"),
        Field::listed("Due", "/dueOn"),
        Field::listed("Decision", "/decision/verdict"),
        Field::shown("To", "/to"),
        Field::shown("Campaign", "/campaignId"),
        Field::shown("Flagged", "/flagged"),
        Field::shown("Decided", "/decision/decidedAt"),
        Field::shown("Decided by", "/decision/decidedBy/name"),
    ],
};
