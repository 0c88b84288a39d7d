//! Messages of a campaign.
//!
//! A pending message has no item yet; it is only a recipient in a chunk. So the list walks the
//! chunks, which are the frozen audience, and looks up their recipients' messages.

mod filter;
mod to_phone;

use std::collections::HashMap;

use axum::extract::State;
use infra::table::{SingleMessage, TableError};
use serde::{Deserialize, Serialize};
use shared::campaign::{Broadcast, Campaign};
use shared::chunk::Chunk;
use shared::ids::{CampaignId, MessageId, OrganizationId};
use shared::message::{Kind, Message};
use utoipa::IntoParams;

pub(super) use self::filter::read_phone;
use self::filter::{MessageFilter, MessageQuery, Wanted, phone_of};
use self::to_phone::list_to_phone;
use super::campaigns::find;
use crate::auth::{Access, Viewer};
use crate::json::Reply;
use crate::page::{List, ListView};
use crate::params::{Query, Segment};
use crate::problem::{Code, Problem};
use crate::state::{App, Volley};
use crate::views::{MessageView, TimelineView};

/// The maximum number of chunks that one request reads. Most shards of a small audience have one
/// short or empty chunk.
const MAX_CHUNKS: usize = 64;
/// The maximum number of recipients that one request reads. A filter that matches few messages would
/// otherwise read the whole audience.
const MAX_MEMBERS: usize = 1_000;

/// List a campaign's messages
///
/// Pending messages are included. Test messages are listed only with `?kind=test`. Filters can be
/// combined.
#[utoipa::path(get, path = "/v1/organizations/{organizationId}/campaigns/{campaignId}/messages",
    tag = "Messages", params(MessageQuery),
    responses((status = 200, description = "A page of messages.", body = ListView<MessageView>)))]
pub(crate) async fn list_messages(
    State(app): State<App>,
    access: Access<Viewer>,
    Segment(id): Segment<CampaignId>,
    Query(query): Query<MessageQuery>,
) -> Result<Reply, Problem> {
    let organization = &access.organization;
    let list = app.cursors.list(query.scope(organization, id), query.limit)?;
    let cursor = query.cursor.as_deref();
    let filter = query.filter();
    let campaign = find(&app, organization.id, id).await?;
    let one = (query.phone.as_deref(), query.contact.as_deref());
    let wanted = phone_of(&app, organization, one).await?;
    match (query.kind.unwrap_or(Kind::Campaign), wanted) {
        (Kind::Test, None) => list_tests(&app, &campaign, &list, cursor, &filter).await,
        (Kind::Test, Some(_)) => {
            let detail = "test messages cannot be filtered by phone or contact";
            Err(Problem::new(Code::InvalidQuery, detail))
        }
        (Kind::Reply, _) => {
            let detail = "replies are not a campaign's; read the inbound message that they answer";
            Err(Problem::new(Code::InvalidQuery, detail))
        }
        (Kind::Campaign, None) => list_members(&app, &campaign, &list, cursor, &filter).await,
        (Kind::Campaign, Some(Wanted::Phone(phone))) => {
            list_to_phone(&app, &campaign, &list, cursor, (&phone, &filter)).await
        }
        (Kind::Campaign, Some(Wanted::Nothing)) => {
            list.reply(Vec::<MessageView>::new(), None::<Position>)
        }
    }
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct HistoryQuery {
    /// The maximum number of campaigns that are searched for a page, which may be shorter, or even
    /// empty, without being the last.
    #[param(minimum = 1, maximum = 100, default = 50)]
    limit: Option<u32>,
    /// The `nextCursor` of the previous page.
    cursor: Option<String>,
    /// The phone. Either this or `contact` is required.
    phone: Option<String>,
    /// The contact whose current phone is meant: its ID, or `ext:` and its external ID.
    contact: Option<String>,
}

/// List the messages to a phone or contact
///
/// Over all campaigns, the one created last first. Each campaign's message is found by its ID, so this
/// costs one read per campaign and nothing per message. Messages that no worker has begun to send, and
/// test messages, are not included.
#[utoipa::path(get, path = "/v1/organizations/{organizationId}/messages",
    tag = "Messages", params(HistoryQuery),
    responses((status = 200, description = "A page of messages.", body = ListView<MessageView>)))]
