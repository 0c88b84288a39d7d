//! The keys of what a campaign sends: chunks, messages and their receipts, targets and resends.

use shared::ids::{CampaignId, MessageId};
use shared::phone::Phone;
use shared::receipt::MessageRef;
use shared::shard::Shards;

use super::super::dynamo::Key;
use super::{CAMPAIGN, CHUNK, CHUNK_STATE, MESSAGE, PARKED, single_message};

pub(crate) fn campaign_shard(campaign: CampaignId, shard: u16) -> String {
    format!("{CAMPAIGN}{campaign}#{shard}")
}

pub(crate) fn chunk(campaign: CampaignId, shard: u16, number: u32) -> Key {
    Key::new(campaign_shard(campaign, shard), format!("{CHUNK}{number:08}"))
}

/// Between the chunks and their states. A poll begins to read after it.
pub(crate) const MARK: &str = "CHUNKMARK";

pub(crate) fn mark(campaign: CampaignId, shard: u16) -> Key {
    Key::new(campaign_shard(campaign, shard), MARK)
}

pub(crate) fn chunk_state(campaign: CampaignId, shard: u16, number: u32) -> Key {
    Key::new(campaign_shard(campaign, shard), format!("{CHUNK_STATE}{number:08}"))
}

pub(crate) fn message(campaign: CampaignId, id: MessageId, shards: Shards) -> Key {
    Key::new(campaign_shard(campaign, id.shard(shards)), format!("{MESSAGE}{id}"))
}

/// A campaign's items that are not spread over shards, because few are written.
pub(crate) fn campaign_partition(id: CampaignId) -> String {
    format!("{CAMPAIGN}{id}")
}

/// The target that a campaign was sent to.
pub(crate) fn target(campaign: CampaignId) -> Key {
    Key::new(campaign_partition(campaign), "TARGET")
}

/// The resends of an origin.
pub(crate) fn resends(origin: CampaignId) -> Key {
    Key::new(campaign_partition(origin), "RESENDS")
}

/// After the messages and parked receipts, which polls read.
pub(crate) const NAMED: &str = "RESEND#";

/// A line that a resend is for.
pub(crate) fn named(campaign: CampaignId, line: &Phone, shards: Shards) -> Key {
    Key::new(campaign_shard(campaign, line.shard(shards)), named_sort_key(line))
}

pub(crate) fn named_sort_key(line: &Phone) -> String {
    format!("{NAMED}{line}")
}

pub(crate) fn read_named(sk: &str) -> Option<Phone> {
    Phone::from_e164(sk.strip_prefix(NAMED)?).ok()
}

pub(crate) const OPT_OUT: &str = "OPTOUT#";

/// An opt-out in reply to a campaign, named by the id of a message to the phone's line.
pub(crate) fn opt_out(campaign: CampaignId, id: MessageId) -> Key {
    Key::new(campaign_partition(campaign), format!("{OPT_OUT}{id}"))
}

/// The item that a receipt applies to.
pub(crate) fn message_of(message: &MessageRef, shards: Shards) -> Key {
    single_message(message)
        .unwrap_or_else(|| self::message(message.campaign_id, message.message_id, shards))
}

/// A receipt that waits for its message, in the partition of that message.
pub(crate) fn parked(message: &MessageRef, shards: Shards, provider_id: &str, status: &str) -> Key {
    let Key { pk, sk } = parked_beside(message, shards);
    Key::new(pk, format!("{sk}{provider_id}#{status}"))
}

/// The partition and the sort key prefix of all receipts that wait for a message.
pub(crate) fn parked_beside(message: &MessageRef, shards: Shards) -> Key {
    let beside = message_of(message, shards);
    Key::new(beside.pk, format!("{PARKED}{}#", message.message_id))
}
