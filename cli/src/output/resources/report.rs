//! Reports on campaigns.

use super::NAME;
use crate::output::{Field, Resource};

/// As programs read it. People read the summary.
pub(crate) const REPORT: Resource = Resource {
    schema: "Report",
    plural: "reports",
    fields: &[
        Field::listed("Campaign", "/campaignId"),
        Field::listed("Counted", "/countedAt"),
        Field::listed("Contacts", "/audience/contacts"),
        Field::listed("Recipients", "/audience/recipients"),
        Field::listed("Pending", "/counts/pending"),
        Field::listed("Sent", "/counts/sent"),
        Field::listed("Delivered", "/counts/delivered"),
        Field::listed("Failed", "/counts/failed"),
        Field::listed("Unknown", "/counts/unknown"),
        Field::listed("Accepted", "/delivery/accepted"),
        Field::listed("Rate", "/delivery/rate"),
        Field::listed("Parts", "/parts"),
        Field::listed("Price", "/price/amount"),
        Field::listed("Currency", "/price/currency"),
        Field::listed("Unpriced", "/price/unpricedMessages"),
        Field::listed("p50", "/timeToDelivery/p50"),
        Field::listed("p90", "/timeToDelivery/p90"),
        Field::listed("p99", "/timeToDelivery/p99"),
        Field::listed("Opt-outs", "/optOuts"),
        Field::listed("Replies", "/replies"),
    ],
};

pub(crate) const REPORT_SUMMARY: Resource = Resource {
    schema: "",
    plural: "reports",
    fields: &[
        Field::listed("Campaign", "/campaignId"),
        Field::listed("Counted", "/countedAt"),
        Field::listed("Contacts", "/contacts"),
        Field::listed("Messages", "/messages"),
        Field::listed("Delivered", "/delivered"),
        Field::listed("Failed", "/failed"),
        Field::listed("Opted out", "/optOuts"),
        Field::listed("Other replies", "/replies"),
        Field::listed("Parts", "/parts"),
        Field::listed("Price", "/price"),
        Field::listed("Time to delivery", "/timeToDelivery"),
        Field::listed("Pauses before these", "/earlierPauses"),
    ],
};

pub(crate) const BY_REASON: Resource = Resource {
    schema: "",
    plural: "reasons",
    fields: &[
        Field::listed("Failed because", "/reason"),
        Field::listed("Share", "/share"),
        Field::listed("What it means", "/meaning"),
    ],
};

pub(crate) const BY_CODE: Resource = Resource {
    schema: "CodeCount",
    plural: "codes",
    fields: &[
        Field::listed("Provider's code", "/code"),
        Field::listed("Messages", "/messages"),
        Field::listed("What it means", "/meaning"),
        Field::listed("What to do", "/advice"),
    ],
};

pub(crate) const BY_COUNTRY: Resource = Resource {
    schema: "",
    plural: "countries",
    fields: &[
        Field::listed("Country", "/country"),
        Field::listed("Delivered", "/delivered"),
        Field::listed("Failed", "/failed"),
        Field::listed("Sent", "/sent"),
        Field::listed("Unknown", "/unknown"),
        Field::listed("Parts", "/parts"),
    ],
};

pub(crate) const BY_SENDER: Resource = Resource {
    schema: "SenderCount",
    plural: "senders",
    fields: &[
        Field::listed("Sender", "/sender"),
        Field::listed("Messages", "/messages"),
        Field::listed("Accepted", "/accepted"),
        Field::listed("Delivered", "/delivered"),
        Field::listed("Failed", "/failed"),
        Field::listed("Parts", "/parts"),
    ],
};

pub(crate) const PAUSE: Resource = Resource {
    schema: "",
    plural: "pauses",
    fields: &[
        Field::listed("Paused", "/at"),
        Field::listed("Until", "/until"),
        Field::listed("Why", "/why"),
    ],
};

pub(crate) const CAMPAIGN_SUM: Resource = Resource {
    schema: "CampaignSum",
    plural: "campaigns",
    fields: &[
        Field::listed("Campaign", "/campaignId"),
        NAME,
        Field::listed("Sender", "/sender"),
        Field::listed("Sent", "/sentAt"),
        Field::listed("Counted", "/countedAt"),
        Field::listed("Recipients", "/counts/total"),
        Field::listed("Pending", "/counts/pending"),
        Field::listed("Sent", "/counts/sent"),
        Field::listed("Delivered", "/counts/delivered"),
        Field::listed("Failed", "/counts/failed"),
        Field::listed("Unknown", "/counts/unknown"),
        Field::listed("Accepted", "/delivery/accepted"),
        Field::listed("Rate", "/delivery/rate"),
        Field::listed("Parts", "/parts"),
        Field::listed("Price", "/price/amount"),
        Field::listed("Currency", "/price/currency"),
    ],
};

pub(crate) const PERIOD_SUMMARY: Resource = Resource {
    schema: "",
    plural: "reports",
    fields: &[
        Field::listed("From", "/from"),
        Field::listed("To", "/to"),
        Field::listed("Campaigns", "/campaigns"),
        Field::listed("Messages", "/messages"),
        Field::listed("Delivered", "/delivered"),
        Field::listed("Parts", "/parts"),
        Field::listed("Price", "/price"),
    ],
};

pub(crate) const BY_DAY: Resource = Resource {
    schema: "",
    plural: "days",
    fields: &[
        Field::listed("Day", "/day"),
        Field::listed("Campaigns", "/campaigns"),
        Field::listed("Recipients", "/counts/total"),
        Field::listed("Delivered", "/rate"),
        Field::listed("Failed", "/counts/failed"),
        Field::listed("Parts", "/parts"),
        Field::listed("Price", "/cost"),
    ],
};

pub(crate) const BY_CAMPAIGN: Resource = Resource {
    schema: "",
    plural: "campaigns",
    fields: &[
        Field::listed("Campaign", "/campaignId"),
        NAME,
        Field::listed("Sent", "/sentAt"),
        Field::listed("Recipients", "/counts/total"),
        Field::listed("Delivered", "/rate"),
        Field::listed("Failed", "/counts/failed"),
        Field::listed("Price", "/cost"),
    ],
};
