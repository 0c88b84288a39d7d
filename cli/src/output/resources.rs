//! The fields of each resource, in the order in which they are shown.

use super::Field;
#[cfg(test)]
use super::Resource;

mod account;
mod audience;
mod campaign;
mod operations;
mod report;

pub(crate) use account::*;
pub(crate) use audience::*;
pub(crate) use campaign::*;
pub(crate) use operations::*;
pub(crate) use report::*;

const ID: Field = Field::listed("ID", "/id");
const NAME: Field = Field::listed("Name", "/name");
const CREATED: Field = Field::shown("Created", "/createdAt");
const UPDATED: Field = Field::shown("Updated", "/updatedAt");
const CHANGED_BY: Field = Field::shown("Changed by", "/changedBy/name");

/// What a test compares with the OpenAPI document.
#[cfg(test)]
pub(crate) const ALL: &[&Resource] = &[
    &ORGANIZATION,
    &HALT,
    &API_KEY,
    &NEW_API_KEY,
    &CONTACT,
    &IMPORT,
    &ROW_ERROR,
    &CAMPAIGN,
    &QUOTE,
    &MESSAGE,
    &INBOUND,
    &UNSUBSCRIBE,
    &LIFT,
    &RECONCILIATION,
    &SEGMENT,
    &PREVIEW,
    &TEMPLATE,
    &TEXT,
    &SKIPPED,
    &REPORT,
    &BY_CODE,
    &BY_SENDER,
    &CAMPAIGN_SUM,
    &EXPORT,
    &WEBHOOK,
    &NEW_WEBHOOK,
    &DELIVERY,
    &AUDITED,
    &MEMBER,
    &ERASURE,
    &PREFERENCE,
    &PERSON,
];

#[cfg(test)]
pub(crate) const KEY_FOR_TESTS: Resource =
    Resource { schema: "ApiKey", plural: "keys", fields: &[ID, NAME] };
