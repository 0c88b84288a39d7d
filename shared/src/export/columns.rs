//! The columns of each kind of export.

use super::Kind;

/// Every contact has these, and then its attributes. An import recognizes an export by them.
pub const CONTACT_COLUMNS: [&str; 13] = [
    "id",
    "phone",
    "firstName",
    "lastName",
    "email",
    "externalId",
    "status",
    "tags",
    "timeZone",
    "language",
    "importId",
    "createdAt",
    "updatedAt",
];
/// What the name of an attribute's column begins with, so that no attribute is taken for a field.
pub const ATTRIBUTE_PREFIX: &str = "attributes.";
pub(super) const ATTRIBUTES: &str = "attributes";

const MESSAGE_COLUMNS: [&str; 15] = [
    "id",
    "campaignId",
    "contactId",
    "to",
    "from",
    "body",
    "parts",
    "status",
    "errorCode",
    "errorReason",
    "providerMessageId",
    "createdAt",
    "sentAt",
    "deliveredAt",
    "updatedAt",
];
const UNSUBSCRIBE_COLUMNS: [&str; 7] = [
    "phone",
    "unsubscribedAt",
    "source",
    "campaignId",
    "evidence",
    "changedByKind",
    "changedByName",
];
const SKIPPED_COLUMNS: [&str; 4] = ["campaignId", "contactId", "reason", "detail"];

impl Kind {
    /// The columns, without those of attributes.
    #[must_use]
    pub fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Messages => &MESSAGE_COLUMNS,
            Self::Contacts => &CONTACT_COLUMNS,
            Self::Unsubscribes => &UNSUBSCRIBE_COLUMNS,
            Self::Skipped => &SKIPPED_COLUMNS,
        }
    }
}
