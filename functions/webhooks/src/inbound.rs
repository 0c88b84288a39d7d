//! Inbound words. An opt-out is on the table before it is answered: from Twilio no queue stands
//! between a STOP and the next message that must not leave; what AWS publishes lies on a queue of
//! its own, where no flood of receipts keeps it waiting.

use std::sync::Arc;

use infra::clock;
use infra::gateway::aws::Inbound;
use infra::gateway::{Handover, Outgoing};
use infra::table::Registered;
use shared::ids::OrganizationId;
use shared::keyword::Keyword;
use shared::organization::Organization;
use shared::phone::Phone;
use shared::time::Timestamp;
use shared::unsubscribe::{Preference, Source};

use crate::App;
use crate::http::{Form, Response};

const EVIDENCE_LONGEST: usize = 160;
/// Names the Messaging Service of the number that was written to, if it has one.
pub(crate) const SERVICE: &str = "MessagingServiceSid";

/// The organisation that a person wrote to, by the number or by its Messaging Service.
pub(crate) async fn owner(
    app: &App,
    to: &Phone,
    service: Option<&str>,
) -> anyhow::Result<Option<OrganizationId>> {
    if let Some(owner) = app.table.sender_owner(to.as_str()).await? {
        return Ok(Some(owner));
    }
    match service.filter(|service| !service.is_empty()) {
        Some(service) => Ok(app.table.sender_owner(service).await?),
        None => Ok(None),
    }
}

/// Takes what Twilio says that a person wrote.
pub(crate) async fn take(app: &App, form: &Form) -> anyhow::Result<Response> {
    let phones = (form.get("From").map(Phone::from_e164), form.get("To").map(Phone::from_e164));
    let (Some(Ok(from)), Some(Ok(to))) = phones else {
        return Ok(Response::status(400));
    };
    let body = form.get("Body").unwrap_or_default();
    // Twilio names the keyword itself where its own opt-out handling is on.
    let inbound = Inbound { from, to, body: body.to_owned() };
    let heard =
        hear(app, &inbound, form.get("OptOutType"), form.get(SERVICE), clock::now()).await?;
    Ok(Response::to_person(heard.as_ref().and_then(Heard::reply)))
}

/// Takes what AWS says that a person wrote, and answers where that is ours to do.
pub(crate) async fn take_published(
    app: &App,
    inbound: &Inbound,
    at: Timestamp,
) -> anyhow::Result<()> {
    let Some(heard) = hear(app, inbound, None, None, at).await? else {
        return Ok(());
    };
    let Some(body) = heard.reply() else {
        return Ok(());
    };
    let from = &heard.organization.sender;
    let gateway = app.gateways.of(from).await?;
    let reply = Outgoing { message: None, from, to: &inbound.from, body };
    let answer = gateway.hand_over(&reply).await;
    if !matches!(answer, Handover::Accepted(_)) {
        tracing::warn!(organization.id = %heard.organization.id, ?answer, "a reply was not taken");
    }
    Ok(())
}

/// A keyword that was heard, and whose organisation it is for.
struct Heard {
    organization: Arc<Organization>,
    keyword: Keyword,
    /// Whether it is news: an opt-out that is repeated is not confirmed again.
    is_new: bool,
}

impl Heard {
    fn reply(&self) -> Option<&str> {
        self.organization.keywords.reply(self.keyword).filter(|_| self.is_new)
    }
}

/// Keeps what a person's words ask for; `None` if they ask for nothing.
async fn hear(
    app: &App,
    inbound: &Inbound,
    told: Option<&str>,
    service: Option<&str>,
    at: Timestamp,
) -> anyhow::Result<Option<Heard>> {
    let Some(organization_id) = owner(app, &inbound.to, service).await? else {
        tracing::warn!("an inbound word came for a number that no organisation has");
        return Ok(None);
    };
    let Some(organization) = app.organizations.find(&app.table, organization_id).await? else {
        return Ok(None);
    };
    let own = &organization.keywords;
    let told = told.and_then(|told| Keyword::read(told, own));
    let Some(keyword) = told.or_else(|| Keyword::read(&inbound.body, own)) else {
        return Ok(None);
    };
    let is_new = match keyword {
        Keyword::Help => true,
        Keyword::Stop | Keyword::Start => {
            let subscribed = keyword == Keyword::Start;
            keep(app, &organization, inbound, subscribed, at).await?
        }
    };
    Ok(Some(Heard { organization, keyword, is_new }))
}

/// Writes the word to the register, with what the person may have answered to.
async fn keep(
    app: &App,
    organization: &Organization,
    inbound: &Inbound,
    subscribed: bool,
    at: Timestamp,
) -> anyhow::Result<bool> {
    let preference = Preference {
        organization_id: organization.id,
        phone: inbound.from.clone(),
        subscribed,
        changed_at: at,
        source: Source::Keyword,
        campaign_id: None,
        evidence: Some(inbound.body.trim().chars().take(EVIDENCE_LONGEST).collect()),
    };
    let registered = app.table.register(&preference, organization.shards).await?;
    let is_new = registered == Registered::Done;
    if is_new && !subscribed {
        // The opt-out stands already: that its campaign is not found must not lose it.
        match app.table.last_campaign_to(organization, &inbound.from).await {
            Ok(Some(campaign)) => {
                app.table.attribute(&preference, campaign, organization.shards).await?;
            }
            Ok(None) => {}
            Err(error) => {
                tracing::warn!(error = ?anyhow::Error::from(error), "an opt-out has no campaign");
            }
        }
    }
    Ok(is_new)
}
