//! How a chunk is stored.
//!
//! Chunks of the first format keep their recipients' phones as comma-separated text in
//! `recipients`. Since format 2, a chunk has phones and contacts as two binary attributes in the
//! same order: 8 bytes per phone of any length, and 16 per contact. As text they would cost two
//! more write units per chunk. `recipients` is then missing, so that code that only knows the first
//! format fails to parse such a chunk, rather than sending from half of it.
//!
//! Only chunks of a body with merge fields have format 3 ([`merged`]), so that code that doesn't
//! render bodies neither claims nor sends their recipients.
//!
//! Only chunks with a member who was erased have format 4. Such a member has no phone, which is
//! stored as 0, and the id of its message in place of a contact.
//!
//! Skipped contacts take 17 bytes each, in an attribute that older code ignores.

mod merged;

use std::collections::HashMap;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Deserialize, Serialize};
use shared::audience::{SkippedContact, Totals};
use shared::chunk::{Chunk, Mark};
use shared::ids::{ContactId, MessageId};
use shared::phone::Phone;
use shared::recipient::{Addressee, Recipient};
use uuid::Uuid;

use super::super::dynamo::{Item, item, parse};
use super::super::{Result, TableError, keys};
use super::{KIND, number};
use crate::table::dynamo::Key;

/// The newest format that this code knows.
const FORMAT: u32 = ERASED;
/// The format of chunks of a plain body, of those of a body with merge fields, and of chunks of either
/// kind with a member who was erased.
const PLAIN: u32 = 2;
const MERGED: u32 = 3;
const ERASED: u32 = 4;
/// In place of the phone of a member who was erased.
const NO_PHONE: [u8; PHONE_BYTES] = [0; PHONE_BYTES];
const SKIPPED: &str = "skippedContacts";
/// A contact and the code of its reason.
const SKIPPED_BYTES: usize = CONTACT_BYTES + 1;
/// Only in a mark.
const NUMBER: &str = "chunkNumber";
pub(in crate::table) const PHONES: &str = "phones";
const CONTACTS: &str = "contacts";
const PHONE_BYTES: usize = 8;
const CONTACT_BYTES: usize = 16;
/// The size of a chunk without its recipients: its key, its attributes' names, and its totals.
const OTHER_BYTES: usize = 250;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    #[serde(default = "first_format")]
    format: u32,
    /// Only in the first format.
    recipients: Option<String>,
    through: Option<String>,
    totals: Totals,
    ends: bool,
}

fn first_format() -> u32 {
    1
}

/// The write units of a mark.
#[must_use]
pub fn mark_write_units(Mark(chunk): &Mark) -> u32 {
    kilobytes(chunk)
}

/// The write units of a chunk and its state, in one transaction.
#[must_use]
pub fn chunk_write_units(chunk: &Chunk) -> u32 {
    let kilobytes = kilobytes(chunk);
    // A write in a transaction costs twice as much, and a state is less than a kilobyte.
    if chunk.recipients.is_empty() { kilobytes } else { 2 * (kilobytes + 1) }
}

fn kilobytes(chunk: &Chunk) -> u32 {
    let bytes = OTHER_BYTES
        + chunk.recipients.len() * (PHONE_BYTES + CONTACT_BYTES)
        + chunk.skipped.len() * SKIPPED_BYTES
        + merged::size(&chunk.recipients);
    u32::try_from(bytes.div_ceil(1_024)).unwrap_or(u32::MAX)
}

pub(super) fn write(key: &Key, chunk: &Chunk) -> Result<Item> {
    let merged = merged::write(&chunk.recipients)?;
    let format = match &merged {
        _ if chunk.recipients.iter().any(|it| it.phone().is_none()) => ERASED,
        Some(_) => MERGED,
        None => PLAIN,
    };
    let row = Row {
        format,
        recipients: None,
        through: chunk.through.clone(),
        totals: chunk.totals,
        ends: chunk.ends,
    };
    let mut item = item(KIND, key, row)?;
    let count = chunk.recipients.len();
    let mut phones = Vec::with_capacity(count * PHONE_BYTES);
    let mut contacts = Vec::with_capacity(count * CONTACT_BYTES);
    for Recipient { to, contact, merge: _ } in &chunk.recipients {
        let (phone, id) = match (to, contact) {
            (Addressee::Phone(phone), Some(contact)) => (packed(phone)?, contact.0),
            // A chunk of the first format is stored in this one once a member is erased.
            (Addressee::Phone(phone), None) if format == ERASED => (packed(phone)?, Uuid::nil()),
            (Addressee::Phone(_), None) => {
                return Err(TableError::malformed(KIND, "a recipient's contact is unknown"));
            }
            (Addressee::Erased(message), _) => (NO_PHONE, message.0),
        };
        phones.extend(phone);
        contacts.extend(id.into_bytes());
    }
    if count > 0 {
        item.insert(PHONES.to_owned(), AttributeValue::B(Blob::new(phones)));
        item.insert(CONTACTS.to_owned(), AttributeValue::B(Blob::new(contacts)));
    }
    if !chunk.skipped.is_empty() {
        let skipped = chunk.skipped.iter().flat_map(|skipped| {
            let id = skipped.contact.0.into_bytes();
            id.into_iter().chain([skipped.code()])
        });
        let skipped = Blob::new(skipped.collect::<Vec<u8>>());
        item.insert(SKIPPED.to_owned(), AttributeValue::B(skipped));
    }
    item.extend(merged.into_iter().flatten());
    Ok(item)
}

