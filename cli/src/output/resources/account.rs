//! Organizations, their keys, and what this machine knows.

use super::{CHANGED_BY, CREATED, ID, NAME, UPDATED};
use crate::output::{Field, Resource};

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
        Field::shown("Opt-out list", "/optOutList"),
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

pub(crate) const HALT: Resource = Resource {
    schema: "Halt",
    plural: "halts",
    fields: &[
        Field::listed("Halted", "/halted"),
        Field::listed("Reason", "/reason"),
        Field::listed("Changed", "/changedAt"),
    ],
};

pub(crate) const AUDITED: Resource = Resource {
    schema: "Change",
    plural: "changes",
    fields: &[
        Field::listed("At", "/at"),
        Field::listed("By", "/changedBy/name"),
        Field::listed("Kind", "/changedBy/kind"),
        Field::listed("Action", "/action"),
        Field::listed("Subject", "/subjectId"),
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
