//! Replies to inbound messages.

use axum::extract::State;
use http::StatusCode;
use infra::clock;
use infra::gateway::sender_of_reply;
use infra::table::{MAX_REPLIES, ReplySaved, SingleMessage};
use serde::Deserialize;
use shared::body::{Body, MAX_CHARACTERS};
use shared::ids::{InboundId, MessageId};
use shared::inbound::InboundMessage;
use shared::job::{DispatchJob, Due};
use shared::message::{Kind, Message};
use shared::organization::Organization;
use shared::receipt::MessageRef;
use shared::sender::Sender as Address;
use shared::text;
use utoipa::ToSchema;

use super::find;
use crate::auth::{Access, Sender};
use crate::idempotency::Once;
use crate::json::{Json, Reply};
use crate::params::Segment;
use crate::problem::{Code, Problem};
use crate::state::{App, Volley};
use crate::views::MessageView;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReplyRequest {
    /// The text. Braces have no meaning in it.
    #[schema(min_length = 1, max_length = 1600)]
    body: String,
}

/// Reply to an inbound message
///
/// Sends one text to the person, from the address that they wrote to. A person who has opted out never
/// gets it. Without an `Idempotency-Key`, a message has one reply: repeating the request finds it. Send a
/// key for each further reply, up to ten.
#[utoipa::path(post, path = "/v1/organizations/{organizationId}/inbound/{inboundId}/reply",
    tag = "Inbound", request_body = ReplyRequest,
    responses(
        (status = 202, description = "The reply, which is about to be sent.", body = MessageView),
        (status = 409, description = "`already_replied`: the message has another reply, or ten. \
                                      `address_left`: the organization no longer has the address that \
                                      the person wrote to."),
        (status = 422, description = "`recipient_opted_out`, or the body is invalid."),
    ))]
pub(crate) async fn reply_inbound(
    State(app): State<App>,
    access: Access<Sender>,
    Segment(id): Segment<InboundId>,
    once: Once,
    Json(request): Json<ReplyRequest>,
) -> Result<Reply, Problem> {
    let organization = access.organization;
    let body = text::body(&request.body, MAX_CHARACTERS)
        .map_err(|error| Problem::field("/body", error.to_string()))?;
    let answered = find(&app, organization.id, id).await?;
    let from = sender(&organization, &answered)?;
    from.provider.check_body(&body).map_err(|error| Problem::field("/body", error.to_string()))?;
    if app.table.unsubscribe(&organization, &answered.from).await?.is_some() {
        let detail = "the person has opted out, so no reply may be sent to them";
        return Err(Problem::new(Code::RecipientOptedOut, detail));
    }
    let reference = MessageRef::of_reply(organization.id, id, MessageId::of_reply(id, once.key()));
    let replies = app.table.replies(organization.id, id).await?;
    let is_new = replies.iter().all(|known| known.message.id != reference.message_id);
    if is_new && replies.len() >= MAX_REPLIES {
        let detail = format!("the message has {MAX_REPLIES} replies, which is the most");
        return Err(Problem::new(Code::AlreadyReplied, detail));
    }
    send(&app, &reference, (answered, from, body), &once).await
}

/// Writes a reply and queues it.
async fn send(
    app: &Volley,
    reference: &MessageRef,
    (answered, from, body): (InboundMessage, Address, String),
    once: &Once,
) -> Result<Reply, Problem> {
    let now = clock::now();
    let MessageRef { organization_id, campaign_id, message_id, .. } = *reference;
    let pending = Message::pending(organization_id, campaign_id, message_id, answered.from, now);
    let reply = SingleMessage {
        message: Message { kind: Kind::Reply, ..pending },
        from,
        body: Body::from(body),
        is_dry_run: false,
        is_confirmed: false,
    };
    let due = Due { at: app.grace.after(now), job: DispatchJob::of_single(reference).into() };
    let response = Reply::new(StatusCode::ACCEPTED, &MessageView::from(reply.clone()))?;
    let remember = once.remember(&response, now);
    let expires_at = app.retention.ends_at(now);
    match app.table.create_reply(&reply, &due, expires_at, remember.as_ref()).await? {
        ReplySaved::Done => {}
        ReplySaved::Exists => return repeated(app, reference, &reply.body).await,
        ReplySaved::Answered | ReplySaved::Stale => return Err(Problem::raced()),
    }
    app.arm(&due.job, now, now).await;
    Ok(response)
}

/// The response if the message has this reply already.
async fn repeated(app: &Volley, reference: &MessageRef, body: &Body) -> Result<Reply, Problem> {
    let known = app.table.single_message(reference).await?.ok_or_else(Problem::raced)?;
    if known.body != *body {
        let detail = "the message has another reply; send an Idempotency-Key to send one more";
        return Err(Problem::new(Code::AlreadyReplied, detail));
    }
    Reply::new(StatusCode::ACCEPTED, &MessageView::from(known))
}

/// The address that the person wrote to, at the rate of the organization's sender.
fn sender(organization: &Organization, answered: &InboundMessage) -> Result<Address, Problem> {
    let found = answered.to.iter().find_map(|address| sender_of_reply(organization, address));
    let found = found.ok_or_else(|| {
        let detail = "the organization no longer has the address that the person wrote to";
        Problem::new(Code::AddressLeft, detail)
    })?;
    Ok(Address { parts_per_second: organization.sender.parts_per_second, ..found })
}
