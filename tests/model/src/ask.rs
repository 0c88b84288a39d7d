//! The requests that a modeled function makes, and how it makes them.
//!
//! Each function of Volley is modeled by a program that makes one request after another. For each
//! step, the program runs again from its start with the responses that it has had so far, until it
//! makes a new request. That request is its current state. So a program reads like the function
//! that it models, and its whole state is the list of its responses.

use std::collections::BTreeSet;

use shared::audience::Totals;
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
use crate::protocol::Organization;
use crate::request::{Answer, Handover, Op, ShardItems};
use crate::table::{Applied, Claiming, Owed, Page, Person, Rules};

/// Why a program does not continue.
#[derive(Debug)]
pub enum Stop {
    /// It waits for a response.
    At(Op),
    /// It ends with an error, and its message is delivered again.
    Failed,
}

pub type Step<T> = Result<T, Stop>;

/// A response and when it arrived.
pub type Entry = (Timestamp, Answer);

/// A program's interface to the world, with the responses so far.
pub struct Io<'a> {
    log: &'a [Entry],
    next: usize,
    now: Timestamp,
    /// A worker's token. Real ones are random; no two live workers have the same.
    pub token: String,
    pub organization: Organization,
    /// Which of the protocol's rules the programs follow.
    pub rules: Rules,
}

macro_rules! ask {
    ($name:ident($($argument:ident: $type:ty),*) -> $answer:ty, $op:expr, $pattern:pat => $result:expr) => {
        pub fn $name(&mut self, $($argument: $type),*) -> Step<$answer> {
            match self.ask($op)? {
                $pattern => Ok($result),
                Answer::Failed => Err(Stop::Failed),
                other => unreachable!("{other:?} is no answer to {}", stringify!($name)),
            }
        }
    };
}

impl<'a> Io<'a> {
    #[must_use]
    pub fn new(
        log: &'a [Entry],
        since: Timestamp,
        token: String,
        organization: Organization,
        rules: Rules,
    ) -> Self {
        Self { log, next: 0, now: since, token, organization, rules }
    }

    fn ask(&mut self, op: Op) -> Step<Answer> {
        let Some((now, answer)) = self.log.get(self.next) else {
            return Err(Stop::At(op));
        };
        self.next += 1;
        self.now = *now;
        Ok(answer.clone())
    }

