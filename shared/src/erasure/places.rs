//! Every place in which a phone is kept, and how it ends there when its person is erased.
//!
//! A new place belongs in this list. The end-to-end test of erasures reads the whole table and bucket
//! for the phone, and fails if a place is missing.

/// How a phone ends in a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The item, row or file goes.
    Deleted,
    /// Only what says who it is goes. Sums, positions and claims stay.
    Overwritten,
    /// It stays until it expires, within this number of days.
    Expires { days: u32 },
    /// It stays until someone decides what comes next.
    Kept,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub name: &'static str,
    pub end: End,
}

const fn place(name: &'static str, end: End) -> Place {
    Place { name, end }
}

pub const PLACES: [Place; 24] = [
    place("entries of the register, under every form of the phone", End::Deleted),
    place("contacts, their pointers and external IDs", End::Deleted),
    place("tombstones at the phone and at former phones of its contacts", End::Deleted),
    place("chunks and their merge fields", End::Overwritten),
    place("marks of a fan-out", End::Deleted),
    place("where a fan-out that was given up goes on if it is resumed", End::Kept),
    place("messages and their texts", End::Overwritten),
    place("test messages and their texts", End::Overwritten),
    place("receipts that wait for a message", End::Overwritten),
    place("texts from the phone, their flags and the replies to them", End::Deleted),
    place("phones that a resend is for", End::Deleted),
    place("deliveries to webhooks", End::Expires { days: 7 }),
    place("events that wait to be sent", End::Expires { days: 14 }),
    place("rejected rows", End::Deleted),
    place("uploaded files, unpacked files and files of rejected rows", End::Deleted),
    place("files of an import that has not ended", End::Expires { days: 30 }),
    place("exported files", End::Deleted),
    place("the record of the erasure, once it is done", End::Overwritten),
    place("how far an export or an import is", End::Expires { days: 30 }),
    place("responses to idempotency keys", End::Expires { days: 1 }),
    place("previews and quotes", End::Expires { days: 1 }),
    place("callbacks on queues", End::Expires { days: 4 }),
    place("dead letters", End::Expires { days: 14 }),
    place("point-in-time recovery", End::Expires { days: 35 }),
];
