//! Erased people. Only a keyed hash of their phone stays, in place of their entry in the register, so
//! that they are not texted again.
//!
//! Hashes are not in the order of phones, so who looks for some phones reads all hashes of their shard,
//! which are few. An organization of which no one was erased has none, and nothing is read there.

mod contacts;
mod find;
mod messages;
mod record;
mod register;
mod texts;

pub use find::Looked;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use shared::erasure::{ErasedHash, Erasure, ErasureKeys};
use shared::ids::OrganizationId;
use shared::phone::{Line, Phone};
use shared::recipient::Recipient;
use shared::shard::Shards;
use shared::time::Timestamp;

use super::dynamo::{Consistency, Key, Range, SortKey, parse, text};
use super::halts::HaltScope;
use super::unsubscribes::Row;
use super::{Result, Table, TableError, keys};
use crate::clock;
use crate::erasure_keys::{ErasureKeyError, ErasureKeyring};

const KIND: &str = "an erased person";
/// How long it is remembered that no one of an organization was erased. The first erasure of an
/// organization waits for longer.
pub const REMEMBERED_SECONDS: i64 = 10;

/// The keys, and which organizations have erased people.
#[derive(Clone, Default)]
pub(super) struct Erasures {
    keys: Option<Arc<ErasureKeyring>>,
    known: Arc<Mutex<HashMap<OrganizationId, Known>>>,
}

/// A process may be frozen between two jobs, and then one of its clocks may have stopped.
#[derive(Clone)]
struct Known {
    at: Timestamp,
    at_instant: Instant,
    since: Option<Timestamp>,
    /// Deleted organizations whose opt-outs count, too.
    refused_by: BTreeSet<OrganizationId>,
}

impl Known {
    fn is_fresh(&self) -> bool {
        // Erasures are never taken back.
        self.since.is_some() && self.refused_by.is_empty()
            || (clock::now() < self.at.plus_seconds(REMEMBERED_SECONDS)
                && self.at_instant.elapsed().as_secs() < REMEMBERED_SECONDS.unsigned_abs())
    }
}

impl Erasures {
    pub(super) fn new(keys: ErasureKeyring) -> Self {
        Self { keys: Some(Arc::new(keys)), known: Arc::default() }
    }

    pub(super) fn note(
        &self,
        organization: OrganizationId,
        since: Option<Timestamp>,
        refused_by: BTreeSet<OrganizationId>,
    ) {
        let known = Known { at: clock::now(), at_instant: Instant::now(), since, refused_by };
        let mut all = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(organization, known);
    }

    fn known(&self, organization: OrganizationId) -> Option<Known> {
        let all = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(&organization).cloned().filter(Known::is_fresh)
    }

    pub(super) async fn keys(&self) -> Result<Arc<ErasureKeys>> {
        let keys = self.keys.as_ref().ok_or(ErasureKeyError::NotSet)?;
        Ok(keys.keys().await?)
    }
}

/// An erased person's entry in the register.
pub(super) struct ErasedEntry {
    pub(super) key: Key,
    pub(super) row: Row,
}

impl Table {
    /// Whether people of the organization were erased, or are from now on.
    pub(super) async fn has_erasures(&self, organization: OrganizationId) -> Result<bool> {
        Ok(self.known_erasures(organization).await?.is_some_and(|known| known.since.is_some()))
    }

    async fn known_erasures(&self, organization: OrganizationId) -> Result<Option<Known>> {
        let known = self.erasures.known(organization);
        if known.is_some() {
            return Ok(known);
        }
        self.halt(HaltScope::Organization(organization)).await?;
        Ok(self.erasures.known(organization))
    }

    /// The organization, and deleted ones whose opt-outs count for it.
    async fn refused_by(&self, organization: OrganizationId) -> Result<Vec<OrganizationId>> {
        let deleted = self.known_erasures(organization).await?.map(|known| known.refused_by);
        Ok([organization].into_iter().chain(deleted.into_iter().flatten()).collect())
    }

    /// The hash that takes the place of a phone from now on.
    pub async fn erased_hash(
        &self,
        organization: OrganizationId,
        line: &Line,
    ) -> Result<ErasedHash> {
        let hash = self.erasures.keys().await?.hash(organization, line);
        hash.ok_or_else(|| TableError::malformed("the erasure keys", "there is none"))
    }

    /// The entry of an erased person by their phone.
    pub(super) async fn erased_entry(
        &self,
        organization: OrganizationId,
        phone: &Phone,
        shards: Shards,
    ) -> Result<Option<ErasedEntry>> {
        if !self.has_erasures(organization).await? {
            return Ok(None);
        }
        let line = phone.line();
        let entries = self.erased_of_shard(organization, line.as_phone().shard(shards)).await?;
        let Some(keys) = self.keys_of(&entries).await? else { return Ok(None) };
        let hashes = hashes(&keys, &self.refused_by(organization).await?, &line);
        Ok(entries.into_iter().find(|(hash, _)| hashes.contains(hash)).map(|(_, entry)| entry))
    }

