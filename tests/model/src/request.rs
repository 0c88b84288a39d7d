//! The requests that functions make, and their responses.

use std::collections::BTreeSet;

use shared::campaign::Campaign;
use shared::chunk::{Chunk, Mark};
use shared::chunk_state::ChunkState;
use shared::contact::Presence;
use shared::ids::ContactId;
use shared::job::Job;
use shared::message::{Message, Outcome};
use shared::phone::Phone;
use shared::receipt::Delivery;
use shared::target::FrozenTarget;
use shared::time::Timestamp;

use crate::kept::Kept;
use crate::table::{Applied, Claiming, Owed, Page, Person};

/// A request to the table, a queue or the provider.
#[derive(Debug)]
pub enum Op {
    ReadCampaign,
    SaveCampaign {
        before: Kept<Campaign>,
        after: Box<Campaign>,
    },
    ReadLastSend,
    /// Reads the segments of a target.
    ReadSegment,
    Begin {
        before: Kept<Campaign>,
        after: Box<Campaign>,
        target: Option<Kept<FrozenTarget>>,
        last: Option<Timestamp>,
        at: Timestamp,
    },
    ReadPage {
        shard: u16,
        from: Option<String>,
    },
    ReadTarget,
    ReadLastChunk {
        shard: u16,
    },
    ReadMark {
        shard: u16,
    },
    PutMark {
        shard: u16,
        mark: Box<Mark>,
    },
    PutChunk {
        shard: u16,
        chunk: Box<Chunk>,
        state: Option<Box<ChunkState>>,
    },
    ReadChunk {
        shard: u16,
        number: u32,
    },
    /// Reads the members of a chunk whose state is known.
    ReadMembers {
        shard: u16,
        number: u32,
    },
    ReadStates {
        shard: u16,
    },
    ReadState {
        shard: u16,
        number: u32,
    },
    SaveState {
        shard: u16,
        before: Kept<ChunkState>,
        after: Box<ChunkState>,
    },
    /// A worker starts on a chunk by saving its state.
    TakeChunk {
        shard: u16,
        before: Kept<ChunkState>,
        after: Box<ChunkState>,
    },
    ReadUnsubscribed {
        phones: Vec<Phone>,
    },
    Claim {
        message: Box<Message>,
        claiming: Claiming,
        at: Timestamp,
    },
    HandOver {
        phone: Phone,
        /// The rendered text, if the body has merge fields.
        text: Option<String>,
        until: Timestamp,
    },
    Settle {
        phone: Phone,
        token: String,
        outcome: Outcome,
    },
    MarkUnknown {
        phone: Phone,
        token: String,
        at: Timestamp,
    },
    Release {
        phone: Phone,
        token: String,
    },
    Register {
        phone: Phone,
    },
    Send {
        job: Job,
        at: Timestamp,
    },
    ReadShard {
        shard: u16,
    },
    ReadMessages {
        phones: Vec<Phone>,
    },
    LookUp {
        phone: Phone,
    },
    /// Reads the other messages to a phone, so that none is taken for the one that was lost.
    ReadBeside {
        phone: Phone,
    },
    ApplyReceipt {
        delivery: Kept<Delivery>,
    },
    Park {
        delivery: Kept<Delivery>,
    },
    Unpark {
        delivery: Kept<Delivery>,
    },
    ReadOverdue {
        at: Timestamp,
    },
    TakeOverdue {
        owed: Kept<Owed>,
        until: Timestamp,
    },
    ForgetOverdue {
        owed: Kept<Owed>,
    },
    ReadPerson {
        id: ContactId,
    },
    ReadPresences {
        id: ContactId,
        from: Option<Phone>,
        to: Phone,
    },
    MoveContact {
        before: Kept<Person>,
        to: Phone,
        presences: Box<(Presence, Presence)>,
        last: Option<Timestamp>,
        at: Timestamp,
    },
}

impl Op {
    /// Whether the request changes something, so that a lost response matters.
    #[must_use]
    pub fn is_write(&self) -> bool {
        !matches!(
            self,
            Self::ReadCampaign
                | Self::ReadLastSend
                | Self::ReadSegment
                | Self::ReadTarget
                | Self::ReadMark { .. }
                | Self::ReadPage { .. }
                | Self::ReadLastChunk { .. }
                | Self::ReadChunk { .. }
                | Self::ReadMembers { .. }
                | Self::ReadStates { .. }
                | Self::ReadState { .. }
                | Self::ReadMessages { .. }
                | Self::ReadBeside { .. }
                | Self::ReadUnsubscribed { .. }
                | Self::ReadShard { .. }
                | Self::ReadOverdue { .. }
                | Self::ReadPerson { .. }
                | Self::ReadPresences { .. }
                | Self::HandOver { .. }
                | Self::LookUp { .. }
        )
    }
}

/// A shard of a campaign, as a poll reads it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ShardItems {
    pub messages: Vec<Kept<Message>>,
    pub states: Vec<Kept<ChunkState>>,
    pub parked: Vec<Kept<Delivery>>,
}

/// The gateway's result, from the provider's response or the lack of one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Handover {
    Accepted { id: String },
    Refused { opted_out: bool },
    Throttled,
    Halted,
    Unreachable,
    Ambiguous,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Answer {
    Done,
    /// Whether a conditional write succeeded.
    Written(bool),
    /// The request failed, or seemed to.
    Failed,
    Campaign(Option<Kept<Campaign>>),
    Moment(Option<Timestamp>),
    Page(Kept<Page>),
    Chunk(Option<Kept<Chunk>>),
    /// The tag of those in the segment.
    Segment(u8),
    Target(Option<Kept<FrozenTarget>>),
    Mark(Option<Kept<Mark>>),
    StateAndChunk(Option<(Kept<ChunkState>, Kept<Chunk>)>),
    States(Vec<Kept<ChunkState>>),
    Phones(BTreeSet<Phone>),
    Messages(Vec<Kept<Message>>),
    /// The existing message.
    Claimed(Option<Kept<Message>>),
    HandedOver(Handover),
    Shard(Box<ShardItems>),
    Found(Option<Kept<Delivery>>),
    Applied(Applied),
    Overdue(Vec<Kept<Owed>>),
    Person(Option<Kept<Person>>),
    Presences(Kept<(Presence, Presence)>),
}
