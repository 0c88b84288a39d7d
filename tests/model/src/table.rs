//! One campaign's part of the table, with exactly the conditional writes of `infra::table`.
//!
//! Each method is one atomic request. [`Rules`] can remove a condition, to show that the model
//! would find what the condition prevents.

mod campaigns;
mod chunks;
mod contacts;
mod due;
mod messages;
mod receipts;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use shared::campaign::Campaign;
use shared::chunk::{Chunk, Mark};
use shared::chunk_state::ChunkState;
use shared::message::Message;
use shared::phone::Phone;
use shared::receipt::Delivery;
use shared::target::FrozenTarget;
use shared::time::Timestamp;

pub use contacts::{FILLING, Page, Person, Trace, contact_id};
pub use due::Owed;
pub use messages::Claiming;
pub use receipts::Applied;

use crate::kept::Kept;
use crate::protocol::Organization;

/// Which of the protocol's conditions hold. All of them do, except in the tests of the model
/// itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rules {
    Whole,
    /// A claim is written even if one exists.
    ClaimsOverwrite,
    /// A claim is given back even if it is another worker's, or something was recorded about its
    /// message.
    ReleasesAlways,
    /// The unsubscribes are not read again before the claims.
    NoRecheck,
    /// A receipt replaces any other receipt.
    ReceiptsUnranked,
    /// A receipt that precedes the worker's outcome is dropped.
    EarlyReceiptsDropped,
    /// A chunk replaces an existing one.
    ChunksOverwrite,
    /// A contact's presence at the time of the send is ignored.
    PresenceIgnored,
    /// Moves and sends are not ordered by the last send.
    MovesUnordered,
    /// A campaign is written even if it changed in between.
    CampaignsOverwrite,
    /// A campaign's due item is not written with it.
    DueForgotten,
    /// A chunk's state is written even if it changed in between.
    StatesOverwrite,
    /// An abandoned claim is removed, so that another worker tries the message again.
    AbandonedRetried,
    /// A missing response counts as acceptance.
    SilenceAccepted,
    /// The result of marking an abandoned claim is ignored.
    MarksUnasked,
    /// A worker continues despite ambiguous responses.
    SilenceIgnored,
    /// A chunk that waits for the provider counts as progress.
    WaitingIsProgress,
    /// All recipients have their turns at once.
    TrialSkipped,
    /// Only the worker that settles the last member of the trial releases the rest.
    TrialUnrepaired,
    /// Messages fail while the provider is unreachable.
    OutageFails,
    /// The target follows the segment after the campaign was sent.
    TargetUnfrozen,
    /// A message has the text that its contact would get when it is sent.
    TextUnfrozen,
    /// A mark counts even if its chunk has been cut.
    MarksUnnumbered,
}

#[derive(Clone, Default, Hash)]
pub struct Table {
    pub campaign: Option<Kept<Campaign>>,
    pub last_send: Option<Timestamp>,
    /// By shard and sort key, as a fan-out reads them.
    pub contacts: Rc<BTreeMap<(u16, String), Kept<Trace>>>,
    pub unsubscribed: BTreeSet<Phone>,
    /// The tag of those in the segment.
    pub segment: u8,
    /// The target that the campaign was sent to.
    pub target: Option<Kept<FrozenTarget>>,
    pub chunks: BTreeMap<(u16, u32), Kept<Chunk>>,
    pub states: BTreeMap<(u16, u32), Kept<ChunkState>>,
    pub marks: BTreeMap<u16, Kept<Mark>>,
    /// A message's id is derived from its phone, so the phone serves as the key.
    pub messages: BTreeMap<Phone, Kept<Message>>,
    pub parked: BTreeMap<String, Kept<Delivery>>,
    pub due: BTreeMap<(Timestamp, String), Kept<Owed>>,
    pub organization: Organization,
}
