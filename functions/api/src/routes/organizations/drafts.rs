//! Organizations as clients send them, and their validation.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use shared::keyword::Keywords;
use shared::organization::{
    Authority, Denied, MAX_SENDER_PHONES, MAX_TESTS_PER_DAY, NAME_LONGEST, Organization,
    SenderChange, change_sender,
};
use shared::phone::{InvalidPhone, Phone, Region};
use shared::price::{InvalidPrice, PriceList};
use shared::reconciliation::ListName;
use shared::sender::{PARTS_PER_SECOND_MOST, Provider};
use shared::text;
use shared::zone::Zone;
use utoipa::ToSchema;

use crate::checks::Checks;
use crate::problem::{Code, Problem};
use crate::views::{KeywordsSchema, ProviderSchema};

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct OrganizationDraft {
    #[schema(min_length = 1, max_length = 200)]
    pub(super) name: String,
    /// The number that texts come from, in E.164 or in national format of the default region. A number
    /// belongs to one organization.
    pub(super) sender_phone: String,
    /// The two-letter code of the country whose national phone formats are accepted. Defaults to US.
    pub(super) default_region: Option<String>,
    /// A name of the IANA database. Defaults to UTC.
    #[schema(example = "America/New_York")]
    pub(super) time_zone: Option<String>,
    /// Defaults to Twilio with the deployment's account.
    #[schema(value_type = Option<ProviderSchema>)]
    pub(super) provider: Option<Provider>,
    /// As in `OrganizationPatch`.
    #[schema(max_items = 20)]
    pub(super) sender_phones: Option<Vec<String>>,
    /// As in `OrganizationPatch`. Defaults to 1.
    #[schema(minimum = 1, maximum = 100_000)]
    pub(super) parts_per_second: Option<u32>,
    /// As in `OrganizationPatch`.
    #[schema(minimum = 1, maximum = 100_000)]
    pub(super) max_parts_per_second: Option<u32>,
    /// As in `OrganizationPatch`.
    #[schema(minimum = 0, maximum = 100_000)]
    pub(super) tests_per_day: Option<u32>,
}

#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct OrganizationPatch {
    #[schema(min_length = 1, max_length = 200)]
    name: Option<String>,
    /// An organization's admin can choose one of `senderPhones`. The deployment's admin key can set any
    /// number.
    sender_phone: Option<String>,
    /// The numbers that the organization may send from, replaced as a whole. `senderPhone` is always
    /// one of them and may be omitted. Requires the deployment's admin key.
    #[schema(max_items = 20)]
    sender_phones: Option<Vec<String>>,
    default_region: Option<String>,
    /// A name of the IANA database. Segments' filters that name days use it.
    #[schema(example = "America/New_York")]
    time_zone: Option<String>,
    /// The number of message parts per second that the provider accepts from the sender. An
    /// organization's admin can set a rate up to `maxPartsPerSecond`. With the deployment's admin key,
    /// the rate also becomes the limit, unless the request sets `maxPartsPerSecond`.
    #[schema(minimum = 1, maximum = 100_000)]
    parts_per_second: Option<u32>,
    /// The highest rate that an organization's admin can set. A limit below the current rate lowers
    /// the rate. Requires the deployment's admin key.
    #[schema(minimum = 1, maximum = 100_000)]
    max_parts_per_second: Option<u32>,
    prices: Option<PricesDraft>,
    /// Replaced as a whole. Campaigns that were sent keep their provider. Requires the deployment's
    /// admin key.
    #[schema(value_type = Option<ProviderSchema>)]
    provider: Option<Provider>,
    /// Replaced as a whole.
    #[schema(value_type = Option<KeywordsSchema>)]
    keywords: Option<Keywords>,
    /// The number of test messages that the organization may send per day (UTC). Requires the
    /// deployment's admin key.
    #[schema(minimum = 0, maximum = 100_000)]
    tests_per_day: Option<u32>,
    /// The opt-out list of the sender's number or pool in the AWS account, by its name. The organization's
    /// unsubscribes are reconciled with it now and every day. If no other organization uses the list, all of
    /// its phones count as this organization's. Requires the deployment's admin key.
    #[schema(pattern = "^[A-Za-z0-9_-]{1,64}$", example = "Default")]
    opt_out_list: Option<String>,
}

