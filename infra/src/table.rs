//! The one DynamoDB table.
//!
//! There is one method per access pattern. A conditional write that loses its race returns a value,
//! not an error: the caller decides what to do.
//!
//! Each module here handles one kind of item. They reach DynamoDB only through `dynamo`, which
//! doesn't know about items.

mod api_keys;
mod audience;
mod audit;
mod campaign_shards;
mod campaigns;
mod chunk_sums;
mod chunks;
mod claims;
mod contacts;
mod deletions;
mod deliveries;
mod due;
mod dynamo;
mod erasures;
mod exports;
mod halts;
mod idempotency;
mod imports;
mod inbound;
mod keys;
mod last_send;
mod lifts;
mod members;
mod messages;
mod months;
mod organizations;
mod outbox;
mod pace;
mod people;
mod preview_reading;
mod preview_runs;
mod previews;
mod quote_runs;
mod quotes;
mod receipts;
mod reconciliations;
mod replies;
mod reports;
mod requests;
mod resends;
mod segments;
mod single_messages;
mod targets;
mod templates;
mod test_messages;
mod unsubscribes;
mod walk;
mod webhooks;

pub use audience::EntryPage;
pub use audit::AuditPosition;
pub use campaign_shards::ShardItem;
pub use campaigns::{CampaignPosition, Deleted, Saved};
pub use chunks::{ChunkPut, chunk_write_units, is_cut_through, mark_write_units};
pub use claims::{Claimed, Claiming, Settlement};
pub use contacts::{ContactFilter, ContactSaved};
pub use deletions::Removed;
pub use deliveries::{Call, Called, DeliveryPosition, EndpointHealth, Owner as EndpointOwner};
pub use due::Owed;
pub use dynamo::{Table, TableError};
pub use erasures::{Looked, REMEMBERED_SECONDS as ERASURES_REMEMBERED_SECONDS};
pub use exports::{ExportCreated, ExportPosition};
pub use halts::{Halt, HaltScope};
pub use idempotency::{Answer, Fingerprint, Remember};
pub use imports::{
    BATCH_WRITES, ContactUpdate, ImportPosition, ImportSaved, OpenUploads, RejectedPosition,
    RowChange, RowEffects, Transition,
};
pub use inbound::{FlagPosition, InboundFilter, InboundKept, InboundPosition};
pub use last_send::LastSend;
pub use lifts::{Lifted, Standing};
pub use months::months_since;
pub use organizations::{OrganizationSaved, Owner, Tie};
pub use people::{MessagesTo, RegisterEntry};
pub use preview_reading::{PreviewReading, ShardRead};
pub use preview_runs::PreviewRun;
pub use previews::KeptPreview;
pub use quote_runs::QuoteRun;
pub use quotes::{KEPT_SECONDS as QUOTE_KEPT_SECONDS, KeptQuote, Quoting};
pub use receipts::ReceiptApplied;
pub use reconciliations::{KeptReconciliation, ReconciliationBegun};
pub use replies::{MAX_REPLIES, ReplySaved};
pub use reports::{CampaignSummary, CountedReport};
pub use resends::Resends;
pub use segments::{SegmentPosition, SegmentSaved};
pub use single_messages::SingleMessage;
pub use templates::TemplatePosition;
pub use test_messages::{TestAllowance, TestSaved};
pub use unsubscribes::Registered;
pub use walk::ShardPosition;
pub use webhooks::Webhooks;

use dynamo::{Key, Result};
