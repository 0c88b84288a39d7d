//! The one DynamoDB table.
//!
//! One method per access pattern. A conditional write that loses its race answers a value, never
//! an error: what to do then is the caller's decision.

mod api_keys;
mod back_off;
mod campaign_shards;
mod campaigns;
mod chunks;
mod claims;
mod contacts;
mod due;
mod idempotency;
mod imports;
mod keys;
mod last_send;
mod lifts;
mod messages;
mod organizations;
mod pace;
mod quotes;
mod read;
mod receipts;
mod statements;
mod tests_sent;
mod transaction;
mod unsubscribes;
mod walk;
mod write;

pub use campaign_shards::ShardItem;
pub use campaigns::{CampaignPosition, Deleted, Saved};
pub use chunks::{ChunkPut, EntryPage};
pub use claims::{Claimed, Claiming, Settlement};
pub use contacts::ContactSaved;
pub use due::Owed;
pub use idempotency::{Answer, Fingerprint, Remember};
pub use imports::{BATCH_WRITES, ImportSaved, RowChange};
pub use last_send::LastSend;
pub use lifts::{Lifted, Standing};
pub use organizations::{OrganizationSaved, Owner};
pub use quotes::{KeptQuote, Quoting};
pub use receipts::ReceiptApplied;
pub use tests_sent::{TestAllowance, TestMessage, TestSaved};
pub use unsubscribes::Registered;
pub use walk::ShardPosition;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

use crate::usage::Usage;

#[derive(Clone)]
pub struct Table {
    client: Client,
    name: String,
    usage: Usage,
}

impl Table {
    #[must_use]
    pub fn new(config: &aws_config::SdkConfig, name: String, usage: Usage) -> Self {
        Self { client: Client::new(config), name, usage }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// The table is asked for more than it takes: try again later.
    #[error("the table throttled {operation}")]
    Throttled { operation: &'static str },
    #[error("failed to {operation} on the table")]
    Request {
        operation: &'static str,
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
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

    fn malformed(
        kind: &'static str,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self::Malformed { kind, source: source.into() }
    }
}

pub(crate) type Result<T, E = TableError> = std::result::Result<T, E>;
