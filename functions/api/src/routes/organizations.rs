//! Organisations.

use std::collections::BTreeMap;

use axum::extract::State;
use http::StatusCode;
use infra::clock;
use infra::table::OrganizationSaved;
use serde::Deserialize;
use shared::ids::OrganizationId;
use shared::keyword::Keywords;
use shared::organization::{NAME_LONGEST, Organization, SHARDS};
use shared::phone::{Phone, Region};
use shared::price::PriceList;
use shared::sender::{PARTS_PER_SECOND_MOST, Provider, Sender};
use shared::text;
use utoipa::ToSchema;

use crate::auth::{Access, Admin, Caller, DeploymentOnly, Member};
use crate::checks::Checks;
use crate::idempotency::Once;
use crate::json::{Json, Reply};
use crate::page::{ListView, Paging};
use crate::params::Query;
use crate::problem::Problem;
use crate::state::{App, RACES_MOST};
use crate::views::{KeywordsSchema, OrganizationView, ProviderSchema};

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct OrganizationDraft {
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// The number that texts come from: E.164, or national as dialled in the default region. It
    /// belongs to one organisation.
    sender_phone: String,
    /// The country whose national forms are read, by its code of two letters; US if left out.
    default_region: Option<String>,
    /// Twilio by the deployment's own account if left out.
    #[schema(value_type = Option<ProviderSchema>)]
    provider: Option<Provider>,
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct OrganizationPatch {
    #[schema(min_length = 1, max_length = 200)]
    name: Option<String>,
    sender_phone: Option<String>,
    default_region: Option<String>,
    /// How many message parts the provider takes a second from the sender.
    #[schema(minimum = 1, maximum = 100_000)]
    parts_per_second: Option<u32>,
    prices: Option<PricesDraft>,
    /// Replaced as a whole; campaigns that are sent already keep theirs. Needs the deployment's admin
    /// key.
    #[schema(value_type = Option<ProviderSchema>)]
    provider: Option<Provider>,
    /// Replaced as a whole.
    #[schema(value_type = Option<KeywordsSchema>)]
    keywords: Option<Keywords>,
}

/// What a message part costs, by the recipient's country.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct PricesDraft {
    #[schema(example = "USD")]
    currency: String,
    /// Amounts in decimals, by country codes of two letters.
    #[schema(example = json!({"US": "0.0079"}))]
    per_part: BTreeMap<String, String>,
}

/// Makes an organisation. Needs the deployment's admin key.
#[utoipa::path(post, path = "/v1/organizations", tag = "Organizations",
    request_body = OrganizationDraft,
    responses(
        (status = 201, description = "The new organisation.", body = OrganizationView),
        (status = 409, description = "`sender_taken`: another organisation has the sender."),
    ))]
pub(crate) async fn create_organization(
    State(app): State<App>,
    _: DeploymentOnly,
    once: Once,
    Json(draft): Json<OrganizationDraft>,
) -> Result<Reply, Problem> {
    let now = clock::now();
    let (name, sender, default_region) = draft.checked()?;
    let organization = Organization {
        id: OrganizationId::new(now, clock::entropy()),
        name,
        sender,
        default_region,
        prices: None,
        keywords: Keywords::default(),
        shards: SHARDS,
        created_at: now,
        updated_at: now,
    };
    let reply = Reply::new(StatusCode::CREATED, &OrganizationView::from(&organization))?;
    let remember = once.remember(&reply, now);
    let saved = app.table.create_organization(&organization, remember.as_ref()).await?;
    match saved {
        OrganizationSaved::Done => Ok(reply),
        OrganizationSaved::SenderTaken => Err(sender_taken()),
        OrganizationSaved::Stale | OrganizationSaved::Answered => Err(Problem::raced()),
    }
}

/// Lists the organisations that the key opens, oldest first.
#[utoipa::path(get, path = "/v1/organizations", tag = "Organizations", params(Paging), responses(
    (status = 200, description = "A page of organisations.", body = ListView<OrganizationView>),
))]
pub(crate) async fn list_organizations(
    State(app): State<App>,
    caller: Caller,
    Query(paging): Query<Paging>,
) -> Result<Reply, Problem> {
    let scope = format!("{}/organizations", caller.name());
    let list = app.cursors.list(scope, paging.limit)?;
    let after = list.position(paging.cursor.as_deref())?;
    let (organizations, next) = match caller {
        Caller::Deployment => app.table.organizations(list.limit.into(), after).await?,
        Caller::Key(key) => {
            let own = app.table.organization(key.organization_id).await?;
            (own.into_iter().collect(), None)
        }
    };
    list.reply(organizations.iter().map(OrganizationView::from), next)
}

/// Answers an organisation.
#[utoipa::path(get, path = "/v1/organizations/{organizationId}", tag = "Organizations", responses(
    (status = 200, description = "The organisation.", body = OrganizationView),
))]
pub(crate) async fn get_organization(access: Access<Member>) -> Result<Reply, Problem> {
    Reply::ok(&OrganizationView::from(&access.organization))
}

/// Changes the fields that are given.
#[utoipa::path(patch, path = "/v1/organizations/{organizationId}", tag = "Organizations",
    request_body = OrganizationPatch,
    responses(
        (status = 200, description = "The organisation as it is now.", body = OrganizationView),
        (status = 409, description = "`sender_taken`: another organisation has the sender."),
    ))]
