use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use shared::access::{ApiKey, Role};
use shared::keyword::Keywords;
use shared::organization::Organization;
use shared::phone::{Phone, Region};
use shared::price::PriceList;
use shared::reconciliation::ListName;
use shared::sender::Provider;
use shared::zone::Zone;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{ChangedByView, Time, labels};

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Organization)]
pub(crate) struct OrganizationView {
    id: Uuid,
    name: String,
    #[schema(value_type = String, example = "+14155550123")]
    sender_phone: Phone,
    /// The numbers that the deployment assigned, including `senderPhone`.
    #[schema(value_type = Vec<String>, example = json!(["+14155550123"]))]
    sender_phones: BTreeSet<Phone>,
    #[schema(value_type = String, example = "US")]
    default_region: Region,
    /// The zone in which the days of segments' filters begin and end.
    #[schema(value_type = String, example = "America/New_York")]
    time_zone: Zone,
    /// The number of message parts per second that the provider accepts from the sender.
    parts_per_second: u32,
    /// The highest rate that the organization's admin can set.
    max_parts_per_second: u32,
    /// The number of test messages that the organization may send per day (UTC).
    tests_per_day: u32,
    #[schema(required = true)]
    prices: Option<PricesView>,
    #[schema(value_type = super::ProviderSchema)]
    provider: Provider,
    #[schema(value_type = super::KeywordsSchema)]
    keywords: Keywords,
    /// The opt-out list that the deployment named; null means the provider's default.
    #[schema(value_type = Option<String>, required = true, example = "Default")]
    opt_out_list: Option<ListName>,
    #[schema(required = true)]
    changed_by: Option<ChangedByView>,
    created_at: Time,
    updated_at: Time,
}

impl OrganizationView {
    pub(crate) fn new(organization: &Organization, tests_per_day: u32) -> Self {
        Self {
            id: organization.id.0,
            name: organization.name.clone(),
            sender_phone: organization.sender.phone.clone(),
            sender_phones: organization.sender_phones(),
            default_region: organization.default_region,
            time_zone: organization.time_zone,
            parts_per_second: organization.sender.parts_per_second,
            max_parts_per_second: organization.max_parts_per_second,
            tests_per_day: organization.tests_per_day.unwrap_or(tests_per_day),
            prices: organization.prices.as_ref().map(PricesView::from),
            provider: organization.sender.provider.clone(),
            keywords: organization.keywords.clone(),
            opt_out_list: organization.opt_out_list.clone(),
            changed_by: organization.changed_by.as_ref().map(ChangedByView::from),
            created_at: organization.created_at.into(),
            updated_at: organization.updated_at.into(),
        }
    }
}

/// The price of a message part by the recipient's country.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Prices)]
pub(crate) struct PricesView {
    #[schema(example = "USD")]
    currency: String,
    #[schema(example = json!({"US": "0.0079"}))]
    per_part: BTreeMap<String, String>,
}

impl From<&PriceList> for PricesView {
    fn from(prices: &PriceList) -> Self {
        let per_part = prices.per_part();
        Self {
            currency: prices.currency().to_owned(),
            per_part: per_part
                .map(|(region, amount)| (region.to_owned(), amount.to_string()))
                .collect(),
        }
    }
}

#[derive(Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ApiKey)]
pub(crate) struct ApiKeyView {
    id: Uuid,
    name: String,
    #[schema(value_type = labels::Role)]
    role: Role,
    created_at: Time,
    #[schema(required = true)]
    expires_at: Option<Time>,
    #[schema(required = true)]
    changed_by: Option<ChangedByView>,
}

impl From<&ApiKey> for ApiKeyView {
    fn from(key: &ApiKey) -> Self {
        Self {
            id: key.id.0,
            name: key.name.clone(),
            role: key.role,
            created_at: key.created_at.into(),
            expires_at: key.expires_at.map(Time),
            changed_by: key.changed_by.as_ref().map(ChangedByView::from),
        }
    }
}

#[derive(Serialize, ToSchema)]
#[schema(as = ApiKeyCreated)]
pub(crate) struct ApiKeyCreatedView {
    #[serde(flatten)]
    pub(crate) key: ApiKeyView,
    /// Only in this response; null if it is repeated for an idempotency key.
    #[schema(required = true)]
    pub(crate) secret: Option<String>,
}
