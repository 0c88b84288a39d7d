//! What must hold in every state, and from every state to the next.

use std::collections::BTreeSet;

use shared::audience::Totals;
use shared::campaign::{Campaign, Dispatch, Status};
use shared::message::{FailureReason, Message, Outcome};
use shared::phone::Phone;

use crate::protocol;
use crate::provider::Taken;
use crate::world::World;

/// A broken promise's description, and a check whether it is broken.
type OfState = (&'static str, fn(&World) -> bool);
type OfStep = (&'static str, fn(&World, &World) -> bool);

pub const TEXTED_TWICE: &str = "somebody was texted twice";
pub const OPTED_OUT: &str = "somebody who had opted out was texted";
pub const TAKEN_UNKNOWN: &str = "the provider has a message that Volley does not know";
pub const TAKEN_FAILED: &str = "a message failed that the provider has";
pub const MADE_UP: &str = "a message is sent that the provider does not have";
pub const RECIPIENT_TWICE: &str = "a phone is a recipient twice";
pub const DONE_AND_OPEN: &str = "a chunk is done and one of its members has no outcome";
pub const STRANGER: &str = "a message goes to nobody of the audience";
pub const DISPATCH_DONE: &str = "the dispatch is done and its chunks are not";
pub const TOTALS: &str = "the recipients are not those of the chunks";
pub const COUNTS: &str = "the counts do not add up to the recipients";
pub const CONTACTS: &str = "a contact was counted twice, or never";
pub const SKIPPED: &str = "somebody was skipped without a reason";
pub const UNWANTED: &str = "a recipient was not in the target when the campaign was sent";
pub const OTHER_TEXT: &str = "someone got a text other than the frozen one";
pub const LATECOMER: &str = "a recipient had no contact when the campaign was sent";

pub const SPENT: &str = "an outage was spent: too many messages are unknown";
pub const TRIAL: &str = "the rest was sent before the first recipients had outcomes";
pub const OUTAGE_FAILED: &str = "a message failed that was never refused";

pub const STATUS_DOWN: &str = "a status went down";
pub const CHUNK_CHANGED: &str = "a chunk changed";
pub const UNCANCELLED: &str = "a campaign that was cancelled was sent";
pub const EPOCH_BACK: &str = "an epoch went back";
pub const OVER_AGAIN: &str = "a dispatch that was over goes on";

const OF_STATES: [OfState; 19] = [
    (TEXTED_TWICE, |world| taken(world).any(|(_, taken)| taken.len() > 1)),
    (OPTED_OUT, |world| taken(world).any(|(_, taken)| taken.iter().any(|t| t.was_opted_out))),
    (TAKEN_UNKNOWN, |world| taken(world).any(|(phone, _)| message(world, phone).is_none())),
    (TAKEN_FAILED, |world| {
        let outcome = |phone| message(world, phone).and_then(|message| message.outcome.as_ref());
        taken(world).any(|(phone, _)| matches!(outcome(phone), Some(Outcome::Failed { .. })))
    }),
    (MADE_UP, |world| world.table.messages.values().any(|message| is_made_up(world, message))),
    (RECIPIENT_TWICE, |world| recipients(world).count() > different(world).len()),
    (DONE_AND_OPEN, is_done_and_open),
    (STRANGER, |world| {
        let recipients = different(world);
        world.table.messages.keys().any(|phone| !recipients.contains(phone))
    }),
    (DISPATCH_DONE, |world| {
        let done = campaign(world).and_then(Campaign::broadcast);
        let done = done.filter(|broadcast| broadcast.dispatch == Dispatch::Done);
        done.is_some_and(|broadcast| {
            let is_open = world.table.states.values().any(|state| !state.is_done());
            is_open || broadcast.audience.completed_at.is_none()
        })
    }),
    (TOTALS, |world| {
        let count = u64::try_from(different(world).len()).unwrap_or_default();
        totals(world).is_some_and(|totals| totals.recipients != count)
    }),
    (COUNTS, |world| {
        let counted = campaign(world).and_then(Campaign::broadcast).and_then(|b| b.counted);
        counted
            .zip(totals(world))
            .is_some_and(|(counted, totals)| counted.counts.total() != totals.recipients)
    }),
    (CONTACTS, |world| {
        let known = totals(world).zip(world.audience.as_ref());
        known.is_some_and(|(totals, audience)| totals.contacts() != audience.contacts)
    }),
    (SKIPPED, |world| {
        let (recipients, out) = (different(world), &world.table.unsubscribed);
        let excused = |phone: &Phone| out.contains(phone) || world.touched.contains(phone);
        let missed = |phone: &Phone| !recipients.contains(phone) && !excused(phone);
        let audience = world.audience.as_ref().filter(|_| totals(world).is_some());
        audience.is_some_and(|audience| audience.wanted.iter().any(missed))
    }),
    (UNWANTED, |world| {
        let Some(audience) = &world.audience else { return false };
        let may_be =
            |phone: &Phone| audience.wanted.contains(phone) || world.touched.contains(phone);
        recipients(world).any(|phone| !may_be(phone))
    }),
    (OTHER_TEXT, |world| {
        let Some(campaign) = campaign(world) else { return false };
        let chunks = world.table.chunks.values().flat_map(|chunk| &chunk.recipients);
        let mut merged = chunks.filter(|recipient| recipient.merge.is_some());
        merged.any(|recipient| {
            let frozen = Some(protocol::text(campaign, recipient));
            let taken = world.provider.books.get(protocol::dialed(recipient));
            taken.is_some_and(|taken| taken.iter().any(|taken| taken.text != frozen))
        })
    }),
    (LATECOMER, |world| {
        let audience = world.audience.as_ref();
        audience.is_some_and(|audience| recipients(world).any(|p| !audience.phones.contains(p)))
    }),
    (SPENT, |world| {
        // Only ambiguous responses count: a worker that dies after its claims leaves more unknown
        // messages.
        let unknown = world.table.states.values().map(|state| state.heard.unknown);
        unknown.sum::<u32>() > MAX_SPENT
    }),
    (TRIAL, |world| {
        let broadcast = campaign(world).and_then(Campaign::broadcast);
        let size =
            world.table.organization.trial.filter(|_| broadcast.is_some_and(|b| b.epoch == 0));
        let size = size.map(|size| size as usize);
        let messages = &world.table.messages;
        let settled = messages.values().filter(|message| message.status().rank() > 0).count();
        size.is_some_and(|size| messages.len() > size && settled < size)
    }),
    (OUTAGE_FAILED, |world| {
        let failed = |message: &Message| {
            let failed = Some(FailureReason::ProviderError);
            message.outcome.as_ref().and_then(Outcome::failure) == failed
        };
        world.table.messages.values().any(|message| failed(message))
    }),
];

/// The number of ambiguous responses in a row that end a worker's sending.
const MAX_SPENT: u32 = 3;

const OF_STEPS: [OfStep; 5] = [
    (STATUS_DOWN, |before, after| {
        before.table.messages.iter().any(|(phone, was)| {
            // A claim that was given back is pending, as before.
            let rank = message(after, phone).map_or(0, |is| is.status().rank());
            rank < was.status().rank()
        })
    }),
    (CHUNK_CHANGED, |before, after| {
        before.table.chunks.iter().any(|(key, chunk)| after.table.chunks.get(key) != Some(chunk))
    }),
    (UNCANCELLED, |before, after| {
        let is_cancelled = |world| campaign(world).is_some_and(|c| c.status() == Status::Cancelled);
        is_cancelled(before) && !is_cancelled(after)
    }),
    (EPOCH_BACK, |before, after| {
        let epoch = |world| campaign(world).and_then(Campaign::broadcast).map(|b| b.epoch);
        epoch(after) < epoch(before)
    }),
    (OVER_AGAIN, |before, after| is_over(before) && !is_over(after)),
];

/// The broken promise in a state, among all or only the one asked for.
#[must_use]
pub fn broken(world: &World, only: Option<&str>) -> Option<&'static str> {
    let judged = OF_STATES.iter().filter(|(name, _)| only.is_none_or(|only| only == *name));
    judged.clone().find(|(_, is_broken)| is_broken(world)).map(|(name, _)| *name)
}

/// The broken promise of a step, among all or only the one asked for.
#[must_use]
pub fn broken_step(before: &World, after: &World, only: Option<&str>) -> Option<&'static str> {
    let judged = OF_STEPS.iter().filter(|(name, _)| only.is_none_or(|only| only == *name));
    judged.clone().find(|(_, is_broken)| is_broken(before, after)).map(|(name, _)| *name)
}