    /// The time of the last response.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.now
    }

    ask!(campaign() -> Option<Kept<Campaign>>, Op::ReadCampaign, Answer::Campaign(found) => found);
    ask!(save_campaign(before: &Kept<Campaign>, after: Campaign) -> bool,
        Op::SaveCampaign { before: before.clone(), after: Box::new(after) },
        Answer::Written(written) => written);
    ask!(last_send() -> Option<Timestamp>, Op::ReadLastSend, Answer::Moment(at) => at);
    ask!(segment() -> u8, Op::ReadSegment, Answer::Segment(tag) => tag);
    ask!(begin_campaign(before: &Kept<Campaign>, after: Campaign, target: Option<FrozenTarget>, last: Option<Timestamp>, at: Timestamp) -> bool,
        Op::Begin { before: before.clone(), after: Box::new(after), target: target.map(Kept::new), last, at },
        Answer::Written(written) => written);
    ask!(target() -> Option<Kept<FrozenTarget>>, Op::ReadTarget, Answer::Target(found) => found);
    ask!(audience_page(shard: u16, from: Option<&str>) -> Kept<Page>,
        Op::ReadPage { shard, from: from.map(str::to_owned) }, Answer::Page(page) => page);
    ask!(last_chunk(shard: u16) -> Option<Kept<Chunk>>,
        Op::ReadLastChunk { shard }, Answer::Chunk(chunk) => chunk);
    ask!(mark(shard: u16) -> Option<Kept<Mark>>,
        Op::ReadMark { shard }, Answer::Mark(mark) => mark);
    ask!(put_mark(shard: u16, mark: Mark) -> (),
        Op::PutMark { shard, mark: Box::new(mark) }, Answer::Done => ());
    ask!(put_chunk(shard: u16, chunk: &Chunk, state: Option<&ChunkState>) -> Option<Kept<Chunk>>,
        Op::PutChunk { shard, chunk: Box::new(chunk.clone()), state: state.cloned().map(Box::new) },
        Answer::Chunk(existing) => existing);
    ask!(chunk(shard: u16, number: u32) -> Option<(Kept<ChunkState>, Kept<Chunk>)>,
        Op::ReadChunk { shard, number }, Answer::StateAndChunk(found) => found);
    ask!(members(shard: u16, number: u32) -> Option<Kept<Chunk>>,
        Op::ReadMembers { shard, number }, Answer::Chunk(found) => found);
    ask!(chunk_state(shard: u16, number: u32) -> Option<Kept<ChunkState>>,
        Op::ReadState { shard, number }, Answer::States(states) => states.into_iter().next());
    ask!(messages(phones: &[Phone]) -> Vec<Kept<Message>>,
        Op::ReadMessages { phones: phones.to_vec() }, Answer::Messages(found) => found);
    ask!(messages_beside(phone: &Phone) -> (),
        Op::ReadBeside { phone: phone.clone() }, Answer::Done => ());
    ask!(chunk_states(shard: u16) -> Vec<Kept<ChunkState>>,
        Op::ReadStates { shard }, Answer::States(states) => states);
    ask!(save_state(shard: u16, before: &Kept<ChunkState>, after: &ChunkState) -> bool,
        Op::SaveState { shard, before: before.clone(), after: Box::new(after.clone()) },
        Answer::Written(written) => written);
    ask!(take_chunk(shard: u16, before: &Kept<ChunkState>, after: &ChunkState) -> bool,
        Op::TakeChunk { shard, before: before.clone(), after: Box::new(after.clone()) },
        Answer::Written(written) => written);
    ask!(unsubscribed_among(phones: &[Phone]) -> BTreeSet<Phone>,
        Op::ReadUnsubscribed { phones: phones.to_vec() }, Answer::Phones(phones) => phones);
    ask!(hand_over(phone: &Phone, text: Option<&str>, until: Timestamp) -> Handover,
        Op::HandOver { phone: phone.clone(), text: text.map(str::to_owned), until }, Answer::HandedOver(handover) => handover);
    ask!(mark_unknown(phone: &Phone, token: &str, at: Timestamp) -> bool,
        Op::MarkUnknown { phone: phone.clone(), token: token.to_owned(), at },
        Answer::Written(written) => written);
    ask!(release(phone: &Phone, token: &str) -> bool,
        Op::Release { phone: phone.clone(), token: token.to_owned() },
        Answer::Written(released) => released);
    ask!(register(phone: &Phone) -> (),
        Op::Register { phone: phone.clone() }, Answer::Done => ());
    ask!(send(job: Job, at: Timestamp) -> (), Op::Send { job, at }, Answer::Done => ());
    ask!(shard_items(shard: u16) -> ShardItems,
        Op::ReadShard { shard }, Answer::Shard(items) => *items);
    ask!(look_up(phone: &Phone) -> Option<Kept<Delivery>>,
        Op::LookUp { phone: phone.clone() }, Answer::Found(found) => found);
    ask!(apply_receipt(delivery: &Kept<Delivery>) -> Applied,
        Op::ApplyReceipt { delivery: delivery.clone() }, Answer::Applied(applied) => applied);
    ask!(park(delivery: &Kept<Delivery>) -> (),
        Op::Park { delivery: delivery.clone() }, Answer::Done => ());
    ask!(unpark(delivery: &Kept<Delivery>) -> (),
        Op::Unpark { delivery: delivery.clone() }, Answer::Done => ());
    ask!(overdue(at: Timestamp) -> Vec<Kept<Owed>>,
        Op::ReadOverdue { at }, Answer::Overdue(owed) => owed);
    ask!(take_overdue(owed: &Kept<Owed>, until: Timestamp) -> bool,
        Op::TakeOverdue { owed: owed.clone(), until }, Answer::Written(taken) => taken);
    ask!(forget_overdue(owed: &Kept<Owed>) -> (),
        Op::ForgetOverdue { owed: owed.clone() }, Answer::Done => ());
    ask!(person(id: ContactId) -> Option<Kept<Person>>,
        Op::ReadPerson { id }, Answer::Person(found) => found);
    ask!(presences(id: ContactId, from: Option<&Phone>, to: &Phone) -> Kept<(Presence, Presence)>,
        Op::ReadPresences { id, from: from.cloned(), to: to.clone() },
        Answer::Presences(presences) => presences);
    ask!(move_contact(before: &Kept<Person>, to: &Phone, presences: (Presence, Presence), last: Option<Timestamp>, at: Timestamp) -> bool,
        Op::MoveContact { before: before.clone(), to: to.clone(), presences: Box::new(presences), last, at },
        Answer::Written(written) => written);

    /// Claims a message. The worker continues even if that fails.
    pub fn claim(
        &mut self,
        message: &Message,
        claiming: Claiming,
        at: Timestamp,
    ) -> Step<Result<Option<Kept<Message>>, ()>> {
        match self.ask(Op::Claim { message: Box::new(message.clone()), claiming, at })? {
            Answer::Claimed(existing) => Ok(Ok(existing)),
            _ => Ok(Err(())),
        }
    }

    /// Makes any other request whose failure the caller tolerates.
    pub fn borne<T>(&mut self, ask: impl FnOnce(&mut Self) -> Step<T>) -> Step<Result<T, ()>> {
        borne(ask(self))
    }

    ask!(settle(phone: &Phone, token: &str, outcome: Outcome) -> bool,
        Op::Settle { phone: phone.clone(), token: token.to_owned(), outcome },
        Answer::Written(written) => written);
}

/// A step whose failure the caller tolerates.
pub fn borne<T>(step: Step<T>) -> Step<Result<T, ()>> {
    match step {
        Ok(answer) => Ok(Ok(answer)),
        Err(Stop::Failed) => Ok(Err(())),
        Err(at @ Stop::At(_)) => Err(at),
    }
}

/// The sum of the shards' totals.
#[must_use]
pub fn sum(totals: impl IntoIterator<Item = Totals>) -> Totals {
    totals.into_iter().fold(Totals::default(), |mut sum, totals| {
        sum += totals;
        sum
    })
}
