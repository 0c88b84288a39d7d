//! Texts that people send. An opt-out is in the table before the webhook responds: a STOP doesn't
//! wait in a queue while the next message is sent, unless the table can't accept it. Events that
//! AWS publishes are on a separate queue, where a flood of receipts can't delay them.

use infra::clock;
use infra::gateway::Inbound;
use infra::table::{InboundKept, Registered};
use serde_json::json;
use shared::actor::Actor;
use shared::campaign::Campaign;
use shared::ids::OrganizationId;
use shared::keyword::{Keyword, Keywords};
use shared::organization::Organization;
use shared::phone::Phone;
use shared::time::Timestamp;
use shared::unsubscribe::{self, Preference, Source};

use crate::App;
use crate::archive::{self, Filed};
use crate::confirm::{Heard, Reply, reply};
use crate::hearers::{Found, Hearers};
use crate::organizations::owners;

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

    /// When the text arrived.
    fn at(self, now: Timestamp) -> Timestamp {
        match self {
            Self::Now => now,
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
    let heard = hear(app, inbound, Hearers { owners, failure: None }, Arrival::Queued(at)).await?;
    Ok(reply(inbound, &heard, clock::now()))
}

/// Keeps a text and applies its keyword, if it has one. An opt-out counts for every organization whose
/// address it was sent to, and for the next one if theirs was deleted. Other texts, and
/// subscriptions, are the first one's.
pub(crate) async fn hear(
    app: &App,
    inbound: &Inbound,
    hearers: Hearers,
    arrival: Arrival,
) -> anyhow::Result<Vec<Heard>> {
    let received_at = arrival.at(clock::now());
    let Found { present, gone, failure } = hearers.find(app, received_at).await;
    refuse(app, inbound, &gone, received_at).await;
    if present.is_empty() && failure.is_none() {
        keep_unowned(app, inbound).await?;
    }
    let mut heard = Vec::new();
    for (share, organization) in present {
        let keyword = read(inbound, &organization.keywords);
        if !share.includes(keyword) {
            continue;
        }
        let change = match keyword {
            None | Some(Keyword::Help) => None,
            Some(Keyword::Stop) => keep(app, &organization, inbound, false, arrival).await?,
            Some(Keyword::Start) => keep(app, &organization, inbound, true, arrival).await?,
        };
        let campaign = last_campaign(app, &organization, &inbound.from).await;
        if let Some(campaign) = &campaign {
            count(app, &organization, inbound, campaign, (keyword, change.as_ref())).await?;
        }
        let campaign_id = campaign.map(|campaign| campaign.id);
        let filed = Filed { keyword, campaign_id, received_at };
        let kept = archive::keep(app, &organization, inbound, filed).await?;
        let Some(keyword) = keyword else { continue };
        let is_effective = change.is_some() || keyword == Keyword::Help;
        let is_new = is_effective && kept == InboundKept::New;
        heard.push(Heard { organization, keyword, is_new, received_at });
    }
    failure.map_or(Ok(heard), Err)
}

/// The campaign that the person may be replying to. Their text takes effect without it, so a failure
/// to find it must not lose the text.
async fn last_campaign(app: &App, organization: &Organization, from: &Phone) -> Option<Campaign> {
    let found = app.table.last_campaign_to(organization, from).await;
    let log = |error: infra::table::TableError| {
        tracing::warn!(error = ?anyhow::Error::from(error), "a text has no campaign");
    };
    found.map_err(log).ok().flatten()
}

/// Counts a person among those who opted out in reply to a campaign, or who replied something else.
async fn count(
    app: &App,
    organization: &Organization,
    inbound: &Inbound,
    campaign: &Campaign,
    (keyword, change): (Option<Keyword>, Option<&Preference>),
) -> anyhow::Result<()> {
    match (keyword, change) {
        (Some(Keyword::Stop), Some(opt_out)) => {
            app.table.attribute(opt_out, campaign.id, organization.shards).await?;
            app.table.note_opt_out(campaign, &inbound.from).await?;
        }
        (Some(Keyword::Stop), None) => {}
        (None | Some(Keyword::Start | Keyword::Help), _) => {
            app.table.note_reply(campaign, &inbound.from).await?;
        }
    }
    Ok(())
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
    let Inbound { from, to, body, provider_id: _, keyword: _ } = inbound;
    let to = to.first().map(String::as_str).unwrap_or_default();
    let letter = json!({ "from": from.as_str(), "to": to, "body": body }).to_string();
    let reason = "an opt-out for an address that no organization has";
    anyhow::ensure!(app.dead_letters.keep(&letter, reason).await, "failed to keep {reason}");
    Ok(())
}

/// Keeps an opt-out to the address of deleted organizations for its next owner. A failure is only
/// logged, because the text is also kept for a person to look at.
async fn refuse(app: &App, inbound: &Inbound, gone: &[OrganizationId], at: Timestamp) {
    if read(inbound, &Keywords::default()) != Some(Keyword::Stop) {
        return;
    }
    for id in gone {
        let opt_out = preference(*id, inbound, false, at);
        if let Err(error) = app.table.refuse_for_next(&opt_out).await {
            let error = anyhow::Error::from(error);
            tracing::error!(error = ?error, "failed to keep an opt-out for an address's next owner");
        }
    }
}

fn preference(
    organization_id: OrganizationId,
    inbound: &Inbound,
    subscribed: bool,
    changed_at: Timestamp,
) -> Preference {
    Preference {
        organization_id,
        phone: inbound.from.clone(),
        subscribed,
        changed_at,
        source: Source::Keyword,
        campaign_id: None,
        evidence: Some(unsubscribe::evidence(&inbound.body)),
        changed_by: Some(Actor::System),
    }
}

/// Registers a keyword. Returns the preference unless the register knew it already, or a newer one.
async fn keep(
    app: &App,
    organization: &Organization,
    inbound: &Inbound,
    subscribed: bool,
    arrival: Arrival,
) -> anyhow::Result<Option<Preference>> {
    let changed_at = arrival.moment(subscribed, clock::now());
    let mut preference = preference(organization.id, inbound, subscribed, changed_at);
    let mut registered = app.table.register(&preference, organization.shards).await?;
    if let Registered::Older { than } = registered
        && !subscribed
        && arrival.outranks(than)
    {
        preference.changed_at = than;
        registered = app.table.opt_out(&mut preference, organization.shards).await?;
    }
    Ok((registered == Registered::Done).then_some(preference))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str, keyword: Option<&str>) -> Option<Keyword> {
        let inbound = Inbound {
            provider_id: None,
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
