//! The fields of each resource, in the order in which they are shown.

use super::{Field, Resource};

const ID: Field = Field::listed("ID", "/id");
const NAME: Field = Field::listed("Name", "/name");
const CREATED: Field = Field::shown("Created", "/createdAt");
const UPDATED: Field = Field::shown("Updated", "/updatedAt");
const CHANGED_BY: Field = Field::shown("Changed by", "/changedBy/name");

pub(crate) const ORGANIZATION: Resource = Resource {
    schema: "Organization",
    plural: "organizations",
    fields: &[
        ID,
        NAME,
        Field::listed("Sender", "/senderPhone"),
        Field::listed("Provider", "/provider/kind"),
        Field::listed("Parts/s", "/partsPerSecond"),
        Field::shown("Max parts/s", "/maxPartsPerSecond"),
        Field::shown("Sender phones", "/senderPhones"),
        Field::shown("Region", "/defaultRegion"),
        Field::shown("Time zone", "/timeZone"),
        Field::shown("Tests a day", "/testsPerDay"),
        Field::shown("Currency", "/prices/currency"),
        Field::shown("Prices", "/prices/perPart"),
        Field::shown("Stop keywords", "/keywords/stop"),
        Field::shown("Start keywords", "/keywords/start"),
        Field::shown("Help keywords", "/keywords/help"),
        CREATED,
        UPDATED,
        CHANGED_BY,
    ],
};

pub(crate) const API_KEY: Resource = Resource {
    schema: "ApiKey",
    plural: "keys",
    fields: &[
        ID,
        NAME,
        Field::listed("Role", "/role"),
        Field::listed("Expires", "/expiresAt"),
        Field::listed("Created", "/createdAt"),
    ],
};

pub(crate) const NEW_API_KEY: Resource = Resource {
    schema: "ApiKeyCreated",
    plural: "keys",
    fields: &[
        ID,
        NAME,
        Field::listed("Role", "/role"),
        Field::listed("Expires", "/expiresAt"),
        Field::listed("Secret", "/secret"),
    ],
};

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
        Field::listed("Unchanged", "/unchanged"),
        Field::listed("Skipped", "/skipped"),
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
        Field::shown("Encoding", "/encoding"),
        Field::shown("Removed by undo", "/undo/removed"),
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
        Field::shown("Target", "/target/include"),
        Field::shown("Excluded", "/target/exclude"),
        Field::shown("Audience complete", "/audience/complete"),
        Field::shown("Text", "/body"),
        Field::shown("Max parts", "/maxParts"),
        Field::shown("Max price", "/maxPrice"),
        Field::shown("Scheduled for", "/scheduledAt"),
        Field::shown("Sent at", "/sentAt"),
        Field::shown("Estimated finish", "/estimatedFinishAt"),
        Field::shown("Failed at", "/failedAt"),
        Field::shown("Canceled at", "/cancelledAt"),
        CREATED,
        UPDATED,
        CHANGED_BY,
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

pub(crate) const PROFILE: Resource = Resource {
    schema: "",
    plural: "profiles",
    fields: &[
        NAME,
        Field::listed("Current", "/isCurrent"),
        Field::listed("URL", "/apiUrl"),
        Field::listed("Organization", "/organization"),
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

/// What `doctor` checked.
pub(crate) const CHECK: Resource = Resource {
    schema: "",
    plural: "checks",
    fields: &[
        Field::listed("Result", "/result"),
        Field::listed("Check", "/check"),
        Field::listed("Found", "/found"),
        Field::shown("Fix", "/fix"),
    ],
};

/// What a test compares with the OpenAPI document.
#[cfg(test)]
pub(crate) const ALL: &[&Resource] = &[
    &ORGANIZATION,
    &API_KEY,
    &NEW_API_KEY,
    &CONTACT,
    &IMPORT,
    &ROW_ERROR,
    &CAMPAIGN,
    &QUOTE,
    &MESSAGE,
    &UNSUBSCRIBE,
    &LIFT,
    &SEGMENT,
    &PREVIEW,
];

#[cfg(test)]
pub(crate) const KEY_FOR_TESTS: Resource =
    Resource { schema: "ApiKey", plural: "keys", fields: &[ID, NAME] };
