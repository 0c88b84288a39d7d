//! The requests of a program, in their order.
//!
//! `tests/sequence` runs a function against a table in memory and compares its requests with those of
//! its program here. A request is named by its operation, the kind of its item and, for a conditional
//! write, whether it was made.

use shared::campaign::{Campaign, Status};
use shared::chunk_state::ChunkState;
use shared::job::Job;

use crate::kept::Kept;
use crate::programs::Program;
use crate::protocol;
use crate::provider::Mood;
use crate::request::{Answer, Handover, Op};
use crate::table::Applied;
use crate::world::{Bounds, Fate, World};

/// A program, and what is around it.
#[derive(Clone)]
pub struct Case<'a> {
    pub world: &'a World,
    pub program: Program,
    /// What the provider does with its messages, one after the other; it accepts the others.
    pub moods: &'a [Mood],
    /// An item that someone else writes before the request of this number.
    pub race: Option<(usize, Item)>,
}

/// What a program loses a race for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item {
    Campaign,
    /// The state of the first chunk of the first shard.
    ChunkState,
}

impl<'a> Case<'a> {
    /// A program that nothing disturbs.
    #[must_use]
    pub fn new(world: &'a World, program: Program) -> Self {
        Self { world, program, moods: &[], race: None }
    }
}

/// Writes an item as someone else would whose write changes nothing but that there was one.
fn touch(world: &mut World, item: Item) {
    match item {
        Item::Campaign => {
            let campaign = world.table.campaign.take();
            world.table.campaign = campaign.map(|campaign| {
                let version = campaign.version + 1;
                Kept::new(Campaign { version, ..(*campaign).clone() })
            });
        }
        Item::ChunkState => {
            if let Some(state) = world.table.states.get_mut(&(0, 0)) {
                let updated_at = state.updated_at.plus_millis(1);
                *state = Kept::new(ChunkState { updated_at, ..(**state).clone() });
            }
        }
    }
}

/// Runs a program to its end, and returns its requests.
#[must_use]
pub fn requests(case: &Case<'_>) -> Vec<String> {
    let mut world = case.world.clone();
    let bounds = Bounds::undisturbed(world.now);
    world.processes.clear();
    world.start(case.program.clone(), bounds.rules);
    let (mut sequence, mut moods, mut race) = (Sequence::default(), case.moods.iter(), case.race);
    while let Some(process) = world.processes.first() {
        let op = std::rc::Rc::clone(&process.pending);
        let fate = match *op {
            Op::HandOver { .. } => moods.next().map_or(Fate::Plain, |mood| Fate::Provider(*mood)),
            _ => Fate::Plain,
        };
        if let Some((_, item)) = race.take_if(|(number, _)| *number == sequence.requests.len()) {
            touch(&mut world, item);
        }
        let is_missing = is_missing(&world, &op);
        let answer = world.step(0, fate, bounds.rules);
        sequence.note(&op, &answer);
        if is_missing {
            sequence.add("get MESSAGE");
        }
    }
    sequence.end()
}

/// The job of a program, as the sequence names it.
#[must_use]
pub fn job(job: &Job) -> String {
    let name = job.name();
    let kind = name.split('#').next().unwrap_or_default();
    format!("queue {kind}")
}

/// Whether a receipt's message is not there. Then the table does not return it with the refusal, and
/// it is read once more.
fn is_missing(world: &World, op: &Op) -> bool {
    let Op::ApplyReceipt { delivery } = op else { return false };
    !world.table.messages.contains_key(protocol::recipient(delivery))
}

#[derive(Default)]
struct Sequence {
    requests: Vec<String>,
    /// Whether a claim of the batch that is being written was refused.
    is_refused: bool,
}

fn judged(request: &str, is_made: bool) -> String {
    format!("{request}: {}", if is_made { "made" } else { "refused" })
}

/// The writes of a transaction, which have no order among themselves.
#[must_use]
pub fn together(mut writes: Vec<String>) -> String {
    writes.sort();
    writes.join(" + ")
}

/// A transition's writes: the campaign, and what it owes.
fn transition(before: &Campaign, after: &Campaign, others: &[&str]) -> String {
    let mut writes = vec!["put CAMPAIGN"];
    for (before, after) in [(&before.step, &after.step), (&before.drain, &after.drain)] {
        // The model's clock does not move between two writes. A real one does, so that what is owed
        // next never has the key of what was owed before.
        if before != after {
            writes.extend(before.iter().map(|_| "delete DUE"));
            writes.extend(after.iter().map(|_| "put DUE"));
        }
    }
    together(writes.iter().chain(others).map(|write| (*write).to_owned()).collect())
}

impl Sequence {
    fn add(&mut self, request: &str) {
        self.requests.push(request.to_owned());
    }

