//! An audience as a fan-out reads it: a shard's contacts, and who is unsubscribed.

use aws_sdk_dynamodb::types::AttributeValue;
use shared::audience::Entry;
use shared::contact::Presence;
use shared::ids::OrganizationId;
use shared::phone::Phone;

use super::contacts::{KIND, Trace};
use super::dynamo::{Consistency, Range, SortKey, parse};
use super::{Result, Table, TableError, keys};

/// Contacts per page. This limits a fan-out's memory even if contacts are small.
const MAX_TRACES: i32 = 2_000;

/// A page of an audience shard, merged with the register of unsubscribes.
#[derive(Debug)]
pub struct EntryPage {
    /// Entries in order, each with whether its phone is unsubscribed.
    pub entries: Vec<(Entry, bool)>,
    /// Where the next page begins; `None` at the shard's end.
    pub next: Option<String>,
}

/// The part of a contact that a fan-out reads.
struct ContactTrace {
    sk: String,
    presence: Presence,
    dialed: Option<Phone>,
}

fn entry(ContactTrace { sk, presence, dialed }: ContactTrace) -> Result<Entry> {
    let (phone, contact) = keys::read_contact(&sk)
        .ok_or_else(|| TableError::malformed(KIND, "its sort key has no id"))?;
    let bound = phone.as_ref().map_or(sk, keys::contacts_end);
    Ok(Entry { bound, contact, phone, dialed, presence, former: Vec::new() })
}

impl Table {
    /// A page of an audience shard, starting at sort key `from`, with who is unsubscribed.
    pub async fn audience_page(
        &self,
        organization: OrganizationId,
        (shard, shards): (u16, u16),
        from: Option<&str>,
    ) -> Result<EntryPage> {
        let partition = keys::audience(organization, shard);
        // Start right after what was read: `!` sorts before every character of a key.
        let from = from.map_or(keys::CONTACT.to_owned(), |bound| format!("{bound}!"));
        let (traces, goes_on) = self.traces(&partition, &from).await?;
        let next = if goes_on { traces.last().map(|trace| trace.sk.clone()) } else { None };
        let entries = traces.into_iter().map(entry).collect::<Result<Vec<Entry>>>()?;
        let mut phones: Vec<Phone> = entries.iter().filter_map(|e| e.phone.clone()).collect();
        phones.dedup();
        let unsubscribed = self.unsubscribed_among(organization, (shard, shards), &phones).await?;
        phones.retain(|phone| phone.has_other_form() && phone.line().as_phone() == phone);
        let former = self.former(organization, shards, &phones).await?;
        let judged = entries.into_iter().map(|mut entry| {
            let is_out = entry.phone.as_ref().is_some_and(|phone| unsubscribed.contains(phone));
            if let Some(phone) = entry.phone.as_ref().filter(|_| !former.is_empty()) {
                entry.former = former.get(phone).cloned().unwrap_or_default();
            }
            (entry, is_out)
        });
        Ok(EntryPage { entries: judged.collect(), next })
    }

    /// The keys and presences of a page of a shard's contacts.
    async fn traces(&self, partition: &str, from: &str) -> Result<(Vec<ContactTrace>, bool)> {
        let range = Range {
            projection: Some("sk, presence, dialed"),
            limit: Some(MAX_TRACES),
            ..Range::new(
                partition.to_owned(),
                // `~` sorts after everything that follows in a contact's key.
                SortKey::Between(from.to_owned(), format!("{}~", keys::CONTACT)),
                Consistency::Strong,
            )
        };
        let page = self.page(&range).await?;
        let traces = page.items.into_iter().map(|mut item| {
            let Some(AttributeValue::S(sk)) = item.remove("sk") else {
                return Err(TableError::malformed(KIND, "it has no sort key"));
            };
            // Few contacts have moved or have a phone with two forms.
            let is_plain = !item.contains_key("presence") && !item.contains_key("dialed");
            let trace = if is_plain { Trace::default() } else { parse::<Trace>(KIND, item)? };
            Ok(ContactTrace { sk, presence: trace.presence, dialed: trace.dialed })
        });
        Ok((traces.collect::<Result<_>>()?, page.next.is_some()))
    }
}
