//! What someone at the organization decides about a text.

use axum::extract::State;
use infra::clock;
use infra::table::{Registered, Saved};
use shared::actor::Actor;
use shared::ids::InboundId;
use shared::inbound::{CannotDismiss, InboundMessage};
use shared::organization::Organization;
use shared::time::Timestamp;
use shared::unsubscribe::{self, Preference, Source};

use super::find;
use crate::auth::{Access, Sender};
use crate::json::{MaybeJson, Nothing, Reply};
use crate::params::Segment;
use crate::problem::{Code, Problem};
use crate::state::{App, MAX_RACES, Volley};
use crate::views::InboundView;

/// Suppress the phone of an inbound message
///
/// Unsubscribes the phone, with the text as evidence, and settles the flag. The opt-out counts as the
/// person's own, so only an admin can lift it. Works for any message, and also after its flag was
/// dismissed. Repeating the request changes nothing.
#[utoipa::path(post, path = "/v1/organizations/{organizationId}/inbound/{inboundId}/suppress",
    tag = "Inbound",
    responses((status = 200, description = "The phone is unsubscribed.", body = InboundView)))]
pub(crate) async fn suppress_inbound(
    State(app): State<App>,
    access: Access<Sender>,
    Segment(id): Segment<InboundId>,
    MaybeJson(Nothing {}): MaybeJson<Nothing>,
) -> Result<Reply, Problem> {
    let found = find(&app, access.organization.id, id).await?;
    // First, because it is what the person wants. A repeated request makes up for what is missing.
    opt_out(&app, &access.organization, &found, &access.actor).await?;
    decide(&app, &access, id, |message, now| Ok(message.suppressed(access.actor.clone(), now)))
        .await
}

/// Dismiss the flag of an inbound message
///
/// Says that the text does not revoke consent. Repeating the request changes nothing.
#[utoipa::path(post, path = "/v1/organizations/{organizationId}/inbound/{inboundId}/dismiss",
    tag = "Inbound",
    responses(
        (status = 200, description = "The flag is dismissed.", body = InboundView),
        (status = 409, description = "`inbound_not_flagged`: the message was not flagged. \
                                      `inbound_suppressed`: the phone was suppressed because of it."),
    ))]
pub(crate) async fn dismiss_inbound(
    State(app): State<App>,
    access: Access<Sender>,
    Segment(id): Segment<InboundId>,
    MaybeJson(Nothing {}): MaybeJson<Nothing>,
) -> Result<Reply, Problem> {
    decide(&app, &access, id, |message, now| {
        message.dismissed(access.actor.clone(), now).map_err(cannot_dismiss)
    })
    .await
}

/// Writes a decision about a message, unless there is nothing to change.
async fn decide(
    app: &Volley,
    access: &Access<Sender>,
    id: InboundId,
    decision: impl Fn(&InboundMessage, Timestamp) -> Result<Option<InboundMessage>, Problem>,
) -> Result<Reply, Problem> {
    for _ in 0..MAX_RACES {
        let before = find(app, access.organization.id, id).await?;
        let Some(after) = decision(&before, clock::now())? else {
            return Reply::ok(&InboundView::from(before));
        };
        if app.table.decide_inbound(&before, &after).await? == Saved::Done {
            return Reply::ok(&InboundView::from(after));
        }
    }
    Err(Problem::raced())
}

/// Opts the writer of a text out, and counts that among the opt-outs of its campaign.
async fn opt_out(
    app: &Volley,
    organization: &Organization,
    message: &InboundMessage,
    actor: &Actor,
) -> Result<(), Problem> {
    let mut preference = Preference {
        organization_id: organization.id,
        phone: message.from.clone(),
        subscribed: false,
        changed_at: clock::now(),
        source: Source::Keyword,
        campaign_id: message.campaign_id,
        evidence: Some(unsubscribe::evidence(&message.text)),
        changed_by: Some(actor.clone()),
    };
    let registered = app.table.opt_out(&mut preference, organization.shards).await?;
    if let (Registered::Done, Some(id)) = (registered, message.campaign_id)
        && let Some(campaign) = app.table.campaign(organization.id, id).await?
    {
        app.table.note_opt_out(&campaign, &message.from).await?;
    }
    Ok(())
}

fn cannot_dismiss(refusal: CannotDismiss) -> Problem {
    let code = match refusal {
        CannotDismiss::NotFlagged => Code::InboundNotFlagged,
        CannotDismiss::Suppressed => Code::InboundSuppressed,
    };
    Problem::new(code, refusal.to_string())
}
