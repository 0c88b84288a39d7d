//! An audience as a fan-out reads it: a shard's contacts, and who is unsubscribed.

use std::collections::HashSet;

use shared::audience::{Entry, Judge, NamedPhones};
use shared::ids::OrganizationId;
use shared::phone::Phone;
use shared::shard::Shards;

use super::contacts::{KIND, Read, Wanted};
use super::dynamo::{Consistency, Range, SortKey};
use super::{Result, Table, TableError, keys};

/// Contacts of a page, so that a fan-out's memory is the same however small they are.
const MAX_TRACES: i32 = 2_000;
/// Contacts of a page that are read with fields, which may be 4 KB each.
const MAX_PERSONS: i32 = 500;
/// Contacts of a shard's first page.
const MAX_FIRST: i32 = 128;

/// How a page is read.
struct Reading<'a> {
    from: Option<&'a str>,
    judge: &'a Judge,
    consistency: Consistency,
    /// Instead of the usual number of contacts.
    max: Option<i32>,
}

/// A page of an audience shard, merged with the register of unsubscribes.
#[derive(Debug)]
pub struct EntryPage {
    /// Entries in order, each with whether its phone is unsubscribed.
    pub entries: Vec<(Entry, bool)>,
    /// Where the next page begins; `None` at the shard's end.
    pub next: Option<String>,
    /// The read units that the contacts took.
    pub units: f64,
}

pub(super) fn entry(read: Read) -> Result<Entry> {
    let Read { sk, status, presence, dialed, person } = read;
    let (phone, contact) = keys::read_contact(&sk)
        .ok_or_else(|| TableError::malformed(KIND, "its sort key has no id"))?;
    let bound = phone.as_ref().map_or(sk, keys::contacts_end);
    Ok(Entry {
        bound,
        contact,
        phone,
        dialed,
        status,
        presence,
        counts_elsewhere: false,
        is_named: true,
        person,
    })
}

impl Table {
    /// A page of an audience shard from sort key `from` on, with who is unsubscribed. Entries have the
    /// fields that `judge` asks for.
    pub async fn audience_page(
        &self,
        organization: OrganizationId,
        (shard, shards): (u16, Shards),
        from: Option<&str>,
        judge: &Judge,
    ) -> Result<EntryPage> {
        let reading = Reading { from, judge, consistency: Consistency::Strong, max: None };
        self.audience_page_of(organization, (shard, shards), reading).await
    }

    /// The first page of a shard, with little more than a chunk's recipients, so that a campaign's
    /// first message does not wait for a whole page.
    pub async fn first_audience_page(
        &self,
        organization: OrganizationId,
        (shard, shards): (u16, Shards),
        judge: &Judge,
    ) -> Result<EntryPage> {
        let (consistency, max) = (Consistency::Strong, Some(MAX_FIRST));
        let reading = Reading { from: None, judge, consistency, max };
        self.audience_page_of(organization, (shard, shards), reading).await
    }

    /// A page for a preview, at half the price: what was just written may be missing.
    pub async fn preview_page(
        &self,
        organization: OrganizationId,
        (shard, shards): (u16, Shards),
        from: Option<&str>,
        judge: &Judge,
    ) -> Result<EntryPage> {
        let reading = Reading { from, judge, consistency: Consistency::Eventual, max: None };
        self.audience_page_of(organization, (shard, shards), reading).await
    }

    async fn audience_page_of(
        &self,
        organization: OrganizationId,
        (shard, shards): (u16, Shards),
        Reading { from, judge, consistency, max }: Reading<'_>,
    ) -> Result<EntryPage> {
        let wanted = Wanted::by(judge);
        let most = if wanted.has_fields() { MAX_PERSONS } else { MAX_TRACES };
        let partition = keys::audience(organization, shard);
        // Start right after what was read: `!` sorts before every character of a key.
        let from = from.map_or(keys::CONTACT.to_owned(), |bound| format!("{bound}!"));
        let range = Range {
            projection: Some(wanted.projection()),
            limit: Some(max.unwrap_or(most)),
            ..Range::new(
                partition,
                // `~` sorts after everything that follows in a contact's key.
                SortKey::Between(from.clone(), format!("{}~", keys::CONTACT)),
                consistency,
            )
        };
        let page = self.page(&range).await?;
        let (goes_on, units) = (page.next.is_some(), page.units);
        let read = page.items.into_iter().map(|item| wanted.read(organization, item));
        let read = read.collect::<Result<Vec<Read>>>()?;
        let next = if goes_on { read.last().map(|read| read.sk.clone()) } else { None };
        let entries = read.into_iter().map(entry).collect::<Result<Vec<Entry>>>()?;
        let entries = self.by_line(organization, shards, &from, (entries, judge, &wanted)).await?;
        let mut phones: Vec<Phone> = entries.iter().filter_map(|e| e.phone.clone()).collect();
        phones.dedup();
        let unsubscribed = self.unsubscribed_among(organization, (shard, shards), &phones).await?;
        let named = match &judge.resend {
            None => None,
            Some(NamedPhones { campaign, resend }) => {
                let of = (*campaign, resend);
                Some(self.named_among(organization, of, (shard, shards), &phones).await?)
            }
        };
        let judged = entries.into_iter().map(|mut entry| {
            let has = |phones: &HashSet<Phone>| {
                entry.phone.as_ref().is_some_and(|phone| phones.contains(phone))
            };
            let is_out = has(&unsubscribed);
            entry.is_named = named.as_ref().is_none_or(has);
            (entry, is_out)
        });
        Ok(EntryPage { entries: judged.collect(), next, units })
    }
}
