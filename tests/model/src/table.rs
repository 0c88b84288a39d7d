//! One campaign's part of the table, with exactly the conditional writes of `infra::table`.
//!
//! Each method is one request, and happens at once. [`Rules`] can take a condition away, to show
//! that the model would find what the condition is for.

mod campaigns;
mod chunks;
mod contacts;
mod due;
mod messages;
mod receipts;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use shared::campaign::Campaign;
use shared::chunk::Chunk;
use shared::chunk_state::ChunkState;
use shared::message::Message;
use shared::phone::Phone;
use shared::receipt::Delivery;
use shared::time::Timestamp;

pub use contacts::{FILLING, Page, Person, Trace, contact_id};
pub use due::Owed;
pub use messages::Claiming;
pub use receipts::Applied;

use crate::kept::Kept;
use crate::protocol::Organization;

/// Which of the protocol's conditions hold. All do, but in the tests of the model itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rules {
    Whole,
    /// A claim is written whether or not there is one.
    ClaimsOverwrite,
    /// A claim is given back whatever was said of its message meanwhile, and whoever claimed it.
    ReleasesAlways,
    /// The unsubscribes are not read again before the claims.
    NoRecheck,
    /// A receipt replaces whatever receipt is there.
    ReceiptsUnranked,
    /// A receipt that comes before the worker's word is dropped.
    EarlyReceiptsDropped,
    /// A chunk replaces the one that is there.
    ChunksOverwrite,
    /// Where a contact was at the send is not asked.
    PresenceIgnored,
    /// Moves and sends are not ordered by the last send.
    MovesUnordered,
    /// A campaign is written whoever wrote in between.
    CampaignsOverwrite,
    /// What a campaign owes next is not written with it.
    DueForgotten,
    /// A chunk's state is written whoever wrote in between.
    StatesOverwrite,
    /// A claim that its worker left is removed, so that another tries the message again.
    AbandonedRetried,
    /// A provider that does not answer is taken to have accepted.
    SilenceAccepted,
    /// Whether a claim that its worker left was marked is not asked.
    MarksUnasked,
    /// A worker goes on whatever the provider's answers are.
    SilenceIgnored,
    /// A chunk that waits for the provider is taken to get on.
    WaitingIsProgress,
    /// All recipients have their turns at once.
    TrialSkipped,
    /// Only the worker that settles the last of the first recipients lets the others go.
    TrialUnrepaired,
    /// What a provider that is out of reach was to be given fails.
    OutageFails,
}

#[derive(Clone, Default, Hash)]
pub struct Table {
    pub campaign: Option<Kept<Campaign>>,
    pub last_send: Option<Timestamp>,
    /// By shard and sort key, as a fan-out reads them.
    pub contacts: Rc<BTreeMap<(u16, String), Kept<Trace>>>,
    pub unsubscribed: BTreeSet<Phone>,
    pub chunks: BTreeMap<(u16, u32), Kept<Chunk>>,
    pub states: BTreeMap<(u16, u32), Kept<ChunkState>>,
    /// A message's id is derived from its phone, so the phone is as good a key.
    pub messages: BTreeMap<Phone, Kept<Message>>,
    pub parked: BTreeMap<String, Kept<Delivery>>,
    pub due: BTreeMap<(Timestamp, String), Kept<Owed>>,
    pub organization: Organization,
}
