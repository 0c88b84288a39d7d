//! Finds the phone of an erased person whose hash is all that is known, in a table that was restored to a
//! moment before the erasure.

use aws_sdk_dynamodb::types::AttributeValue;
use shared::erasure::{ErasedHash, ErasureKeys, SearchPlace};
use shared::ids::{CampaignId, OrganizationId};
use shared::phone::Phone;
use shared::time::Timestamp;

use super::super::dynamo::{Consistency, Item, Range, SortKey, start, text};
use super::super::{Result, Table, chunks, keys};
use crate::erasure_keys::ErasureKeyError;

/// The result of looking for a phone in a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Looked {
    Found(Phone),
    /// It is not in this page. The next one begins after this sort key.
    Next(String),
    /// It is not in the place.
    Nowhere,
}

impl Table {
    /// Looks for the phone that has a hash in the next page of a place, which is up to 1 MB.
    pub async fn find_phone(
        &self,
        organization: OrganizationId,
        hash: &ErasedHash,
        place: &SearchPlace,
        after: Option<&str>,
    ) -> Result<Looked> {
        let all_keys = self.erasures.keys().await?;
        if !all_keys.has(hash.key_id()) {
            return Err(ErasureKeyError::Lost(hash.key_id().to_owned()).into());
        }
        let (pk, sort_keys) = range(organization, place);
        let range = Range {
            start: after.map(|sk| start(&pk, sk)),
            ..Range::new(pk.clone(), sort_keys, Consistency::Strong)
        };
        let page = self.page(&range).await?;
        let found = page.items.iter().find_map(|item| find(item, (hash, organization), &all_keys));
        if let Some(found) = found {
            return Ok(Looked::Found(found));
        }
        let next = page.next.and_then(|key| text(&key, "sk"));
        Ok(next.map_or(Looked::Nowhere, Looked::Next))
    }

    /// Whether chunks of a campaign's shard may have expired, which they do before the messages that they
    /// list.
    pub async fn may_lack_chunks(
        &self,
        campaign: CampaignId,
        shard: u16,
        now: Timestamp,
    ) -> Result<bool> {
        let first = self.get_item(&keys::chunk(campaign, shard, 0), Consistency::Strong).await?;
        let expires_at = first.as_ref().and_then(|chunk| match chunk.get("expiresAt") {
            Some(AttributeValue::N(at)) => at.parse::<i64>().ok(),
            Some(_) | None => None,
        });
        Ok(first.is_none() || expires_at.is_some_and(|at| at <= now.unix_seconds()))
    }
}

/// The partition of a place and the sort keys in it.
fn range(organization: OrganizationId, place: &SearchPlace) -> (String, SortKey) {
    let whole = || SortKey::AtMost("~".to_owned());
    match place {
        SearchPlace::Audience { shard } => (keys::audience(organization, *shard), whole()),
        SearchPlace::Texts { month } => (keys::inbound_of_month(organization, *month), whole()),
        SearchPlace::Tests { campaign } => (keys::test_messages(*campaign), whole()),
        SearchPlace::Chunks { campaign, shard } => {
            let chunks = SortKey::Between(keys::CHUNK.to_owned(), keys::MARK.to_owned());
            (keys::campaign_shard(*campaign, *shard), chunks)
        }
        SearchPlace::Named { campaign, shard } => {
            (keys::campaign_shard(*campaign, *shard), SortKey::Prefix(keys::NAMED.to_owned()))
        }
        SearchPlace::Messages { campaign, shard } => {
            let messages = SortKey::Between(keys::MESSAGE.to_owned(), format!("{}~", keys::PARKED));
            (keys::campaign_shard(*campaign, *shard), messages)
        }
    }
}

/// The phone in an item that has the hash. Which attribute holds it doesn't matter, because only the
/// person's phone has it.
fn find(
    item: &Item,
    (hash, organization): (&ErasedHash, OrganizationId),
    all_keys: &ErasureKeys,
) -> Option<Phone> {
    let is_of = |phone: &Phone| all_keys.is_of(hash, organization, &phone.line()) == Some(true);
    phones_of(item).into_iter().find(is_of)
}

/// The signs around phones in keys, where a chunk was cut, and in chunks of the first format.
const AROUND: [char; 3] = ['#', '$', ','];

/// All phones in an item.
fn phones_of(item: &Item) -> Vec<Phone> {
    let mut phones = Vec::new();
    for (name, value) in item {
        collect(name, value, &mut phones);
    }
    phones
}

/// Adds the phones in an attribute.
fn collect(name: &str, value: &AttributeValue, phones: &mut Vec<Phone>) {
    match value {
        AttributeValue::S(text) => {
            phones.extend(text.split(AROUND).filter_map(|text| Phone::from_e164(text).ok()));
        }
        AttributeValue::L(values) => {
            for value in values {
                collect(name, value, phones);
            }
        }
        AttributeValue::M(item) => phones.extend(phones_of(item)),
        AttributeValue::B(bytes) if name == chunks::PHONES => {
            phones.extend(chunks::phones_in(bytes.as_ref()));
        }
        // Nothing else holds phones.
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::primitives::Blob;
    use uuid::Uuid;

    use super::*;

    fn texts(of: &[(&str, &str)]) -> Item {
        of.iter()
            .map(|(name, text)| ((*name).to_owned(), AttributeValue::S((*text).to_owned())))
            .collect()
    }

    fn phones(item: &Item) -> Vec<String> {
        phones_of(item).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn phones_are_found_in_whatever_holds_them() {
        let ana = "+14155550123";
        let list = AttributeValue::L(vec![AttributeValue::S(ana.to_owned())]);
        let waiting = texts(&[("status", "sent"), ("to", ana)]);
        let number = |digits: u64| digits.to_be_bytes();
        let packed = [number(12_025_550_100), [0; 8], number(14_155_550_123)].concat();
        for item in [
            texts(&[("sk", "CONTACT#+14155550123#0b"), ("firstName", "+1 415")]),
            texts(&[("sk", "UNSUBSCRIBED#+14155550123")]),
            texts(&[("sk", "CHUNK#00000000"), ("through", "CONTACT#+14155550123$")]),
            texts(&[("sk", "CHUNK#00000000"), ("recipients", "+12025550100,+14155550123")]),
            Item::from([("former".to_owned(), list)]),
            Item::from([("delivery".to_owned(), AttributeValue::M(waiting))]),
            Item::from([("phones".to_owned(), AttributeValue::B(Blob::new(packed)))]),
        ] {
            assert!(phones(&item).contains(&ana.to_owned()), "{item:?}");
            assert!(phones(&item).len() <= 2, "{item:?}");
        }
        assert!(phones(&texts(&[("sk", "CONTACT#-#0b"), ("text", "call 4155550123")])).is_empty());
    }

    #[test]
    fn only_the_phone_of_the_hash_is_the_persons() {
        let organization = OrganizationId(Uuid::from_u128(1));
        let keys = ErasureKeys::parse(&format!("k:{:064x}", 7)).expect("a key");
        let of = |phone: &str| Phone::from_e164(phone).expect("valid");
        let line = of("+525512345678").line();
        let hash = keys.hash(organization, &line).expect("a hash");
        let found = |phone: &str| find(&texts(&[("to", phone)]), (&hash, organization), &keys);
        assert_eq!(found("+5215512345678"), Some(of("+5215512345678")), "in either form");
        assert_eq!(found("+525512345679"), None);
    }
}
