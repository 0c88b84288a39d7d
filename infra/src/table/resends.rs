//! Resends: the phones that they are for, and which campaigns have the same origin.

use std::collections::HashSet;

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Deserialize, Serialize};
use shared::campaign::Campaign;
use shared::ids::{CampaignId, MessageId, OrganizationId};
use shared::phone::{Line, Phone};
use shared::resend::{Resend, Verdict};
use shared::shard::Shards;

use super::campaigns::transition;
use super::dynamo::back_off::Patience;
use super::dynamo::{
    ABSENT, Consistency, Executed, Key, Range, SortKey, Statement, Transacted, item, text,
};
use super::idempotency::Remember;
use super::messages::{id_of, is_of, read};
use super::{Result, Saved, Table, keys};

const KIND: &str = "a resend";
/// The most keys of one batch.
const AT_ONCE: usize = 100;

/// The resends of an origin, in the order in which they were requested. Some may have been deleted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resends {
    pub campaigns: Vec<CampaignId>,
    /// How often the list was written. Writes are conditional on it.
    version: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Named {
    expires_at: i64,
}

impl Table {
    pub async fn resends(&self, origin: CampaignId) -> Result<Resends> {
        let found = self.get(KIND, &keys::resends(origin), Consistency::Strong).await?;
        Ok(found.unwrap_or_default())
    }

    /// Writes a resend and adds it to those of its origin, unless another was added in between.
    /// `kept` are those that still exist.
    pub async fn create_resend(
        &self,
        (campaign, origin): (&Campaign, CampaignId),
        before: &Resends,
        kept: &[CampaignId],
        remember: Option<&Remember>,
    ) -> Result<Saved> {
        let campaigns = kept.iter().copied().chain([campaign.id]).collect();
        let after = Resends { campaigns, version: before.version + 1 };
        let (condition, values) = if before.version == 0 {
            (ABSENT, Vec::new())
        } else {
            let seen = AttributeValue::N(before.version.to_string());
            ("version = :seen", vec![(":seen", seen)])
        };
        let family = item(KIND, &keys::resends(origin), after)?;
        let transaction = transition(None, campaign)?.put_if(family, condition, values);
        let record = transaction.len();
        let transaction = transaction.remember(remember)?;
        Ok(match self.transact(transaction).await? {
            Transacted::Done => Saved::Done,
            refused if remember.is_some() && refused.is_refused(record) => Saved::Answered,
            Transacted::Refused(_) | Transacted::Conflict => Saved::Stale,
        })
    }

    /// Names phones that a resend is for. Naming one again changes nothing.
    pub async fn name_phones(
        &self,
        campaign: CampaignId,
        resend: &Resend,
        phones: &[Phone],
        shards: Shards,
    ) -> Result<()> {
        let lines: HashSet<Line> = phones.iter().map(Phone::line).collect();
        let expires_at = resend.expires_at().unix_seconds();
        let statements = lines.iter().map(|line| {
            let key = keys::named(campaign, line.as_phone(), shards);
            Ok(Statement::insert(self, item(KIND, &key, Named { expires_at })?))
        });
        let statements = statements.collect::<Result<Vec<_>>>()?;
        for executed in self.execute(statements, Patience::Long).await? {
            match executed {
                Executed::Done | Executed::Refused(_) => {}
                Executed::Failed(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Which of `phones`, sorted and all of one shard, the resend names, without those that an
    /// earlier campaign reaches.
    pub(super) async fn named_among(
        &self,
        organization: OrganizationId,
        (campaign, resend): (CampaignId, &Resend),
        (shard, shards): (u16, Shards),
        phones: &[Phone],
    ) -> Result<HashSet<Phone>> {
        let (of_two_forms, others): (Vec<Phone>, Vec<Phone>) =
            phones.iter().cloned().partition(Phone::has_other_form);
        let mut named = self.named_in_range(campaign, shard, &others).await?;
        named.extend(self.named_lines(campaign, shards, of_two_forms).await?);
        let phones: Vec<Phone> = named.iter().cloned().collect();
        for reached in self.reached_among(organization, resend, shards, &phones).await? {
            named.remove(&reached);
        }
        Ok(named)
    }

    async fn named_in_range(
        &self,
        campaign: CampaignId,
        shard: u16,
        phones: &[Phone],
    ) -> Result<HashSet<Phone>> {
        let (Some(first), Some(last)) = (phones.first(), phones.last()) else {
            return Ok(HashSet::new());
        };
        let between = SortKey::Between(keys::named_sort_key(first), keys::named_sort_key(last));
        let range = Range {
            projection: Some("sk".into()),
            ..Range::new(keys::campaign_shard(campaign, shard), between, Consistency::Strong)
        };
        let items = self.all(range).await?;
        let named = items.iter().filter_map(|item| keys::read_named(&text(item, "sk")?));
        Ok(named.filter(|phone| phones.binary_search(phone).is_ok()).collect())
    }

    /// The same for phones with two forms, which are named by their line.
    async fn named_lines(
        &self,
        campaign: CampaignId,
        shards: Shards,
        phones: Vec<Phone>,
    ) -> Result<HashSet<Phone>> {
        let mut named: HashSet<Phone> = HashSet::new();
        for phones in phones.chunks(AT_ONCE) {
            let lines: HashSet<Line> = phones.iter().map(Phone::line).collect();
            let wanted: Vec<Key> =
                lines.iter().map(|line| keys::named(campaign, line.as_phone(), shards)).collect();
            let items = self.batch(&wanted, Consistency::Strong).await?;
            let found: HashSet<Phone> =
                items.iter().filter_map(|item| keys::read_named(&text(item, "sk")?)).collect();
            let is_named = |phone: &&Phone| found.contains(phone.line().as_phone());
            named.extend(phones.iter().filter(is_named).cloned());
        }
        Ok(named)
    }

    /// Which of `phones` an earlier campaign of the resend's origin has reached, or may have.
    /// Strongly consistent.
    pub async fn reached_among(
        &self,
        organization: OrganizationId,
        resend: &Resend,
        shards: Shards,
        phones: &[Phone],
    ) -> Result<HashSet<Phone>> {
        let wanted: Vec<(CampaignId, MessageId, &Phone)> = phones
            .iter()
            .flat_map(|phone| resend.earlier.iter().map(move |earlier| (phone, earlier)))
            .flat_map(|(phone, earlier)| {
                let ids = earlier.message_ids_to(phone).into_iter();
                ids.map(move |id| (earlier.campaign(), id, phone))
            })
            .collect();
        let mut reached = HashSet::new();
        for wanted in wanted.chunks(AT_ONCE) {
            let keys: HashSet<Key> = wanted
                .iter()
                .map(|(campaign, id, _)| keys::message(*campaign, *id, shards))
                .collect();
            let keys: Vec<Key> = keys.into_iter().collect();
            for item in self.batch(&keys, Consistency::Strong).await? {
                let id = id_of(&item)?;
                let of_item: Vec<_> = wanted.iter().filter(|(_, own, _)| *own == id).collect();
                let Some((campaign, _, _)) = of_item.first().filter(|_| is_of(&item, organization))
                else {
                    continue;
                };
                match resend.verdict(&read(item, organization, *campaign)?) {
                    Verdict::Chosen | Verdict::NotChosen => {}
                    Verdict::InTheWay => {
                        reached.extend(of_item.iter().map(|(_, _, phone)| (*phone).clone()));
                    }
                }
            }
        }
        Ok(reached)
    }
}