pub(crate) async fn list_history(
    State(app): State<App>,
    access: Access<Viewer>,
    Query(query): Query<HistoryQuery>,
) -> Result<Reply, Problem> {
    let organization = &access.organization;
    let one = (query.phone.as_deref(), query.contact.as_deref());
    let scope = format!("{}/messages?{one:?}", organization.id);
    let list = app.cursors.list(scope, query.limit)?;
    let cursor = query.cursor.as_deref();
    match phone_of(&app, organization, one).await? {
        Some(Wanted::Phone(phone)) => {
            to_phone::list_history(&app, organization.id, &list, cursor, &phone).await
        }
        Some(Wanted::Nothing) => list.reply(Vec::<MessageView>::new(), None::<Position>),
        None => {
            let detail = "phone or contact is missing";
            Err(Problem::new(Code::InvalidQuery, detail))
        }
    }
}

/// Get a message
///
/// A message can be read by its ID once Volley has started to send it. Test messages can be read too.
#[utoipa::path(get,
    path = "/v1/organizations/{organizationId}/campaigns/{campaignId}/messages/{messageId}",
    tag = "Messages",
    responses((status = 200, description = "The message.", body = MessageView)))]
pub(crate) async fn get_message(
    State(app): State<App>,
    access: Access<Viewer>,
    Segment(campaign_id): Segment<CampaignId>,
    Segment(id): Segment<MessageId>,
) -> Result<Reply, Problem> {
    let place = (access.organization.id, campaign_id, id);
    let view = viewed(&app, place, MessageView::from, MessageView::of_campaign);
    Reply::ok(&view.await?)
}

/// Get a message's timeline
///
/// Each report about the message, oldest first: the claim by a worker, the provider's response, and what
/// callbacks and look-ups reported. A report that says no more than an earlier one is not kept, and the
/// first final one stays.
#[utoipa::path(get,
    path = "/v1/organizations/{organizationId}/campaigns/{campaignId}/messages/{messageId}/timeline",
    tag = "Messages",
    responses((status = 200, description = "The timeline.", body = TimelineView)))]
pub(crate) async fn get_timeline(
    State(app): State<App>,
    access: Access<Viewer>,
    Segment(campaign_id): Segment<CampaignId>,
    Segment(id): Segment<MessageId>,
) -> Result<Reply, Problem> {
    let place = (access.organization.id, campaign_id, id);
    let of_test = |test: SingleMessage| TimelineView::new(&test.message, &test.from);
    let of_campaign = |_: &Campaign, broadcast: &Broadcast, message: Message| {
        TimelineView::new(&message, &broadcast.sender)
    };
    Reply::ok(&viewed(&app, place, of_test, of_campaign).await?)
}

/// A view of a campaign's message, or of one of its tests.
async fn viewed<View>(
    app: &App,
    (organization, campaign_id, id): (OrganizationId, CampaignId, MessageId),
    of_test: impl FnOnce(SingleMessage) -> View,
    of_campaign: impl FnOnce(&Campaign, &Broadcast, Message) -> View,
) -> Result<View, Problem> {
    let campaign = find(app, organization, campaign_id).await?;
    if !id.is_of_campaign() {
        let test = app.table.test_message(organization, campaign_id, id).await?;
        return test.map(of_test).ok_or_else(Problem::not_found);
    }
    let broadcast = campaign.broadcast().ok_or_else(Problem::not_found)?;
    let message = app.table.message(organization, campaign_id, id, broadcast.shards).await?;
    let message = message.ok_or_else(Problem::not_found)?;
    Ok(of_campaign(&campaign, broadcast, message))
}

