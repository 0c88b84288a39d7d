//! The only module that knows the domain's signatures.
//!
//! Nothing is decided here. Each function builds the same arguments as a function of Volley, and
//! calls the same decision of `shared`, with the model's settings.

mod control;
mod member;
mod moments;
mod people;
mod targets;

use std::cell::Cell;

pub use control::Control;
pub use member::{Member, busy, count};
pub use moments::{moment_of_claim, moments_of_campaign, moments_of_chunk};
pub use people::{dialed, receipt, recipient, texted};
pub use targets::{
    SEGMENT, SMALL, Traits, contact, filter, frozen, is_in, judge, targeted, text, text_now,
};

use shared::audience::Totals;
use shared::breaker::Window;
use shared::campaign::{
    Begin, Broadcast, Campaign, Dispatch, DrainLook, Limits, PollLook, Reason, Salt, State,
};
use shared::chunk::{Chunk, Sizes};
use shared::chunk_state::{ChunkState, Progress, Repair, Slice, Tally};
use shared::grace::Grace;
use shared::ids::{CampaignId, OrganizationId};
use shared::job::{DispatchJob, Job, JobsJob};
use shared::message::{Counts, Found, Message, Status};
use shared::phone::Phone;
use shared::poll::PollSchedule;
use shared::price::Bill;
use shared::recipient::Recipient;
use shared::sender::{Provider, Sender};
use shared::time::Timestamp;
use shared::trial::Verdict;
use uuid::Uuid;

/// `REARM_AFTER_SECONDS`.
pub const GRACE: Grace = Grace::of_seconds(120);
/// `CLAIM_TIMEOUT_SECONDS`.
pub const CLAIM: i64 = 120;
/// How long after its claim a message may still be sent: a quarter of the claim's time.
pub const HANDOVER_WITHIN: i64 = CLAIM / 4;
/// `GATEWAY_TIMEOUT_SECONDS`.
pub const GATEWAY: i64 = 10;
/// `LOOKUP_AFTER_SECONDS`.
pub const SILENT: i64 = 600;
/// The longest that a sender waits because the provider throttles it.
const MAX_WAIT: i64 = 900;
/// Parts per second of a fast sender: every chunk has its turn at once and is sent whole.
pub const FAST: u32 = 1_000;
/// Parts per second of a slow sender. Its chunks have no turn until a drain assigns one, and are
/// sent one message at a time.
pub const SLOW: u32 = 1;
/// How far ahead a slow sender's turn is.
const TURN_AFTER: i64 = 40;
/// The length of a body whose parts take a slow sender as long as a slice.
const LONG: usize = 1_500;
/// The interval at which a fan-out saves its progress.
pub const SHOWN_EVERY: i64 = 5;
/// The time without progress after which a campaign as a whole is stalled.
const STALE: i64 = 3_600;

pub const ORGANIZATION: OrganizationId = OrganizationId(Uuid::from_u128(1));
/// In the model, one campaign is sent once.
const SALT: Salt = Salt::new([7; 16]);
/// The settings of an organization that a campaign copies when it is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Organization {
    pub shards: u16,
    /// Parts per second of its sender.
    pub rate: u32,
    /// The size of the trial. A real trial is larger than any audience of the model, so a scenario
    /// that is not about trials has none.
    pub trial: Option<u32>,
    /// How its chunks are cut if its campaign has a target and a merge field.
    pub target: Option<Sizes>,
}

pub const CAMPAIGN: CampaignId = CampaignId(Uuid::from_u128(2));

/// `POLL_SCHEDULE_SECONDS`, shorter than the default to save polls.
pub const POLLS: &str = "60,900";

#[must_use]
pub fn polls() -> PollSchedule {
    POLLS.parse().unwrap_or_default()
}

thread_local! {
    /// The moment from which a scenario counts its seconds.
    static START: Cell<Option<Timestamp>> = const { Cell::new(None) };
}

/// Sets the moment from which this thread's scenarios count their seconds. Scenarios that run beside
/// a real clock need one; all others are the same each time.
pub fn start_at(moment: Timestamp) {
    START.set(Some(moment));
}