    fn write(&mut self, request: &str, is_made: bool) {
        self.requests.push(judged(request, is_made));
    }

    /// A batch of claims is followed by one read of the messages that were there.
    fn end_claims(&mut self) {
        if std::mem::take(&mut self.is_refused) {
            self.add("get MESSAGE");
        }
    }

    fn end(mut self) -> Vec<String> {
        self.end_claims();
        self.requests
    }

    fn note(&mut self, op: &Op, answer: &Answer) {
        if !matches!(op, Op::Claim { .. }) {
            self.end_claims();
        }
        let is_made = *answer == Answer::Written(true);
        match op {
            Op::ReadCampaign => self.add("get CAMPAIGN"),
            Op::SaveCampaign { before, after } => {
                self.write(&transition(before, after, &[]), is_made);
            }
            Op::ReadLastSend => self.add("get LASTSEND"),
            Op::ReadSegment => self.add("get SEGMENT"),
            Op::Begin { before, after, target, .. } => {
                let target = target.as_ref().map(|_| "put TARGET");
                let others: Vec<&str> = target.into_iter().chain(["put LASTSEND"]).collect();
                self.write(&transition(before, after, &others), is_made);
            }
            Op::ReadPage { .. } => {
                self.add("query CONTACT");
                let Answer::Page(page) = answer else { return };
                if page.entries.iter().any(|(entry, _)| entry.phone.is_some()) {
                    self.add("query UNSUBSCRIBED");
                }
            }
            Op::ReadTarget => self.add("get TARGET"),
            Op::ReadLastChunk { .. } => self.add("query CHUNK"),
            Op::ReadMark { .. } => self.add("get CHUNKMARK"),
            Op::PutMark { .. } => self.write("put CHUNKMARK", true),
            Op::PutChunk { state, .. } => {
                let is_made = *answer == Answer::Chunk(None);
                let both = "put CHUNK + put CHUNKSTATE";
                self.write(if state.is_some() { both } else { "put CHUNK" }, is_made);
                if !is_made {
                    self.add("get CHUNK");
                }
            }
            Op::ReadChunk { .. } => {
                self.add("get CHUNKSTATE");
                self.add("get CHUNK");
            }
            Op::ReadMembers { .. } => self.add("get CHUNK"),
            Op::ReadStates { .. } => self.add("query CHUNKSTATE"),
            Op::ReadState { .. } => self.add("get CHUNKSTATE"),
            Op::SaveState { .. } | Op::TakeChunk { .. } => self.write("update CHUNKSTATE", is_made),
            Op::ReadUnsubscribed { .. } => self.add("query UNSUBSCRIBED"),
            Op::Claim { .. } => {
                let is_made = *answer == Answer::Claimed(None);
                self.is_refused |= !is_made;
                self.write("insert MESSAGE", is_made);
            }
            // No one sees a connection that is not made.
            Op::HandOver { .. } if *answer == Answer::HandedOver(Handover::Unreachable) => {}
            Op::HandOver { .. } => self.add("send to the provider"),
            Op::Settle { .. } => self.write("update MESSAGE outcome", is_made),
            Op::MarkUnknown { .. } => self.write("update MESSAGE unknown", is_made),
            Op::Release { .. } => self.write("delete MESSAGE", is_made),
            Op::Register { .. } => self.write("put UNSUBSCRIBED", true),
            Op::Send { job: sent, .. } => self.add(&job(sent)),
            Op::ReadShard { .. } => self.add("query CHUNKSTATE to PARKED"),
            Op::ReadMessages { .. } => self.add("get MESSAGE"),
            Op::LookUp { .. } => self.add("ask the provider"),
            // The newest campaigns of each status that texts, their messages to the phone, and the
            // campaign's tests.
            Op::ReadBeside { .. } => {
                for _ in Status::texting() {
                    self.add("query CAMPAIGN");
                }
                self.add("get MESSAGE");
                self.add("query MESSAGE");
            }
            Op::ApplyReceipt { .. } => {
                let is_made = *answer == Answer::Applied(Applied::Done);
                self.write("update MESSAGE receipt", is_made);
            }
            Op::Park { .. } => self.write("put PARKED", true),
            Op::Unpark { .. } => self.write("delete PARKED", true),
            // The sweep reads partition by partition; those without due work are not noted.
            Op::ReadOverdue { .. } => {
                let Answer::Overdue(owed) = answer else { return };
                if !owed.is_empty() {
                    self.add("query DUE");
                }
            }
            Op::TakeOverdue { .. } => self.write("update DUE", is_made),
            Op::ForgetOverdue { .. } => self.write("delete DUE", true),
            Op::ReadPerson { .. } => self.add("get CONTACT"),
            Op::ReadPresences { .. } => self.add("get presences"),
            Op::MoveContact { .. } => self.write("move CONTACT", is_made),
        }
    }
}