async fn list_tests(
    app: &Volley,
    campaign: &Campaign,
    list: &List<'_>,
    cursor: Option<&str>,
    filter: &MessageFilter,
) -> Result<Reply, Problem> {
    let after = list.position(cursor)?;
    let (tests, next) = app
        .table
        .test_messages(campaign.organization_id, campaign.id, list.limit.into(), after)
        .await?;
    let tests = tests.into_iter().filter(|test| filter.matches(&test.message));
    list.reply(tests.map(MessageView::from), next)
}

/// Where a walk through a campaign's chunks continues.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Position {
    shard: u16,
    chunk: u32,
    member: usize,
}

impl Position {
    fn next_shard(self) -> Self {
        Self { shard: self.shard + 1, ..Self::default() }
    }

    /// Behind the first `read` members of `chunk`.
    fn behind(self, chunk: &Chunk, read: usize) -> Self {
        if read < chunk.recipients.len() {
            Self { shard: self.shard, chunk: chunk.number, member: read }
        } else if chunk.ends {
            self.next_shard()
        } else {
            Self { shard: self.shard, chunk: chunk.number + 1, member: 0 }
        }
    }
}

async fn list_members(
    app: &Volley,
    campaign: &Campaign,
    list: &List<'_>,
    cursor: Option<&str>,
    filter: &MessageFilter,
) -> Result<Reply, Problem> {
    let mut at: Position = list.position(cursor)?.unwrap_or_default();
    let Some(broadcast) = campaign.broadcast() else {
        return list.reply(Vec::<MessageView>::new(), None::<Position>);
    };
    let limit = usize::from(list.limit);
    let mut kept = Vec::with_capacity(limit);
    let (mut chunks, mut members) = (0, 0);
    while at.shard < broadcast.shards.count()
        && kept.len() < limit
        && chunks < MAX_CHUNKS
        && members < MAX_MEMBERS
    {
        chunks += 1;
        let page = app.table.chunks_from(campaign.id, at.shard, at.chunk, 1).await?;
        let Some(chunk) = page.first() else {
            // The fan-out has not come further in this shard.
            at = at.next_shard();
            continue;
        };
        // Without a filter, only the messages of this page are looked up.
        let max = if filter.is_empty() { limit - kept.len() } else { usize::MAX };
        let messages = members_from(app, campaign, broadcast, chunk, at.member, max).await?;
        members += messages.len();
        let mut read = at.member;
        for message in messages {
            read += 1;
            if filter.matches(&message) {
                kept.push(MessageView::of_campaign(campaign, broadcast, message));
            }
            if kept.len() == limit {
                break;
            }
        }
        at = at.behind(chunk, read);
    }
    let next = (at.shard < broadcast.shards.count()).then_some(at);
    list.reply(kept, next)
}

/// Reads up to `max` messages of a chunk, starting with the recipient at `from`.
async fn members_from(
    app: &Volley,
    campaign: &Campaign,
    broadcast: &Broadcast,
    chunk: &Chunk,
    from: usize,
    max: usize,
) -> Result<Vec<Message>, TableError> {
    let pending: Vec<Message> = chunk
        .recipients
        .iter()
        .skip(from)
        .take(max)
        .map(|recipient| campaign.pending_message(broadcast, recipient))
        .collect();
    let ids: Vec<MessageId> = pending.iter().map(|message| message.id).collect();
    let claimed =
        app.table.messages(campaign.organization_id, campaign.id, &ids, broadcast.shards).await?;
    let mut claimed: HashMap<MessageId, Message> =
        claimed.into_iter().map(|message| (message.id, message)).collect();
    let messages =
        pending.into_iter().map(|message| claimed.remove(&message.id).unwrap_or(message));
    Ok(messages.collect())
}

#[cfg(test)]
mod tests;
