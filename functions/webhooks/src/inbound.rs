//! Texts that people send. An opt-out is in the table before the webhook responds: a STOP doesn't
//! wait in a queue while the next message is sent, unless the table can't accept it. Events that
//! AWS publishes are on a separate queue, where a flood of receipts can't delay them.

use std::sync::Arc;
use std::time::Duration;

use infra::clock;
use infra::gateway::{Handover, Inbound, Outgoing, sender_of_reply};
use infra::table::Registered;
use infra::trace::Scope;
use serde_json::json;
use shared::actor::Actor;
use shared::keyword::{Keyword, Keywords};
use shared::organization::Organization;
use shared::phone::Phone;
use shared::sender::Sender;
use shared::time::Timestamp;
use shared::unsubscribe::{Preference, Source};

use crate::App;
use crate::authenticate::Hearers;
use crate::organizations::{REMEMBERED, owners};

const MAX_EVIDENCE_CHARACTERS: usize = 160;
const REPLIES_WITHIN: Duration = Duration::from_secs(20);

/// How far the clocks of two functions are assumed to differ.
const CLOCKS_DIFFER_SECONDS: i64 = 300;

/// When a text arrived, and by whose clock.
#[derive(Clone, Copy)]
pub(crate) enum Arrival {
    /// Just now.
    Now,
    /// At a time of the queue, which has one clock.
    Queued(Timestamp),
    /// At a time of another function, which could only leave it to the queue.
    Late(Timestamp),
}

impl Arrival {
    /// The moment from which a keyword counts. A subscription that was delayed must not outrank an
    /// opt-out only because it was timestamped by another clock.
    fn moment(self, subscribed: bool, now: Timestamp) -> Timestamp {
        match self {
            Self::Now => now,
            Self::Late(at) if subscribed => at.plus_seconds(-CLOCKS_DIFFER_SECONDS),
            Self::Queued(at) | Self::Late(at) => at,
        }
    }

    /// Whether an opt-out counts although the stored preference is newer. One that arrives now is
    /// the person's last word. One that was delayed is, unless clocks cannot explain the difference.
    fn outranks(self, stored_at: Timestamp) -> bool {
        match self {
            Self::Now => true,
            Self::Queued(_) => false,
            Self::Late(at) => stored_at <= at.plus_seconds(CLOCKS_DIFFER_SECONDS),
        }
    }
}

/// Handles an inbound text from an event on a queue. `at` is when it was sent, according to the
/// event. Returns our reply, if there is one. Only the provider can put an event there, so no
/// signature is needed.
pub(crate) async fn hear_event(
    app: &App,
    inbound: &Inbound,
    at: Timestamp,
) -> anyhow::Result<Option<Reply>> {
    let owners = owners(app, &inbound.to).await?;
    let ids = owners.into_iter().map(|owner| owner.organization_id).collect();
    let heard = hear(app, inbound, Hearers { ids, failure: None }, Arrival::Queued(at)).await?;
    Ok(reply(inbound, &heard))
}

/// A reply for the provider to send.
pub(crate) struct Reply {
    from: Sender,
    to: Phone,
    body: String,
}

/// The reply to put into the response to the webhook.
pub(crate) fn reply_to_all(heard: &[Heard]) -> Option<&str> {
    heard.iter().find_map(Heard::reply)
}

/// The reply to send as a message, when no one is waiting for a response.
pub(crate) fn reply(inbound: &Inbound, heard: &[Heard]) -> Option<Reply> {
    heard.iter().find_map(|heard| {
        let body = heard.reply()?.to_owned();
        let organization = &heard.organization;
        let from = inbound.to.iter().find_map(|address| sender_of_reply(organization, address))?;
        Some(Reply { from, to: inbound.from.clone(), body })
    })
}

