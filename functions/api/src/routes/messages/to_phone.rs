//! The message to one phone: of one campaign, or of all of them.
//!
//! A message's id is derived from its phone and what is stored with its campaign, so it is read by its
//! key. Only a message that no one has claimed yet has no item, and is searched for in the chunks of the
//! phone's shard.

use infra::table::{CampaignPosition, TableError};
use serde::{Deserialize, Serialize};
use shared::campaign::{Broadcast, Campaign};
use shared::ids::{MessageId, OrganizationId};
use shared::message::Message;
use shared::phone::Phone;

use super::filter::MessageFilter;
use crate::json::Reply;
use crate::page::List;
use crate::problem::Problem;
use crate::state::Volley;
use crate::views::MessageView;

/// The maximum number of chunks that one request reads.
const MAX_CHUNKS: u32 = 64;
const CHUNKS_AT_ONCE: i32 = 16;

/// Where the search of the chunks continues. Both forms of a phone may have a shard.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
struct Position {
    form: usize,
    chunk: u32,
}

/// A campaign's message to a phone. A page is empty while its chunks are still being searched.
pub(super) async fn list_to_phone(
    app: &Volley,
    campaign: &Campaign,
    list: &List<'_>,
    cursor: Option<&str>,
    (phone, filter): (&Phone, &MessageFilter),
) -> Result<Reply, Problem> {
    let at: Option<Position> = list.position(cursor)?;
    let Some(broadcast) = campaign.broadcast() else {
        return list.reply(Vec::<MessageView>::new(), None::<Position>);
    };
    let views = |messages: Vec<Message>| {
        // An erased message still has the id derived from the phone, but must not be shown for it.
        let known = messages.into_iter().filter(|message| message.to.is_some());
        let wanted = known.filter(|message| filter.matches(message));
        wanted.map(|message| MessageView::of_campaign(campaign, broadcast, message))
    };
    if at.is_none() {
        let ids: Vec<MessageId> = campaign.message_ids_to(phone).into_iter().collect();
        let organization = campaign.organization_id;
        let claimed = app.table.messages(organization, campaign.id, &ids, broadcast.shards).await?;
        if !claimed.is_empty() {
            return list.reply(views(claimed), None::<Position>);
        }
    }
    let (pending, next) = search(app, campaign, broadcast, phone, at.unwrap_or_default()).await?;
    list.reply(views(pending.into_iter().collect()), next)
}

/// Searches the chunks for a recipient with this phone.
async fn search(
    app: &Volley,
    campaign: &Campaign,
    broadcast: &Broadcast,
    phone: &Phone,
    mut at: Position,
) -> Result<(Option<Message>, Option<Position>), TableError> {
    let forms = phone.forms();
    let mut read = 0;
    while let Some(form) = forms.get(at.form) {
        if read >= MAX_CHUNKS {
            return Ok((None, Some(at)));
        }
        let shard = form.shard(broadcast.shards);
        let chunks = app.table.chunks_from(campaign.id, shard, at.chunk, CHUNKS_AT_ONCE).await?;
        let recipients = chunks.iter().flat_map(|chunk| &chunk.recipients);
        let mut recipients =
            recipients.filter(|it| it.phone().is_some_and(|of| of.line() == phone.line()));
        if let Some(recipient) = recipients.next() {
            return Ok((Some(campaign.pending_message(broadcast, recipient)), None));
        }
        read += u32::try_from(chunks.len()).unwrap_or(MAX_CHUNKS).max(1);
        at = match chunks.last().filter(|chunk| !chunk.ends) {
            Some(last) => Position { chunk: last.number + 1, ..at },
            None => Position { form: at.form + 1, chunk: 0 },
        };
    }
    Ok((None, None))
}

/// The messages of an organization's campaigns to a phone, the newest campaign first. A page covers
/// as many campaigns as it may have items.
pub(super) async fn list_history(
    app: &Volley,
    organization: OrganizationId,
    list: &List<'_>,
    cursor: Option<&str>,
    phone: &Phone,
) -> Result<Reply, Problem> {
    let after: Option<CampaignPosition> = list.position(cursor)?;
    let (campaigns, next) =
        app.table.campaigns(organization, None, list.limit.into(), after).await?;
    let sent: Vec<(&Campaign, &Broadcast)> =
        campaigns.iter().filter_map(|it| Some((it, it.broadcast()?))).collect();
    let wanted: Vec<_> = sent
        .iter()
        .flat_map(|(campaign, broadcast)| {
            let ids = campaign.message_ids_to(phone).into_iter();
            ids.map(|id| (campaign.id, id, broadcast.shards))
        })
        .collect();
    let mut found = app.table.messages_of_campaigns(organization, &wanted).await?;
    let mut items = Vec::new();
    for (campaign, broadcast) in sent {
        while let Some(place) = found.iter().position(|it| it.campaign_id == campaign.id) {
            let message = found.swap_remove(place);
            if message.to.is_some() {
                items.push(MessageView::of_campaign(campaign, broadcast, message));
            }
        }
    }
    list.reply(items, next)
}