#[must_use]
pub fn at(second: i64) -> Timestamp {
    let start = START.get().or_else(|| Timestamp::from_millis(1_800_000_000_000));
    start.map_or_else(|| unreachable!("in range"), |start| start.plus_seconds(second))
}

/// A campaign that is scheduled for now.
#[must_use]
pub fn scheduled(rate: u32, max_parts: Option<u64>) -> Campaign {
    let body = if rate == SLOW { "a".repeat(LONG) } else { "Hello".to_owned() };
    let draft =
        Campaign::create(CAMPAIGN, ORGANIZATION, "Sale".to_owned(), Some(body.into()), at(0));
    let limits = Limits { max_parts, max_price: None };
    let scheduled = Campaign { limits, ..draft }.schedule(None, at(0), GRACE);
    scheduled.unwrap_or_else(|refusal| unreachable!("{refusal}"))
}

#[must_use]
pub fn send_job(campaign: &Campaign) -> Option<Job> {
    campaign.step.as_ref().map(|due| due.job.clone())
}

#[must_use]
pub fn begin(
    campaign: &Campaign,
    scheduled_at: Timestamp,
    Organization { shards, rate, trial, target: _ }: Organization,
    now: Timestamp,
) -> Begin {
    let phone = Phone::from_e164("+14153550100").unwrap_or_else(|_| unreachable!("valid"));
    let sender = Sender { parts_per_second: rate, ..Sender::new(phone, Provider::default()) };
    let mut begin = campaign.begin(scheduled_at, SALT, sender, shards.into(), now, GRACE);
    if let Begin::Begun(campaign) = &mut begin
        && let State::Sent(broadcast) = &mut campaign.state
    {
        broadcast.trial = trial;
    }
    begin
}

#[must_use]
pub fn fan_out_job() -> Job {
    JobsJob::FanOut { organization_id: ORGANIZATION, campaign_id: CAMPAIGN, shard: None }.into()
}

#[must_use]
pub fn chunk_job(epoch: u32, shard: u16, number: u32, turn: Option<Timestamp>) -> Job {
    let (organization_id, campaign_id) = (ORGANIZATION, CAMPAIGN);
    DispatchJob::Chunk { organization_id, campaign_id, epoch, shard, number, turn }.into()
}

#[must_use]
pub fn fanning_out(campaign: &Campaign, totals: Totals, now: Timestamp) -> Option<Campaign> {
    campaign.fanning_out(totals, now, GRACE)
}

#[must_use]
pub fn fanned_out(campaign: &Campaign, totals: Totals, now: Timestamp) -> Option<Campaign> {
    let mut after = campaign.fanned_out(totals, &Bill::default(), &polls(), now, GRACE)?;
    let was_held = campaign.broadcast().is_some_and(|b| b.dispatch == Dispatch::Held);
    if was_held && let State::Sent(broadcast) = &mut after.state {
        broadcast.trial = None;
    }
    Some(after)
}

/// The state that is written with a chunk, if it has recipients. It has a turn if the sender is
/// fast and either the campaign is not on trial or `grants` recipients may be granted.
#[must_use]
pub fn cut(
    chunk: &Chunk,
    broadcast: &Broadcast,
    grants: Option<u32>,
    now: Timestamp,
) -> Option<ChunkState> {
    let recipients = chunk.recipients.len();
    let state = ChunkState::of(chunk, broadcast.epoch, now);
    let is_running = broadcast.dispatch == Dispatch::Running;
    let has_turn = is_running && broadcast.sender.parts_per_second != SLOW && grants != Some(0);
    let state = match grants {
        Some(grants) if has_turn => state.granting(grants),
        _ => state,
    };
    (recipients > 0).then(|| if has_turn { state.with_turn(now) } else { state })
}

/// The turn that the drain assigns to a chunk.
#[must_use]
pub fn turn(broadcast: &Broadcast, now: Timestamp) -> Timestamp {
    let is_slow = broadcast.sender.parts_per_second == SLOW;
    now.plus_seconds(if is_slow { TURN_AFTER } else { 0 })
}

