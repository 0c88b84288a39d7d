//! Reading and writing items in DynamoDB, without knowing what they mean.
//!
//! Nothing here knows an entity or how its key is built. The modules above do, and reach DynamoDB
//! only through these.

pub(super) mod back_off;
mod key;
mod marshal;
mod read;
mod statements;
mod transaction;
mod write;

pub(super) use key::Key;
pub(super) use marshal::{Item, Value, item, parse, start, text};
pub(super) use read::{Consistency, Range, SortKey};
pub(super) use statements::{Executed, Statement};
pub(super) use transaction::{Transacted, Transaction, WRITES_MOST};
pub(super) use write::{ABSENT, Change, Written};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use shared::retention::Retention;

use super::erasures::Erasures;
use crate::erasure_keys::{ErasureKeyError, ErasureKeyring};
use crate::outbox::Outbox;
use crate::usage::Usage;

#[derive(Clone)]
pub struct Table {
    client: Client,
    name: String,
    usage: Usage,
    /// How long messages and chunks are kept.
    pub(in crate::table) kept: Retention,
    /// Where events go, if anyone may want them.
    pub(super) outbox: Option<Outbox>,
    pub(super) erasures: Erasures,
}

impl Table {
    #[must_use]
    pub fn new(config: &aws_config::SdkConfig, name: String, usage: Usage) -> Self {
        let (client, erasures) = (Client::new(config), Erasures::default());
        Self { client, name, usage, kept: Retention::default(), outbox: None, erasures }
    }

    /// The same table, where messages and chunks are kept this long.
    #[must_use]
    pub fn keeping(self, kept: Retention) -> Self {
        Self { kept, ..self }
    }

    /// A table whose writes have events.
    #[must_use]
    pub fn with_outbox(self, outbox: Option<Outbox>) -> Self {
        Self { outbox, ..self }
    }

    /// The same with the keys of erased people.
    #[must_use]
    pub fn with_erasure_keys(self, keys: ErasureKeyring) -> Self {
        Self { erasures: Erasures::new(keys), ..self }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// The table is throttled: retry later.
    #[error("the table throttled {operation}")]
    Throttled { operation: &'static str },
    #[error("failed to {operation} on the table")]
    Request {
        operation: &'static str,
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A later release wrote it. This code neither writes nor sends anything from it, and the job is
    /// left for a retry.
    #[error("{kind} has format {format}, which this release does not know")]
    NewerFormat { kind: &'static str, format: u32 },
    /// Without their keys, it is unknown whether a phone is an erased person's.
    #[error("failed to compare phones with those of erased people")]
    ErasureKey(#[from] ErasureKeyError),
    #[error("an item of {kind} is malformed")]
    Malformed {
        kind: &'static str,
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl TableError {
    fn request<E, R>(operation: &'static str, error: SdkError<E, R>) -> Self
    where
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
        R: std::fmt::Debug + Send + Sync + 'static,
    {
        let throttled = matches!(
            error.code(),
            Some(
                "ThrottlingException"
                    | "ProvisionedThroughputExceededException"
                    | "RequestLimitExceeded"
                    | "TransactionConflictException"
            )
        );
        if throttled {
            Self::Throttled { operation }
        } else {
            Self::Request { operation, source: Box::new(error) }
        }
    }

    pub(in crate::table) fn malformed(
        kind: &'static str,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self::Malformed { kind, source: source.into() }
    }
}

pub(in crate::table) type Result<T, E = TableError> = std::result::Result<T, E>;
