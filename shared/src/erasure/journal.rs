//! The journal of erasures, which is kept outside of the table, so that a table that was restored to an
//! earlier moment does not bring back the people who were erased since.

use serde::{Deserialize, Serialize};

use super::{ErasedHash, Erasure};
use crate::actor::Actor;
use crate::ids::OrganizationId;
use crate::phone::Phone;
use crate::shard::Shards;
use crate::time::Timestamp;

/// What the journal says of an erasure: whom it is about by a hash only, and who requested it when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Note {
    pub organization_id: OrganizationId,
    pub hash: ErasedHash,
    /// The organization's shards in which the phone may be, that of its line first. Notes of earlier
    /// versions have none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shards: Vec<u16>,
    pub requested_by: Actor,
    pub requested_at: Timestamp,
    /// When everything was erased; missing until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erased_at: Option<Timestamp>,
}

/// What has to be done about a note, given the table's record of the erasure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replay {
    /// The table has the erasure, and it is done.
    Nothing,
    /// The table has the erasure, and goes on with it.
    Underway,
    /// The table may lack the erasure: the note says so, once it is read.
    Read,
}

impl Replay {
    /// Decides without reading the note, which was written at `noted_at`. A person may have been erased
    /// again since the table's record was done.
    #[must_use]
    pub fn of(known: Option<&Erasure>, noted_at: Timestamp) -> Self {
        match known {
            None => Self::Read,
            Some(known) => match known.done_at() {
                None => Self::Underway,
                Some(done_at) if noted_at <= done_at => Self::Nothing,
                Some(_) => Self::Read,
            },
        }
    }
}

impl Note {
    #[must_use]
    pub fn of(erasure: &Erasure, shards: Shards, erased_at: Option<Timestamp>) -> Self {
        let known = erasure.phone.as_ref().map(|phone| shards_of(phone, shards));
        Self {
            organization_id: erasure.organization_id,
            hash: erasure.hash.clone(),
            shards: known.unwrap_or_else(|| erasure.sought_in.clone()),
            requested_by: erasure.requested_by.clone(),
            requested_at: erasure.requested_at,
            erased_at,
        }
    }

    /// The name of the journal's file about an erasure.
    #[must_use]
    pub fn key(&self) -> String {
        let Self { organization_id, hash, .. } = self;
        format!("{}{}/{}.json", Self::folder(*organization_id), hash.key_id, hash.digest)
    }

    /// How the names of an organization's files begin.
    #[must_use]
    pub fn folder(organization: OrganizationId) -> String {
        format!("erasures/{organization}/")
    }

    /// The hash in the name of an organization's file; `None` if it is not one of the journal.
    #[must_use]
    pub fn read_key(organization: OrganizationId, key: &str) -> Option<ErasedHash> {
        let name = key.strip_prefix(&Self::folder(organization))?.strip_suffix(".json")?;
        let (key_id, digest) = name.split_once('/')?;
        ErasedHash::parse(&format!("{key_id}#{digest}"))
    }

    /// Whether the table lacks this erasure, given its record of one that is done.
    #[must_use]
    pub fn is_lacking(&self, done: Option<&Erasure>) -> bool {
        done.is_none_or(|done| done.requested_at < self.requested_at)
    }
}

/// The shards of a phone, that of its line first. What was stored before there were lines may be in that
/// of another form.
fn shards_of(phone: &Phone, shards: Shards) -> Vec<u16> {
    let mut of_phone = vec![phone.line().as_phone().shard(shards)];
    for form in phone.forms() {
        let shard = form.shard(shards);
        if !of_phone.contains(&shard) {
            of_phone.push(shard);
        }
    }
    of_phone
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::super::Stage;
    use super::*;

    const SHARDS: Shards = Shards::new(32);

    fn at(seconds: i64) -> Timestamp {
        Timestamp::EPOCH.plus_seconds(seconds)
    }

    fn erasure(phone: &str) -> Erasure {
        let hash = ErasedHash::parse(&format!("2026#{}", "0a".repeat(16))).expect("a hash");
        let phone = Phone::from_e164(phone).expect("valid");
        Erasure::new(OrganizationId(Uuid::nil()), (hash, phone), Actor::Deployment, at(5))
    }

    #[test]
    fn a_note_names_no_phone_and_the_shards_of_all_its_forms() {
        for (phone, forms) in [("+14155550123", 1), ("+525512345678", 2)] {
            let erasure = erasure(phone);
            let note = Note::of(&erasure, SHARDS, None);
            let phone = Phone::from_e164(phone).expect("valid");
            assert_eq!(note.shards[0], phone.line().as_phone().shard(SHARDS));
            assert_eq!(note.shards.len(), forms);
            let json = serde_json::to_string(&note).expect("JSON");
            assert!(!json.contains(&phone.as_str()[3..]), "{json}");
            assert_eq!(serde_json::from_str::<Note>(&json).expect("a note"), note);
            let key = note.key();
            assert_eq!(Note::read_key(note.organization_id, &key), Some(note.hash.clone()));
            let other = OrganizationId(Uuid::max());
            assert_eq!(Note::read_key(other, &key), None);
        }
    }

    /// As versions before the replay wrote them.
    #[test]
    fn a_note_without_shards_is_read() {
        let organization = Uuid::nil();
        let digest = "0a".repeat(16);
        let json = format!(
            r#"{{"organizationId":"{organization}","hash":"2026#{digest}","requestedBy":{{"kind":"deployment"}},
                "requestedAt":"1970-01-01T00:00:05.000Z","erasedAt":"1970-01-01T00:00:09.000Z"}}"#
        );
        let note: Note = serde_json::from_str(&json).expect("a note");
        assert_eq!((note.shards.len(), note.erased_at), (0, Some(at(9))));
        let replayed = Erasure::replayed(note.clone(), at(20));
        assert_eq!((replayed.stage, &replayed.phone), (Stage::Wait, &None));
        assert_eq!((replayed.requested_at, replayed.updated_at), (at(5), at(20)));
        assert_eq!(Note::of(&replayed, SHARDS, note.erased_at), note);
    }

    #[test]
    fn only_what_the_table_lacks_is_replayed() {
        assert_eq!(Replay::of(None, at(9)), Replay::Read);
        let running = erasure("+14155550123");
        assert_eq!(Replay::of(Some(&running), at(9)), Replay::Underway);
        let done = Erasure { stage: Stage::Over, updated_at: at(9), ..running };
        assert_eq!(Replay::of(Some(&done), at(9)), Replay::Nothing);
        // Someone has erased the person again, or only the clocks differ.
        assert_eq!(Replay::of(Some(&done), at(10)), Replay::Read);
        let note = Note::of(&done, SHARDS, None);
        assert!(!note.is_lacking(Some(&done)));
        assert!(note.is_lacking(None));
        let again = Note { requested_at: at(12), ..note };
        assert!(again.is_lacking(Some(&done)));
    }
}