    /// Which of `phones` are unsubscribed as those of erased people. Strongly consistent.
    pub(super) async fn erased_among(
        &self,
        organization: OrganizationId,
        shards: Shards,
        phones: &[Phone],
    ) -> Result<HashSet<Phone>> {
        if phones.is_empty() || !self.has_erasures(organization).await? {
            return Ok(HashSet::new());
        }
        // A person is erased by line, and the other form of a phone may have another shard.
        let mut by_shard: BTreeMap<u16, Vec<&Phone>> = BTreeMap::new();
        for phone in phones {
            by_shard.entry(phone.line().as_phone().shard(shards)).or_default().push(phone);
        }
        let mut found = HashSet::new();
        let refused_by = self.refused_by(organization).await?;
        for (shard, phones) in by_shard {
            let entries = self.erased_of_shard(organization, shard).await?;
            let Some(keys) = self.keys_of(&entries).await? else { continue };
            let is_out = |entry: &ErasedEntry| entry.row.opted_out == Some(true);
            let out: HashSet<&ErasedHash> =
                entries.iter().filter(|(_, entry)| is_out(entry)).map(|(hash, _)| hash).collect();
            let is_erased = |phone: &Phone| {
                let hashes = hashes(&keys, &refused_by, &phone.line());
                hashes.iter().any(|hash| out.contains(hash))
            };
            found.extend(phones.into_iter().filter(|phone| is_erased(phone)).cloned());
        }
        Ok(found)
    }

    /// Whether one of these recipients is suppressed as an erased person, or erased already.
    pub async fn has_erased(
        &self,
        organization: OrganizationId,
        shards: Shards,
        recipients: &[Recipient],
    ) -> Result<bool> {
        let phones: Vec<Phone> = recipients.iter().filter_map(Recipient::phone).cloned().collect();
        let is_one_gone = phones.len() < recipients.len();
        Ok(is_one_gone || !self.erased_among(organization, shards, &phones).await?.is_empty())
    }

    /// The newest erasure of a person, by any key.
    pub async fn erasure_of(
        &self,
        organization: OrganizationId,
        phone: &Phone,
    ) -> Result<Option<Erasure>> {
        if !self.has_erasures(organization).await? {
            return Ok(None);
        }
        let mut newest: Option<Erasure> = None;
        for hash in self.erasures.keys().await?.hashes(organization, &phone.line()) {
            let found = self.erasure(organization, &hash).await?.map(|(erasure, _)| erasure);
            newest = newest.into_iter().chain(found).max_by_key(|erasure| erasure.requested_at);
        }
        Ok(newest)
    }

    async fn erased_of_shard(
        &self,
        organization: OrganizationId,
        shard: u16,
    ) -> Result<Vec<(ErasedHash, ErasedEntry)>> {
        let mut entries = self.entries_in(keys::audience(organization, shard)).await?;
        let deleted = self.refused_by(organization).await?;
        for deleted in deleted.into_iter().filter(|deleted| *deleted != organization) {
            entries.extend(self.entries_in(keys::refusals(deleted, shard)).await?);
        }
        Ok(entries)
    }

    async fn entries_in(&self, pk: String) -> Result<Vec<(ErasedHash, ErasedEntry)>> {
        let hashes = SortKey::Prefix(keys::ERASED.to_owned());
        let range = Range::new(pk.clone(), hashes, Consistency::Strong);
        let items = self.all(range).await?.into_iter();
        let read = items.map(|item| {
            let sk = text(&item, "sk").unwrap_or_default();
            let hash = sk.strip_prefix(keys::ERASED).and_then(ErasedHash::parse);
            let hash = hash.ok_or_else(|| TableError::malformed(KIND, "its key is not a hash"))?;
            let key = Key { pk: pk.clone(), sk };
            Ok((hash, ErasedEntry { key, row: parse(KIND, item)? }))
        });
        read.collect()
    }

    /// The keys, unless there are no entries. If a key that an entry names is lost, any phone might be
    /// the entry's, so that is an error.
    async fn keys_of(
        &self,
        entries: &[(ErasedHash, ErasedEntry)],
    ) -> Result<Option<Arc<ErasureKeys>>> {
        if entries.is_empty() {
            return Ok(None);
        }
        let keys = self.erasures.keys().await?;
        match entries.iter().find(|(hash, _)| !keys.has(hash.key_id())) {
            Some((hash, _)) => Err(ErasureKeyError::Lost(hash.key_id().to_owned()).into()),
            None => Ok(Some(keys)),
        }
    }
}

/// The hashes that a phone has in these organizations.
fn hashes(keys: &ErasureKeys, organizations: &[OrganizationId], line: &Line) -> Vec<ErasedHash> {
    organizations.iter().flat_map(|organization| keys.hashes(*organization, line)).collect()
}