fn taken(world: &World) -> impl Iterator<Item = (&Phone, &Vec<Taken>)> {
    world.provider.books.iter()
}

fn message<'a>(world: &'a World, phone: &Phone) -> Option<&'a Message> {
    world.table.messages.get(phone).map(|message| &**message)
}

fn campaign(world: &World) -> Option<&Campaign> {
    world.table.campaign.as_deref()
}

fn recipients(world: &World) -> impl Iterator<Item = &Phone> {
    let recipients = world.table.chunks.values().flat_map(|chunk| &chunk.recipients);
    recipients.map(protocol::dialed)
}

fn different(world: &World) -> BTreeSet<&Phone> {
    recipients(world).collect()
}

/// The totals, once they are complete.
fn totals(world: &World) -> Option<Totals> {
    let audience = campaign(world)?.broadcast()?.audience;
    audience.completed_at.map(|_| audience.totals)
}

fn is_made_up(world: &World, message: &Message) -> bool {
    let Some(Outcome::Accepted { provider_id, .. }) = &message.outcome else { return false };
    let taken = world.provider.books.get(protocol::texted(message));
    !taken.is_some_and(|taken| taken.iter().any(|taken| taken.id == *provider_id))
}

fn is_done_and_open(world: &World) -> bool {
    let is_open =
        |phone: &Phone| message(world, phone).is_none_or(|message| message.status().rank() == 0);
    let done = world.table.states.iter().filter(|(_, state)| state.is_done());
    let mut done = done.filter_map(|(key, _)| world.table.chunks.get(key));
    done.any(|chunk| chunk.recipients.iter().any(|recipient| is_open(protocol::dialed(recipient))))
}

fn is_over(world: &World) -> bool {
    let broadcast = campaign(world).and_then(Campaign::broadcast);
    broadcast.is_some_and(|b| matches!(b.dispatch, Dispatch::Stopped | Dispatch::Done))
}
