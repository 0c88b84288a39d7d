//! Idempotency keys: the first response to a request is kept for a day.
//!
//! The record is written in the same transaction as the request's effect. So neither exists without
//! the other, and of two requests with the same key, one wins.

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use shared::access::SecretHash;
use shared::ids::ContactId;
use shared::time::Timestamp;

use super::dynamo::{Consistency, Item, Transaction, Written, item};
use super::{Result, Table, keys};

const KEPT_SECONDS: i64 = 24 * 3_600;

/// What identifies a request: its caller, its target, and the key that the caller chose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// The contact that the request creates at a place of its list: repeating the request finds it.
    #[must_use]
    pub fn contact(&self, place: usize) -> ContactId {
        ContactId::derived(&[b"batch", self.0.as_bytes(), &(place as u64).to_be_bytes()])
    }

    #[must_use]
    pub fn of(caller: &str, method: &str, path: &str, key: &str) -> Self {
        let mut hash = Sha256::new();
        for part in [caller, method, path, key] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
        Self(SecretHash(hash.finalize().into()).to_hex())
    }
}

/// The response to remember.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remember {
    pub fingerprint: Fingerprint,
    pub answer: Answer,
    pub now: Timestamp,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    /// The SHA-256 of the request's body, in hex.
    pub body_hash: String,
    pub status: u16,
    /// The response's body, as it was sent.
    pub body: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    body_hash: String,
    status: u16,
    body: String,
    expires_at: i64,
}

/// A request whose response is computed again when it is repeated.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Noted {
    body_hash: String,
    expires_at: i64,
}

impl Transaction {
    /// Adds the record as the last write, if there is one; its condition then decides the race.
    pub(super) fn remember(self, remember: Option<&Remember>) -> Result<Self> {
        let Some(Remember { fingerprint, answer, now }) = remember else {
            return Ok(self);
        };
        let row = Row {
            body_hash: answer.body_hash.clone(),
            status: answer.status,
            body: answer.body.clone(),
            expires_at: now.plus_seconds(KEPT_SECONDS).unix_seconds(),
        };
        let record: Item = item("an answer", &keys::idempotency(&fingerprint.0), row)?;
        // The table removes expired items late. Until then, they count as absent.
        let condition = "attribute_not_exists(pk) OR expiresAt < :now";
        let seconds = AttributeValue::N(now.unix_seconds().to_string());
        Ok(self.put_if(record, condition, vec![(":now", seconds)]))
    }
}

impl Table {
    /// Notes a request before its effects; `false` if its key was used with another body.
    pub async fn note_request(
        &self,
        fingerprint: &Fingerprint,
        body_hash: &str,
        now: Timestamp,
    ) -> Result<bool> {
        let noted = Noted {
            body_hash: body_hash.to_owned(),
            expires_at: now.plus_seconds(KEPT_SECONDS).unix_seconds(),
        };
        let record: Item = item("a request", &keys::noted_request(&fingerprint.0), noted)?;
        let condition = "attribute_not_exists(pk) OR expiresAt < :now OR bodyHash = :hash";
        let values = vec![
            (":now", AttributeValue::N(now.unix_seconds().to_string())),
            (":hash", AttributeValue::S(body_hash.to_owned())),
        ];
        Ok(self.put(record, condition, values).await? == Written::Done)
    }

    /// The answer that was given to a request before.
    pub async fn answered(
        &self,
        fingerprint: &Fingerprint,
        now: Timestamp,
    ) -> Result<Option<Answer>> {
        let key = keys::idempotency(&fingerprint.0);
        let row: Option<Row> = self.get("an answer", &key, Consistency::Strong).await?;
        Ok(row.filter(|row| row.expires_at >= now.unix_seconds()).map(|row| Answer {
            body_hash: row.body_hash,
            status: row.status,
            body: row.body,
        }))
    }
}