pub(crate) async fn update_organization(
    State(app): State<App>,
    access: Access<Admin>,
    Json(patch): Json<OrganizationPatch>,
) -> Result<Reply, Problem> {
    if patch.provider.is_some() && !access.is_deployment {
        // It names accounts, numbers and secrets of the deployment, which are no tenant's to choose.
        return Err(Problem::forbidden());
    }
    let mut before = access.organization;
    for _ in 0..RACES_MOST {
        let after = Organization {
            updated_at: clock::now().or_after(before.updated_at),
            ..patch.applied(&before)?
        };
        match app.table.save_organization(&before, &after).await? {
            OrganizationSaved::Done => return Reply::ok(&OrganizationView::from(&after)),
            OrganizationSaved::SenderTaken => return Err(sender_taken()),
            OrganizationSaved::Stale | OrganizationSaved::Answered => {
                let found = app.table.organization(before.id).await?;
                before = found.ok_or_else(Problem::not_found)?;
            }
        }
    }
    Err(Problem::raced())
}

impl OrganizationDraft {
    fn checked(self) -> Result<(String, Sender, Region), Problem> {
        let mut checks = Checks::default();
        let region = self.default_region.as_deref().map(str::parse::<Region>);
        let region = checks.take("/defaultRegion", region.transpose());
        let region = region.map(Option::unwrap_or_default);
        let name = checks.take("/name", text::name(&self.name, NAME_LONGEST));
        let written = Phone::parse(&self.sender_phone, region.unwrap_or_default());
        let phone = checks.take("/senderPhone", written);
        let provider = take_provider(&mut checks, self.provider.unwrap_or_default());
        match (name, phone, provider, region) {
            (Some(name), Some(phone), Some(provider), Some(region)) => {
                Ok((name, Sender::new(phone, provider), region))
            }
            _ => Err(checks.problem()),
        }
    }
}

impl OrganizationPatch {
    /// Every field that is given is checked, so that one answer names all that do not validate.
    fn applied(&self, before: &Organization) -> Result<Organization, Problem> {
        let mut checks = Checks::default();
        let mut after = before.clone();
        if let Some(name) = &self.name {
            take_into(&mut after.name, checks.take("/name", text::name(name, NAME_LONGEST)));
        }
        if let Some(region) = &self.default_region {
            let region = checks.take("/defaultRegion", region.parse::<Region>());
            take_into(&mut after.default_region, region);
        }
        if let Some(written) = &self.sender_phone {
            let phone = Phone::parse(written, after.default_region);
            take_into(&mut after.sender.phone, checks.take("/senderPhone", phone));
        }
        if let Some(rate) = self.parts_per_second {
            let rate = checks.take("/partsPerSecond", checked_rate(rate));
            take_into(&mut after.sender.parts_per_second, rate);
        }
        if let Some(prices) = &self.prices {
            let prices = PriceList::read(&prices.currency, &prices.per_part).map(Some);
            take_into(&mut after.prices, checks.take("/prices", prices));
        }
        if let Some(provider) = &self.provider {
            let provider = take_provider(&mut checks, provider.clone());
            take_into(&mut after.sender.provider, provider);
        }
        if let Some(keywords) = &self.keywords {
            let keywords = checks.take("/keywords", keywords.clone().checked());
            take_into(&mut after.keywords, keywords);
        }
        checks.passed().map(|()| after)
    }
}

fn take_into<T>(place: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *place = value;
    }
}

fn take_provider(checks: &mut Checks, provider: Provider) -> Option<Provider> {
    match provider.checked() {
        Ok(provider) => Some(provider),
        Err(error) => checks.take(&format!("/provider{}", error.pointer), Err(error)),
    }
}

fn checked_rate(rate: u32) -> Result<u32, String> {
    if (1..=PARTS_PER_SECOND_MOST).contains(&rate) {
        Ok(rate)
    } else {
        Err(format!("must be 1 to {PARTS_PER_SECOND_MOST}"))
    }
}

fn sender_taken() -> Problem {
    let detail = "the sender's phone belongs to another organisation";
    Problem::conflict("sender_taken", detail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::tests::read;

    #[tokio::test]
    async fn every_bad_field_is_named() {
        let draft = OrganizationDraft {
            name: " ".to_owned(),
            sender_phone: "call me".to_owned(),
            default_region: Some("Utopia".to_owned()),
            provider: None,
        };
        let (_, body) = read(draft.checked().expect_err("refused")).await;
        let errors = body["errors"].as_array().expect("errors").iter();
        let pointers: Vec<_> = errors.map(|error| error["pointer"].clone()).collect();
        assert_eq!(pointers, ["/defaultRegion", "/name", "/senderPhone"]);
    }

    #[test]
    fn a_sender_is_read_in_its_region() {
        let draft = OrganizationDraft {
            name: "Ferry".to_owned(),
            sender_phone: "07911 123456".to_owned(),
            default_region: Some("gb".to_owned()),
            provider: None,
        };
        let (_, sender, _) = draft.checked().map_err(|_| ()).expect("valid");
        assert_eq!(sender.phone.as_str(), "+447911123456");
    }
}
