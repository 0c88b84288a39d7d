//! Inbound words. An opt-out is on the table before it is answered: from Twilio no queue stands
//! between a STOP and the next message that must not leave; what AWS publishes lies on a queue of
//! its own, where no flood of receipts keeps it waiting.

use std::sync::Arc;
use std::time::Duration;

use infra::clock;
use infra::gateway::aws::Inbound;
use infra::gateway::{Handover, Outgoing};
use infra::table::{Owner, Registered};
use serde_json::json;
use shared::keyword::{Keyword, Keywords};
use shared::organization::Organization;
use shared::phone::Phone;
use shared::sender::{AwsSender, Provider, Sender};
use shared::time::Timestamp;
use shared::unsubscribe::{Preference, Source};

use crate::App;
use crate::http::{Form, Response};
use crate::organizations::REMEMBERED;

const EVIDENCE_LONGEST: usize = 160;
const REPLIES_WITHIN: Duration = Duration::from_secs(20);
/// Names the Messaging Service of the number that was written to, if it has one.
pub(crate) const SERVICE: &str = "MessagingServiceSid";

/// The organisations that a person wrote to: by the number, and by its Messaging Service. There are
/// two where one has claimed a number of the other's pool, and a STOP counts for both.
pub(crate) async fn owners(
    app: &App,
    to: &Phone,
    service: Option<&str>,
) -> anyhow::Result<Vec<Owner>> {
    let mut owners: Vec<Owner> = Vec::new();
    let service = service.filter(|service| !service.is_empty());
    for address in [Some(to.as_str()), service].into_iter().flatten() {
        let owner = app.table.sender_owner(address).await?;
        let is_new = |owner: &Owner| {
            owners.iter().all(|known| known.organization_id != owner.organization_id)
        };
        owners.extend(owner.filter(is_new));
    }
    Ok(owners)
}

/// Takes what Twilio says that a person wrote.
pub(crate) async fn take(app: &App, form: &Form) -> anyhow::Result<Response> {
    let phones = (form.get("From").map(Phone::from_e164), form.get("To").map(Phone::from_e164));
    let (Some(Ok(from)), Some(Ok(to))) = phones else {
        return Ok(Response::status(400));
    };
    let body = form.get("Body").unwrap_or_default();
    let inbound = Inbound { from, to, body: body.to_owned(), keyword: None };
    let owners = owners(app, &inbound.to, form.get(SERVICE)).await?;
    // Twilio names the keyword itself where its own opt-out handling is on.
    let heard = hear(app, &inbound, owners, form.get("OptOutType"), None).await?;
    Ok(Response::to_person(heard.iter().find_map(Heard::reply)))
}

/// Takes what AWS says that a person wrote; answers what is ours to reply.
pub(crate) async fn take_published(
    app: &App,
    inbound: &Inbound,
    at: Timestamp,
) -> anyhow::Result<Option<Reply>> {
    let owners = owners(app, &inbound.to, None).await?;
    let heard = hear(app, inbound, owners, None, Some(at)).await?;
    Ok(heard.iter().find_map(|heard| {
        let body = heard.reply()?.to_owned();
        Some(Reply {
            from: answering(&heard.organization, &inbound.to)?,
            to: inbound.from.clone(),
            body,
        })
    }))
}

/// A reply that AWS is to be asked to send.
pub(crate) struct Reply {
    from: Sender,
    to: Phone,
    body: String,
}

/// The sender of an answer: the very number that the person wrote to, if it is one of AWS's still.
fn answering(organization: &Organization, number: &Phone) -> Option<Sender> {
    let Provider::Aws(settings) = &organization.sender.provider else {
        return None;
    };
    let is_own = organization.sender.addresses().contains(number.as_str());
    let settings = AwsSender { origination_identity: None, ..settings.clone() };
    is_own.then(|| Sender::new(number.clone(), Provider::Aws(settings)))
}

/// Sends replies side by side. Who gets none has still been heard, so they have little time.
pub(crate) async fn reply(app: &App, replies: Vec<Reply>) {
    let sent = replies.iter().map(async |reply| {
        let Reply { from, to, body } = reply;
        let gateway = app.gateways.of(from).await?;
        let outgoing = Outgoing { message: None, from, to, body };
        anyhow::Ok(gateway.hand_over(&outgoing).await)
    });
    let sent = tokio::time::timeout(REPLIES_WITHIN, futures::future::join_all(sent)).await;
    for answer in sent.unwrap_or_default() {
        if !matches!(answer, Ok(Handover::Accepted(_))) {
            tracing::warn!(?answer, "a reply was not taken");
        }
    }
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

/// Keeps what a person's words ask for. They were written at a time that is told, or just now.
async fn hear(
    app: &App,
    inbound: &Inbound,
    owners: Vec<Owner>,
    told: Option<&str>,
    at: Option<Timestamp>,
) -> anyhow::Result<Vec<Heard>> {
    if owners.is_empty() {
        keep_unowned(app, inbound, told).await?;
    }
    let mut heard = Vec::new();
    for owner in owners {
        let id = owner.organization_id;
        let found = app.organizations.find(&app.table, id, REMEMBERED).await?;
        let Some(organization) = found else { continue };
        let Some(keyword) = read(inbound, told, &organization.keywords) else { continue };
        let is_new = match keyword {
            Keyword::Help => true,
            Keyword::Stop => keep(app, &organization, inbound, false, at).await?,
            Keyword::Start => keep(app, &organization, inbound, true, at).await?,
        };
        heard.push(Heard { organization, keyword, is_new });
    }
    Ok(heard)
}

/// The keyword that a person wrote. What AWS recognized counts as an opt-out only: it matches the
/// beginning of a text, and a text that begins like an opt-in may be none.
fn read(inbound: &Inbound, told: Option<&str>, own: &Keywords) -> Option<Keyword> {
    let matched = inbound.keyword.as_deref().and_then(|keyword| Keyword::read(keyword, own));
    if matched == Some(Keyword::Stop) {
        return matched;
    }
    told.and_then(|told| Keyword::read(told, own)).or_else(|| Keyword::read(&inbound.body, own))
}

/// An opt-out at a number that no organisation has named is for somebody to look at: whoever texts
/// from that number must hear it.
async fn keep_unowned(app: &App, inbound: &Inbound, told: Option<&str>) -> anyhow::Result<()> {
    if read(inbound, told, &Keywords::default()) != Some(Keyword::Stop) {
        return Ok(());
    }
    tracing::error!("an opt-out came for a number that no organisation has");
    let Inbound { from, to, body, .. } = inbound;
    let letter = json!({ "from": from.as_str(), "to": to.as_str(), "body": body }).to_string();
    let reason = "an opt-out for a number that no organisation has";
    anyhow::ensure!(app.dead_letters.keep(&letter, reason).await, "failed to keep {reason}");
    Ok(())
}

/// Writes the word to the register, with what the person may have answered to.
async fn keep(
    app: &App,
    organization: &Organization,
    inbound: &Inbound,
    subscribed: bool,
    at: Option<Timestamp>,
) -> anyhow::Result<bool> {
    let mut preference = Preference {
        organization_id: organization.id,
        phone: inbound.from.clone(),
        subscribed,
        changed_at: at.unwrap_or_else(clock::now),
        source: Source::Keyword,
        campaign_id: None,
        evidence: Some(inbound.body.trim().chars().take(EVIDENCE_LONGEST).collect()),
    };
    let registered = if at.is_none() && !subscribed {
        app.table.opt_out(&mut preference, organization.shards).await?
    } else {
        app.table.register(&preference, organization.shards).await?
    };
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