/// Sends replies concurrently, each in its own scope.
pub(crate) async fn send_replies(app: &App, replies: Vec<(Scope<'_>, Reply)>) {
    let sent = replies.iter().map(|(scope, reply)| scope.run(send_reply(app, reply)));
    in_time(futures::future::join_all(sent)).await;
}

/// Sends a reply in the current scope.
pub(crate) async fn send_one(app: &App, reply: &Reply) {
    in_time(send_reply(app, reply)).await;
}

/// Gives replies little time: their keywords have taken effect anyway.
async fn in_time<T>(sending: impl Future<Output = T>) {
    if tokio::time::timeout(REPLIES_WITHIN, sending).await.is_err() {
        tracing::warn!("gave up replies that took too long");
    }
}

async fn send_reply(app: &App, Reply { from, to, body }: &Reply) {
    let outgoing = Outgoing { message: None, from, to, body };
    let answer = match app.gateways.of(from).await {
        Ok(gateway) => Ok(gateway.hand_over(&outgoing).await),
        Err(error) => Err(anyhow::Error::from(error)),
    };
    if !matches!(answer, Ok(Handover::Accepted(_))) {
        tracing::warn!(?answer, "a reply was not taken");
    }
}

/// A keyword that took effect, and its organization.
pub(crate) struct Heard {
    organization: Arc<Organization>,
    keyword: Keyword,
    /// Whether it changed anything. A repeated opt-out is not confirmed again.
    is_new: bool,
}

impl Heard {
    fn reply(&self) -> Option<&str> {
        self.organization.keywords.reply(self.keyword).filter(|_| self.is_new)
    }
}

/// Applies the keyword in a text. An opt-out counts for every organization whose address it was sent
/// to, a subscription only for the first.
pub(crate) async fn hear(
    app: &App,
    inbound: &Inbound,
    hearers: Hearers,
    arrival: Arrival,
) -> anyhow::Result<Vec<Heard>> {
    let Hearers { ids, failure } = hearers;
    if ids.is_empty() && failure.is_none() {
        keep_unowned(app, inbound).await?;
    }
    let mut heard = Vec::new();
    for (place, id) in ids.into_iter().enumerate() {
        let found = app.organizations.find(&app.table, id, REMEMBERED).await?;
        let Some(organization) = found else { continue };
        let Some(keyword) = read(inbound, &organization.keywords) else { continue };
        let is_new = match keyword {
            Keyword::Help => true,
            Keyword::Stop => keep(app, &organization, inbound, false, arrival).await?,
            Keyword::Start if place > 0 => continue,
            Keyword::Start => keep(app, &organization, inbound, true, arrival).await?,
        };
        heard.push(Heard { organization, keyword, is_new });
    }
    failure.map_or(Ok(heard), Err)
}

/// The keyword in a text. An opt-out that the provider recognized counts. Its other keywords don't,
/// because AWS matches the beginning of a text, and what begins like an opt-in may not be one.
fn read(inbound: &Inbound, own: &Keywords) -> Option<Keyword> {
    let named = inbound.keyword.as_deref().and_then(|keyword| Keyword::read(keyword, own));
    if named == Some(Keyword::Stop) { named } else { Keyword::read(&inbound.body, own) }
}

/// Keeps an opt-out to an address that belongs to no organization for a person to look at, because
/// the sender of texts from there must learn about it.
async fn keep_unowned(app: &App, inbound: &Inbound) -> anyhow::Result<()> {
    if read(inbound, &Keywords::default()) != Some(Keyword::Stop) {
        tracing::warn!("a message came to an address that no organization has");
        return Ok(());
    }
    tracing::error!("an opt-out came to an address that no organization has");
    let Inbound { from, to, body, keyword: _ } = inbound;
    let to = to.first().map(String::as_str).unwrap_or_default();
    let letter = json!({ "from": from.as_str(), "to": to, "body": body }).to_string();
    let reason = "an opt-out for an address that no organization has";
    anyhow::ensure!(app.dead_letters.keep(&letter, reason).await, "failed to keep {reason}");
    Ok(())
}

/// Registers a keyword, with the campaign that the person may be replying to.
async fn keep(
    app: &App,
    organization: &Organization,
    inbound: &Inbound,
    subscribed: bool,
    arrival: Arrival,
) -> anyhow::Result<bool> {
    let mut preference = Preference {
        organization_id: organization.id,
        phone: inbound.from.clone(),
        subscribed,
        changed_at: arrival.moment(subscribed, clock::now()),
        source: Source::Keyword,
        campaign_id: None,
        evidence: Some(inbound.body.trim().chars().take(MAX_EVIDENCE_CHARACTERS).collect()),
        changed_by: Some(Actor::System),
    };
    let mut registered = app.table.register(&preference, organization.shards).await?;
    if let Registered::Older { than } = registered
        && !subscribed
        && arrival.outranks(than)
    {
        preference.changed_at = than;
        registered = app.table.opt_out(&mut preference, organization.shards).await?;
    }
    let is_new = registered == Registered::Done;
    if is_new && !subscribed {
        // The opt-out is already registered, so a failure to find its campaign must not lose it.
        match app.table.last_campaign_to(organization, &inbound.from).await {
            Ok(Some(campaign)) => {
                app.table.attribute(&preference, campaign, organization.shards).await?;
                app.table.note_opt_out(campaign, &inbound.from).await?;
            }
            Ok(None) => {}
            Err(error) => {
                tracing::warn!(error = ?anyhow::Error::from(error), "an opt-out has no campaign");
            }
        }
    }
    Ok(is_new)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str, keyword: Option<&str>) -> Option<Keyword> {
        let inbound = Inbound {
            from: Phone::from_e164("+14155550123").expect("valid"),
            to: Vec::new(),
            body: body.to_owned(),
            keyword: keyword.map(str::to_owned),
        };
        super::read(&inbound, &Keywords::default())
    }

    /// A function with a clock ahead left a START to the queue, or one with a clock behind a STOP.
    #[test]
    fn a_delayed_keyword_does_not_outrank_a_stop_because_of_clocks() {
        let at = |seconds| Timestamp::EPOCH.plus_seconds(seconds);
        let (started, stopped) = (Arrival::Late(at(1_180)), Arrival::Now);
        assert!(started.moment(true, at(1_300)) < stopped.moment(false, at(1_010)));
        let stopped = Arrival::Late(at(1_020));
        assert_eq!(stopped.moment(false, at(1_300)), at(1_020), "the evidence has its own time");
        let start = |seconds| Arrival::Now.moment(true, at(seconds));
        assert!(stopped.outranks(start(1_180)));
        assert!(!stopped.outranks(start(1_321)), "the person changed their mind");
        assert!(!Arrival::Queued(at(5)).outranks(at(6)), "the queue has one clock");
        assert_eq!(Arrival::Queued(at(5)).moment(false, at(9)), at(5));
    }

    #[test]
    fn what_the_provider_took_for_an_opt_out_is_one() {
        for (body, keyword) in [
            ("End of the month works", Some("END")),
            ("Enough already", Some("STOP")),
            ("", Some("stop")),
            ("STOP", None),
            ("STOP", Some("KEYWORD_206555")),
            ("STOP", Some("START")),
            ("STOP", Some("HELP")),
        ] {
            assert_eq!(read(body, keyword), Some(Keyword::Stop), "{body} {keyword:?}");
        }
    }

    /// The provider may have read only the beginning, and an opt-out must not be undone by mistake.
    #[test]
    fn what_the_provider_took_for_an_opt_in_need_not_be_one() {
        for keyword in [None, Some("START"), Some("HELP"), Some("KEYWORD_206555"), Some("")] {
            assert_eq!(read("Start of the season?", keyword), None, "{keyword:?}");
            assert_eq!(read("START", keyword), Some(Keyword::Start), "{keyword:?}");
            assert_eq!(read("HELP", keyword), Some(Keyword::Help), "{keyword:?}");
        }
    }
}