/// The price of a message part by the recipient's country.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct PricesDraft {
    #[schema(example = "USD")]
    currency: String,
    /// Decimal amounts by two-letter country code.
    #[schema(example = json!({"US": "0.0079"}))]
    per_part: BTreeMap<String, String>,
}

/// A draft's fields, checked.
#[derive(Debug)]
pub(super) struct Checked {
    pub(super) name: String,
    pub(super) phone: Phone,
    pub(super) region: Region,
    pub(super) zone: Zone,
    pub(super) provider: Provider,
    pub(super) sender: SenderChange,
    pub(super) tests_per_day: Option<u32>,
}

impl OrganizationDraft {
    pub(super) fn checked(self) -> Result<Checked, Problem> {
        let mut checks = Checks::default();
        let region = self.default_region.as_deref().map(str::parse::<Region>);
        let region = checks.take("/defaultRegion", region.transpose());
        let region = region.map(Option::unwrap_or_default);
        let zone = self.time_zone.as_deref().map(str::parse::<Zone>);
        let zone = checks.take("/timeZone", zone.transpose()).map(Option::unwrap_or_default);
        let name = checks.take("/name", text::name(&self.name, NAME_LONGEST));
        let written = Phone::parse(&self.sender_phone, region.unwrap_or_default());
        let phone = checks.take("/senderPhone", written);
        let provider = take_provider(&mut checks, self.provider.unwrap_or_default());
        let sender = SenderChange {
            phones: take_phones(&mut checks, self.sender_phones, region.unwrap_or_default()),
            ..take_rates(&mut checks, self.parts_per_second, self.max_parts_per_second)
        };
        let tests_per_day = take_tests(&mut checks, self.tests_per_day);
        match (name, phone, provider, region, zone) {
            (Some(name), Some(phone), Some(provider), Some(region), Some(zone)) => {
                checks.passed()?;
                Ok(Checked { name, phone, region, zone, provider, sender, tests_per_day })
            }
            _ => Err(checks.problem()),
        }
    }
}

impl OrganizationPatch {
    /// Checks every given field so that one response reports all invalid ones.
    pub(super) fn applied(
        &self,
        before: &Organization,
        authority: Authority,
    ) -> Result<Organization, Problem> {
        let mut checks = Checks::default();
        let mut after = before.clone();
        if let Some(name) = &self.name {
            take_into(&mut after.name, checks.take("/name", text::name(name, NAME_LONGEST)));
        }
        if let Some(region) = &self.default_region {
            let region = checks.take("/defaultRegion", region.parse::<Region>());
            take_into(&mut after.default_region, region);
        }
        if let Some(zone) = &self.time_zone {
            take_into(&mut after.time_zone, checks.take("/timeZone", zone.parse::<Zone>()));
        }
        if let Some(prices) = &self.prices {
            match PriceList::read(&prices.currency, &prices.per_part) {
                Ok(prices) => after.prices = Some(prices),
                Err(error) => checks.take(price_pointer(error), Err(error)).unwrap_or_default(),
            }
        }
        if let Some(keywords) = &self.keywords {
            let keywords = checks.take("/keywords", keywords.clone().checked());
            take_into(&mut after.keywords, keywords);
        }
        let tests_per_day = take_tests(&mut checks, self.tests_per_day);
        let sender = self.sender(&mut checks, after.default_region);
        checks.passed()?;
        if tests_per_day.is_some() {
            if authority != Authority::Deployment {
                return Err(Denied::DeploymentOnly { field: "testsPerDay" }.into());
            }
            after.tests_per_day = tests_per_day;
        }
        let after = change_sender(after, sender, authority)?;
        if self.names_opt_out_list() && !after.has_daily_reconciliation() {
            let reason = "must be absent, because the provider offers no opt-out list";
            return Err(Problem::field("/optOutList", reason));
        }
        Ok(after)
    }

