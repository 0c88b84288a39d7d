//! What an organization's item leads to, and what stays of an opt-out.

use shared::erasure::ErasedHash;
use shared::ids::{CampaignId, ImportId, KeyId, TemplateId};
use shared::member::Member;
use shared::organization::Organization;
use shared::phone::Phone;

use super::super::dynamo::{Item, Key, item, parse, text};
use super::super::unsubscribes::{KIND as UNSUBSCRIBE, Row as UnsubscribeRow};
use super::super::webhooks::Webhooks;
use super::super::{Result, Table, TableError, inbound, keys, members};

/// Items that are found by another one only.
#[derive(Default)]
pub(super) struct Beside {
    pub(super) partitions: Vec<String>,
    pub(super) keys: Vec<Key>,
}

impl Beside {
    fn partitions(partitions: Vec<String>) -> Self {
        Self { partitions, ..Self::default() }
    }

    fn keys(keys: Vec<Key>) -> Self {
        Self { keys, ..Self::default() }
    }
}

impl Table {
    /// What has to go before an item. Keeps an opt-out's hash.
    pub(super) async fn beside(&self, organization: &Organization, of: &Item) -> Result<Beside> {
        let id = organization.id;
        let Some(sk) = text(of, "sk") else { return Ok(Beside::default()) };
        let named = |prefix: &str| sk.strip_prefix(prefix).map(str::to_owned);
        if let Some(campaign) = named(keys::CAMPAIGN).and_then(|id| id.parse().ok()) {
            // A quote is named by its campaign, too, which does no harm.
            return Ok(Beside::partitions(of_campaign(campaign, organization)));
        }
        if let Some(import) = named(keys::IMPORT).and_then(|id| id.parse::<ImportId>().ok()) {
            return Ok(Beside::partitions(vec![keys::import_partition(import)]));
        }
        if let Some(template) = named(keys::TEMPLATE).and_then(|id| id.parse::<TemplateId>().ok()) {
            return Ok(Beside::partitions(vec![keys::template_version(id, template, 0).pk]));
        }
        if let Some(key) = named(keys::KEY).and_then(|id| id.parse::<KeyId>().ok()) {
            return Ok(Beside::keys(vec![keys::api_key(key)]));
        }
        if sk.starts_with(keys::MEMBER) {
            let member: Member = parse("a member", of.clone())?;
            return Ok(Beside::keys(members::places(&member)));
        }
        if let Some((_, contact)) = keys::read_contact(&sk) {
            let external = text(of, "externalId").map(|external| keys::external_id(id, &external));
            let pointer = keys::contact_pointer(id, contact);
            return Ok(Beside::keys(external.into_iter().chain([pointer]).collect()));
        }
        if sk.starts_with(keys::TEXT) {
            return of_text(of.clone(), organization);
        }
        if sk == keys::webhooks(id).sk {
            let Webhooks { all, .. } = parse("webhooks", of.clone())?;
            let partition =
                |webhook: &shared::webhook::Webhook| keys::webhook_partition(webhook.id);
            return Ok(Beside::partitions(all.iter().map(partition).collect()));
        }
        self.keep_refusal(organization, of, &sk).await?;
        Ok(Beside::default())
    }

    /// Keeps the hash of a person who has opted out, or was erased.
    async fn keep_refusal(&self, organization: &Organization, of: &Item, sk: &str) -> Result<()> {
        let id = organization.id;
        let (hash, shard) = if let Some(phone) = sk.strip_prefix(keys::UNSUBSCRIBED) {
            let phone = Phone::from_e164(phone);
            let phone = phone.map_err(|error| TableError::malformed(UNSUBSCRIBE, error))?;
            let line = phone.line();
            (self.erased_hash(id, &line).await?, line.as_phone().shard(organization.shards))
        } else if let Some(hash) = sk.strip_prefix(keys::ERASED).and_then(ErasedHash::parse) {
            let pk = text(of, "pk").unwrap_or_default();
            let shard = pk.rsplit_once('#').and_then(|(_, shard)| shard.parse().ok());
            (hash, shard.ok_or_else(|| TableError::malformed(UNSUBSCRIBE, "it has no shard"))?)
        } else {
            return Ok(());
        };
        let row: UnsubscribeRow = parse(UNSUBSCRIBE, of.clone())?;
        if row.opted_out == Some(true) {
            let row = item(UNSUBSCRIBE, &keys::refusal(id, shard, &hash), row.erased())?;
            self.put(row, "attribute_not_exists(pk) OR attribute_exists(pk)", Vec::new()).await?;
        }
        Ok(())
    }
}

fn of_campaign(campaign: CampaignId, organization: &Organization) -> Vec<String> {
    let shards = organization.shards.all().map(|shard| keys::campaign_shard(campaign, shard));
    let others = [keys::test_messages(campaign), keys::campaign_partition(campaign)];
    shards.chain(others).collect()
}

/// All texts from the person go, so their entries do, too.
fn of_text(of: Item, organization: &Organization) -> Result<Beside> {
    let message = inbound::read(of, organization.id)?;
    let entries = keys::inbound_from(organization.id, &message.from.line());
    let partitions = vec![entries, keys::replies(message.id)];
    let keys = if message.due_on.is_some() { keys::flags(&message) } else { Vec::new() };
    Ok(Beside { partitions, keys })
}