pub(super) fn read(item: Item) -> Result<Chunk> {
    let number = number(&item, keys::CHUNK)?;
    read_numbered(item, number)
}

/// A mark is stored as the chunk that it may become, with that chunk's number.
pub(super) fn write_mark(key: &Key, Mark(chunk): &Mark) -> Result<Item> {
    let mut item = write(key, chunk)?;
    item.insert(NUMBER.to_owned(), AttributeValue::N(chunk.number.to_string()));
    Ok(item)
}

pub(super) fn read_mark(mut item: Item) -> Result<Mark> {
    let number = match item.remove(NUMBER) {
        Some(AttributeValue::N(number)) => number.parse().ok(),
        Some(_) | None => None,
    };
    let number = number.ok_or_else(|| TableError::malformed(KIND, "its mark has no number"))?;
    read_numbered(item, number).map(Mark)
}

fn read_numbered(mut item: Item, number: u32) -> Result<Chunk> {
    let (phones, contacts) = (bytes(&mut item, PHONES)?, bytes(&mut item, CONTACTS)?);
    let skipped = skipped(&bytes(&mut item, SKIPPED)?)?;
    let Format { format } = parse(KIND, only_format(&item))?;
    if format > FORMAT {
        return Err(TableError::NewerFormat { kind: KIND, format });
    }
    let merges = match format {
        ..MERGED => Vec::new(),
        MERGED => merged::take(&mut item)?,
        _ => merged::take_if_any(&mut item)?,
    };
    let row: Row = parse(KIND, item)?;
    let recipients = match row.recipients {
        Some(phones) => of_phones(&phones)?,
        None if row.format == first_format() => {
            return Err(TableError::malformed(KIND, "it has no recipients"));
        }
        None => merged::merge(unpacked(&phones, &contacts, row.format == ERASED)?, merges)?,
    };
    let Row { through, totals, ends, .. } = row;
    Ok(Chunk { number, recipients, skipped, through, totals, ends })
}

/// The only attribute that every format has.
#[derive(Deserialize)]
struct Format {
    #[serde(default = "first_format")]
    format: u32,
}

fn only_format(item: &Item) -> Item {
    item.get("format")
        .map(|format| HashMap::from([("format".to_owned(), format.clone())]))
        .unwrap_or_default()
}

fn bytes(item: &mut Item, name: &str) -> Result<Vec<u8>> {
    match item.remove(name) {
        None => Ok(Vec::new()),
        Some(AttributeValue::B(bytes)) => Ok(bytes.into_inner()),
        Some(_) => Err(TableError::malformed(KIND, format!("its {name} are not binary"))),
    }
}

/// Skipped contacts. Those with a reason that this version doesn't know are left out.
fn skipped(stored: &[u8]) -> Result<Vec<SkippedContact>> {
    let (stored, odd) = stored.as_chunks::<SKIPPED_BYTES>();
    if !odd.is_empty() {
        return Err(TableError::malformed(KIND, "its skipped contacts are cut off"));
    }
    let read = |[id @ .., code]: &[u8; SKIPPED_BYTES]| {
        SkippedContact::of_code(ContactId(Uuid::from_bytes(*id)), *code)
    };
    Ok(stored.iter().filter_map(read).collect())
}

/// The recipients of a chunk of the first format.
fn of_phones(phones: &str) -> Result<Vec<Recipient>> {
    let phones = phones.split(',').filter(|phone| !phone.is_empty());
    phones.map(|phone| Ok(Recipient::of_phone(stored(phone)?))).collect()
}

fn stored(phone: &str) -> Result<Phone> {
    Phone::from_e164(phone).map_err(|error| TableError::malformed(KIND, error))
}

/// A phone's digits as a number. No phone starts with a zero, so no digit is lost.
fn packed(phone: &Phone) -> Result<[u8; PHONE_BYTES]> {
    let digits = phone.as_str().trim_start_matches('+').parse::<u64>();
    digits.map(u64::to_be_bytes).map_err(|error| TableError::malformed(KIND, error))
}

/// The phones of packed members, without those who were erased.
pub(in crate::table) fn phones_in(packed: &[u8]) -> impl Iterator<Item = Phone> {
    let (phones, _) = packed.as_chunks::<PHONE_BYTES>();
    let phones = phones.iter().filter(|phone| **phone != NO_PHONE);
    phones.filter_map(|phone| stored(&format!("+{}", u64::from_be_bytes(*phone))).ok())
}

fn unpacked(phones: &[u8], contacts: &[u8], has_erased: bool) -> Result<Vec<Recipient>> {
    let (phones, odd) = phones.as_chunks::<PHONE_BYTES>();
    let (contacts, odd_contacts) = contacts.as_chunks::<CONTACT_BYTES>();
    if !odd.is_empty() || !odd_contacts.is_empty() || phones.len() != contacts.len() {
        return Err(TableError::malformed(KIND, "its phones and contacts do not match"));
    }
    let recipients = phones.iter().zip(contacts).map(|(phone, contact)| {
        let id = Uuid::from_bytes(*contact);
        if has_erased && *phone == NO_PHONE {
            return Ok(Recipient::of_erased(MessageId(id)));
        }
        let phone = stored(&format!("+{}", u64::from_be_bytes(*phone)))?;
        let is_unknown = has_erased && id.is_nil();
        let contact = (!is_unknown).then_some(ContactId(id));
        Ok(Recipient { contact, ..Recipient::of_phone(phone) })
    });
    recipients.collect()
}

#[cfg(test)]
mod tests;