    pub(super) fn names_opt_out_list(&self) -> bool {
        self.opt_out_list.is_some()
    }

    fn sender(&self, checks: &mut Checks, region: Region) -> SenderChange {
        let phone = self.sender_phone.as_deref().map(|written| Phone::parse(written, region));
        let list = self.opt_out_list.as_deref().map(str::parse::<ListName>);
        SenderChange {
            phone: checks.take("/senderPhone", phone.transpose()).flatten(),
            phones: take_phones(checks, self.sender_phones.clone(), region),
            opt_out_list: checks.take("/optOutList", list.transpose()).flatten(),
            provider: self.provider.clone().and_then(|provider| take_provider(checks, provider)),
            ..take_rates(checks, self.parts_per_second, self.max_parts_per_second)
        }
    }
}

fn take_into<T>(place: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *place = value;
    }
}

fn price_pointer(error: InvalidPrice) -> &'static str {
    match error {
        InvalidPrice::Currency => "/prices/currency",
        InvalidPrice::Amount | InvalidPrice::Region => "/prices/perPart",
    }
}

fn take_provider(checks: &mut Checks, provider: Provider) -> Option<Provider> {
    match provider.checked() {
        Ok(provider) => Some(provider),
        Err(error) => checks.take(&format!("/provider{}", error.pointer), Err(error)),
    }
}

fn take_phones(
    checks: &mut Checks,
    written: Option<Vec<String>>,
    region: Region,
) -> Option<BTreeSet<Phone>> {
    let written = written?;
    if written.len() > MAX_SENDER_PHONES {
        let reason = format!("must contain at most {MAX_SENDER_PHONES} numbers");
        return checks.take("/senderPhones", Err(reason));
    }
    let mut phones = BTreeSet::new();
    for (place, written) in written.iter().enumerate() {
        let parsed: Result<Phone, InvalidPhone> = Phone::parse(written, region);
        phones.extend(checks.take(&format!("/senderPhones/{place}"), parsed));
    }
    Some(phones)
}

fn take_rates(checks: &mut Checks, rate: Option<u32>, max: Option<u32>) -> SenderChange {
    let parts_per_second =
        checks.take("/partsPerSecond", rate.map(checked_rate).transpose()).flatten();
    let max_parts_per_second =
        checks.take("/maxPartsPerSecond", max.map(checked_rate).transpose()).flatten();
    if let (Some(rate), Some(max)) = (parts_per_second, max_parts_per_second)
        && rate > max
    {
        let () = checks
            .take("/partsPerSecond", Err("must be at most maxPartsPerSecond"))
            .unwrap_or_default();
    }
    SenderChange { parts_per_second, max_parts_per_second, ..SenderChange::default() }
}

fn take_tests(checks: &mut Checks, limit: Option<u32>) -> Option<u32> {
    let limit = limit?;
    let checked = if limit <= MAX_TESTS_PER_DAY {
        Ok(limit)
    } else {
        Err(format!("must be between 0 and {MAX_TESTS_PER_DAY}"))
    };
    checks.take("/testsPerDay", checked)
}

fn checked_rate(rate: u32) -> Result<u32, String> {
    if (1..=PARTS_PER_SECOND_MOST).contains(&rate) {
        Ok(rate)
    } else {
        Err(format!("must be between 1 and {PARTS_PER_SECOND_MOST}"))
    }
}

impl From<Denied> for Problem {
    fn from(denied: Denied) -> Self {
        let detail = denied.to_string();
        match denied {
            Denied::DeploymentOnly { .. } => Self::new(Code::DeploymentOnly, detail),
            Denied::NotAssigned => Self::new(Code::SenderNotAssigned, detail),
            Denied::AboveLimit { .. } => Self::new(Code::RateAboveLimit, detail),
        }
    }
}

#[cfg(test)]
mod tests;
