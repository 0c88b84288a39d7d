//! Campaigns, their texts and their messages.

use super::{CHANGED_BY, CREATED, ID, NAME, UPDATED};
use crate::output::{Field, Resource};

pub(crate) const CAMPAIGN: Resource = Resource {
    schema: "Campaign",
    plural: "campaigns",
    fields: &[
        ID,
        NAME,
        Field::listed("Status", "/status"),
        Field::listed("Dispatch", "/dispatch"),
        Field::shown("Reason", "/reason"),
        Field::listed("Recipients", "/audience/recipients"),
        Field::listed("Delivered", "/counts/delivered"),
        Field::listed("Failed", "/counts/failed"),
        Field::shown("Sent", "/counts/sent"),
        Field::shown("Pending", "/counts/pending"),
        Field::shown("Unknown", "/counts/unknown"),
        Field::shown("Counted", "/counts/countedAt"),
        Field::shown("Contacts", "/audience/contacts"),
        Field::shown("Skipped: no phone", "/audience/skipped/noPhone"),
        Field::shown("Skipped: duplicate", "/audience/skipped/duplicate"),
        Field::shown("Skipped: unsubscribed", "/audience/skipped/unsubscribed"),
        Field::shown("Skipped: not in target", "/audience/skipped/notInTarget"),
        Field::shown("Skipped: inactive", "/audience/skipped/inactive"),
        Field::shown("Skipped: unrenderable", "/audience/skipped/unrenderable"),
        Field::shown("Included segments", "/target/include"),
        Field::shown("Excluded segments", "/target/exclude"),
        Field::shown("Resend of", "/resend/of"),
        Field::shown("Resent because", "/resend/reasons"),
        Field::shown("Includes unknown", "/resend/includeUnknown"),
        Field::shown("Audience complete", "/audience/complete"),
        Field::shown("Text", "/body"),
        Field::shown("Text format", "/bodyFormat"),
        Field::shown("Defaults", "/defaults"),
        Field::shown("Template", "/template/id"),
        Field::shown("Template version", "/template/version"),
        Field::shown("Warnings", "/warnings"),
        Field::shown("Tags", "/tags"),
        Field::shown("Max parts", "/maxParts"),
        Field::shown("Max price", "/maxPrice"),
        Field::shown("Scheduled for", "/scheduledAt"),
        Field::shown("Sent at", "/sentAt"),
        Field::shown("Estimated finish", "/estimatedFinishAt"),
        Field::shown("Failed at", "/failedAt"),
        Field::shown("Canceled at", "/cancelledAt"),
        Field::shown("Archived", "/archivedAt"),
        CREATED,
        UPDATED,
        CHANGED_BY,
    ],
};

pub(crate) const SKIPPED: Resource = Resource {
    schema: "SkippedContact",
    plural: "skipped contacts",
    fields: &[
        Field::listed("Contact", "/contactId"),
        Field::listed("Reason", "/reason"),
        Field::listed("Detail", "/detail"),
        Field::listed("Changed since", "/changedSince"),
    ],
};

pub(crate) const QUOTE: Resource = Resource {
    schema: "Quote",
    plural: "quotes",
    fields: &[
        Field::listed("Recipients", "/recipients"),
        Field::listed("Encoding", "/encoding"),
        Field::listed("Parts each", "/partsEach"),
        Field::listed("Parts", "/totalParts"),
        Field::listed("Price", "/price/amount"),
        Field::listed("Currency", "/price/currency"),
        Field::shown("Recipients without a price", "/price/unpricedRecipients"),
        Field::shown("Character beyond GSM-7", "/firstCharacterBeyondGsm7/character"),
        Field::shown("Estimated finish", "/estimatedFinishAt"),
        Field::shown("Quoted", "/quotedAt"),
    ],
};

pub(crate) const TEMPLATE: Resource = Resource {
    schema: "Template",
    plural: "templates",
    fields: &[
        ID,
        NAME,
        Field::listed("Version", "/version"),
        Field::listed("Text", "/body"),
        Field::shown("Text format", "/bodyFormat"),
        Field::shown("Defaults", "/defaults"),
        Field::shown("Warnings", "/warnings"),
        CREATED,
        Field::listed("Updated", "/updatedAt"),
        CHANGED_BY,
    ],
};

/// The text that a contact would get.
pub(crate) const TEXT: Resource = Resource {
    schema: "Text",
    plural: "texts",
    fields: &[
        Field::listed("Contact", "/contactId"),
        Field::listed("Parts", "/parts"),
        Field::listed("Encoding", "/encoding"),
        Field::listed("Characters", "/characters"),
        Field::shown("Character beyond GSM-7", "/firstCharacterBeyondGsm7/character"),
        Field::listed("Text", "/text"),
        Field::listed("Problem", "/explanation"),
    ],
};

pub(crate) const MESSAGE: Resource = Resource {
    schema: "Message",
    plural: "messages",
    fields: &[
        ID,
        Field::listed("To", "/to"),
        Field::listed("Status", "/status"),
        Field::listed("Reason", "/errorReason"),
        Field::listed("Code", "/errorCode"),
        Field::listed("Sent", "/sentAt"),
        Field::shown("Delivered", "/deliveredAt"),
        Field::shown("From", "/from"),
        Field::shown("Text", "/body"),
        Field::shown("Parts", "/parts"),
        Field::shown("Kind", "/kind"),
        Field::shown("Dry run", "/dryRun"),
        Field::shown("Provider's ID", "/providerMessageId"),
        Field::shown("Campaign", "/campaignId"),
        CREATED,
        UPDATED,
    ],
};

pub(crate) const STEP: Resource = Resource {
    schema: "",
    plural: "steps",
    fields: &[
        Field::listed("Time", "/at"),
        Field::listed("After", "/after"),
        Field::listed("What happened", "/what"),
    ],
};