/// The state of a chunk that the drain has given up.
#[must_use]
pub fn given_up(state: &ChunkState, now: Timestamp) -> ChunkState {
    ChunkState { progress: Progress::Done, updated_at: now, ..state.clone() }
}

/// A chunk that has had this number of failed attempts.
#[must_use]
pub fn begun_in_vain(state: &ChunkState, attempts: u32) -> ChunkState {
    ChunkState { attempts, ..state.clone() }
}

#[must_use]
pub fn start(state: &ChunkState, job: Option<Timestamp>, now: Timestamp) -> Option<ChunkState> {
    state.start(job, now, GRACE)
}

/// The members whose turn it is.
#[must_use]
pub fn slice(
    working: &ChunkState,
    chunk: &Chunk,
    campaign: &Campaign,
    broadcast: &Broadcast,
) -> Slice {
    let parts = campaign.body_sent().parts_of_each(&chunk.recipients);
    working.slice(&parts, broadcast.sender.parts_per_second)
}

/// The state that a worker saves when it leaves its chunk.
#[must_use]
pub fn finish(working: &ChunkState, tally: &Tally, slice: &Slice, now: Timestamp) -> ChunkState {
    working.finish(tally, slice, now, 0)
}

#[must_use]
pub fn repair(state: &ChunkState, epoch: u32, now: Timestamp) -> Repair {
    state.repair(epoch, now, GRACE)
}

/// The number of seconds after which a waiting chunk's job returns.
#[must_use]
pub fn comes_back_after(state: &ChunkState, now: Timestamp) -> Option<i64> {
    let Progress::Waiting { until } = state.progress else { return None };
    Some(i64::from(until.seconds_from(now)).min(MAX_WAIT))
}

/// The campaign as a worker pauses it.
#[must_use]
pub fn paused(campaign: &Campaign, epoch: u32, reason: Reason, now: Timestamp) -> Option<Campaign> {
    campaign.running(epoch)?;
    campaign.clone().pause(Some(reason), now).ok()
}

#[must_use]
pub fn backing_off(campaign: &Campaign, epoch: u32, now: Timestamp) -> Option<Campaign> {
    campaign.backing_off(epoch, now, GRACE)
}

#[must_use]
pub fn tried(
    campaign: &Campaign,
    epoch: u32,
    verdict: Verdict,
    now: Timestamp,
) -> Option<Campaign> {
    campaign.tried(epoch, verdict, now, GRACE)
}

#[must_use]
pub fn pending(recipient: &Recipient, broadcast: &Broadcast) -> Message {
    let phone = dialed(recipient);
    let id = broadcast.names.message_id(CAMPAIGN, phone);
    Message::pending(ORGANIZATION, CAMPAIGN, id, phone.clone(), broadcast.sent_at)
}

#[must_use]
pub fn found_by(message: &Message, token: &str, now: Timestamp) -> Found {
    message.found_by(token, now, CLAIM)
}

#[must_use]
pub fn polled(
    campaign: &Campaign,
    number: u32,
    counts: Counts,
    are_chunks_done: bool,
    now: Timestamp,
) -> Option<Campaign> {
    let look = PollLook { counts, are_chunks_done, learnt: Window::default() };
    campaign.polled(number, &look, &polls(), now, GRACE)
}

#[must_use]
pub fn stillness_checked(campaign: &Campaign, job: &Job, now: Timestamp) -> Option<Campaign> {
    let held = campaign.hold_checked(job, now, GRACE);
    held.or_else(|| campaign.pause_checked(job, &polls(), now, GRACE))
}

#[must_use]
pub fn drain_checked(
    campaign: &Campaign,
    job: &Job,
    look: &DrainLook,
    now: Timestamp,
) -> Option<Campaign> {
    campaign.drain_checked(job, look, now, GRACE)
}

/// Whether the provider may know more about a message than Volley does.
#[must_use]
pub fn is_open(message: &Message, now: Timestamp) -> bool {
    match message.status() {
        Status::Unknown => true,
        Status::Sent => now >= message.updated_at().plus_seconds(SILENT),
        Status::Pending | Status::Delivered | Status::Failed => false,
    }
}
