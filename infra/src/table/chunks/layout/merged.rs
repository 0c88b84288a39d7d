//! What is frozen of the recipients of a body with merge fields.
//!
//! The fields' names are stored once per chunk. The values are one text per chunk, because each
//! attribute of an item takes more time to read and write than its bytes do.

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Deserialize, Serialize};
use shared::body::{Merge, TextHash};
use shared::recipient::Recipient;
use shared::template::{Fields, MergeField};

use super::super::super::dynamo::Item;
use super::super::super::{Result, TableError};
use super::super::KIND;
use super::bytes;

const FIELDS: &str = "mergeFields";
const PARTS: &str = "parts";
const HASHES: &str = "hashes";
const PARTS_BYTES: usize = 2;
const HASH_BYTES: usize = 8;
/// What a value takes besides its bytes: quotes and a comma.
const VALUE_BYTES: usize = 3;

/// Each recipient's values are in the order of the names. An absent field has none.
#[derive(Serialize, Deserialize)]
struct Stored {
    names: Vec<MergeField>,
    values: Vec<Vec<Option<String>>>,
}

/// About how many bytes it takes.
pub(super) fn size(recipients: &[Recipient]) -> usize {
    let merges = recipients.iter().filter_map(|recipient| recipient.merge.as_ref());
    let sizes = merges.map(|merge| {
        let values = merge.fields.iter().map(|(_, value)| value.len() + VALUE_BYTES);
        values.sum::<usize>() + PARTS_BYTES + HASH_BYTES + VALUE_BYTES
    });
    sizes.sum()
}

/// The attributes, or `None` for recipients of a plain body and for no recipients.
pub(super) fn write(recipients: &[Recipient]) -> Result<Option<[(String, AttributeValue); 3]>> {
    let merges: Vec<&Merge> =
        recipients.iter().filter_map(|recipient| recipient.merge.as_deref()).collect();
    if merges.is_empty() {
        return Ok(None);
    }
    if merges.len() != recipients.len() {
        return Err(TableError::malformed(KIND, "some of its recipients have no fields"));
    }
    let mut names: Vec<MergeField> =
        merges.iter().flat_map(|merge| merge.fields.iter()).map(|(name, _)| name.clone()).collect();
    names.sort_unstable();
    names.dedup();
    let mut stored = Stored { names, values: Vec::with_capacity(merges.len()) };
    let (mut parts, mut hashes) = (Vec::new(), Vec::new());
    for merge in merges {
        let value = |name: &MergeField| merge.fields.get(name).map(str::to_owned);
        stored.values.push(stored.names.iter().map(value).collect());
        let count = u16::try_from(merge.parts);
        parts.extend(count.map_err(|error| TableError::malformed(KIND, error))?.to_be_bytes());
        hashes.extend(merge.hash.0);
    }
    let fields =
        serde_json::to_string(&stored).map_err(|error| TableError::malformed(KIND, error))?;
    Ok(Some([
        (FIELDS.to_owned(), AttributeValue::S(fields)),
        (PARTS.to_owned(), AttributeValue::B(Blob::new(parts))),
        (HASHES.to_owned(), AttributeValue::B(Blob::new(hashes))),
    ]))
}

/// The same of an item whose body may be plain.
pub(super) fn take_if_any(item: &mut Item) -> Result<Vec<Merge>> {
    if item.contains_key(FIELDS) { take(item) } else { Ok(Vec::new()) }
}

/// Takes what was written out of an item.
pub(super) fn take(item: &mut Item) -> Result<Vec<Merge>> {
    let Some(AttributeValue::S(fields)) = item.remove(FIELDS) else {
        return Err(TableError::malformed(KIND, "it has no merge fields"));
    };
    let Stored { names, values } =
        serde_json::from_str(&fields).map_err(|error| TableError::malformed(KIND, error))?;
    let (parts, hashes) = (bytes(item, PARTS)?, bytes(item, HASHES)?);
    let (parts, odd) = parts.as_chunks::<PARTS_BYTES>();
    let (hashes, odd_hashes) = hashes.as_chunks::<HASH_BYTES>();
    let are_whole = odd.is_empty() && odd_hashes.is_empty();
    if !are_whole || parts.len() != values.len() || hashes.len() != values.len() {
        return Err(TableError::malformed(KIND, "its merge fields, parts and hashes do not match"));
    }
    let merges = values.into_iter().zip(parts).zip(hashes).map(|((values, parts), hash)| {
        let fields = names.iter().zip(values);
        let fields = fields.filter_map(|(name, value)| Some((name.clone(), value?)));
        Merge {
            fields: fields.collect::<Fields>(),
            parts: u16::from_be_bytes(*parts).into(),
            hash: TextHash(*hash),
            text: None,
        }
    });
    Ok(merges.collect())
}

/// The recipients with what is frozen of them; nothing is if their body is plain.
pub(super) fn merge(recipients: Vec<Recipient>, merges: Vec<Merge>) -> Result<Vec<Recipient>> {
    if merges.is_empty() {
        return Ok(recipients);
    }
    if merges.len() != recipients.len() {
        return Err(TableError::malformed(KIND, "its recipients and merge fields do not match"));
    }
    let with = |(recipient, merge): (Recipient, Merge)| Recipient {
        merge: Some(Box::new(merge)),
        ..recipient
    };
    Ok(recipients.into_iter().zip(merges).map(with).collect())
}
