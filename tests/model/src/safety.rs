//! What must hold in every state, and between every state and the next.

use std::collections::BTreeSet;

use shared::campaign::Dispatch;
use shared::message::{Message, Outcome, Status};
use shared::phone::Phone;

use crate::world::World;

/// Which promise is broken, if one is.
#[must_use]
pub fn broken_step(before: &World, after: &World) -> Option<&'static str> {
    for (phone, was) in &before.table.messages {
        let rank = was.status().rank();
        let is = after.table.messages.get(phone);
        if is.is_some_and(|is| is.status().rank() < rank) {
            return Some("a status went down");
        }
        if is.is_none() && rank > 0 {
            return Some("a message that something was said of is gone");
        }
    }
    for (key, chunk) in &before.table.chunks {
        if after.table.chunks.get(key) != Some(chunk) {
            return Some("a chunk changed");
        }
    }
    None
}

/// Which promise is broken, if one is.
#[must_use]
pub fn broken(world: &World) -> Option<&'static str> {
    of_books(world).or_else(|| of_chunks(world)).or_else(|| of_counts(world))
}

/// What the provider's books say.
fn of_books(world: &World) -> Option<&'static str> {
    for (phone, taken) in &world.provider.books {
        if taken.len() > 1 {
            return Some("somebody was texted twice");
        }
        if taken.iter().any(|taken| taken.was_opted_out) {
            return Some("somebody who had opted out was texted");
        }
        let outcome = match world.table.messages.get(phone) {
            None => return Some("the provider has a message that Volley does not know"),
            Some(message) => &message.outcome,
        };
        match outcome {
            Some(Outcome::Failed { .. }) => return Some("a message failed that was taken"),
            Some(Outcome::Accepted { provider_id, .. })
                if taken.iter().all(|taken| taken.id != *provider_id) =>
            {
                return Some("a message has an id that the provider does not know");
            }
            _ => {}
        }
    }
    let is_accepted = |message: &Message| matches!(message.outcome, Some(Outcome::Accepted { .. }));
    let is_taken = |phone: &Phone| world.provider.books.contains_key(phone);
    let made_up = world.table.messages.iter().any(|(to, m)| is_accepted(m) && !is_taken(to));
    made_up.then_some("a message is sent that the provider does not have")
}

/// Whether a chunk's members are each in one chunk, and have an outcome once it is done.
fn of_chunks(world: &World) -> Option<&'static str> {
    let mut recipients = BTreeSet::new();
    for (key, chunk) in &world.table.chunks {
        for phone in &chunk.recipients {
            if !recipients.insert(phone) {
                return Some("a phone is a recipient twice");
            }
        }
        let is_done = world.table.states.get(key).is_some_and(|state| state.is_done());
        let is_open = |phone: &Phone| {
            let message = world.table.messages.get(phone);
            message.is_none_or(|message| message.status() == Status::Pending)
        };
        if is_done && chunk.recipients.iter().any(is_open) {
            return Some("a chunk is done and one of its members has no outcome");
        }
    }
    let is_foreign = world.table.messages.keys().any(|phone| !recipients.contains(phone));
    is_foreign.then_some("a message goes to nobody of the audience")
}

/// Whether the counts are those of the audience, once it is known.
fn of_counts(world: &World) -> Option<&'static str> {
    let broadcast = world.table.campaign.as_ref()?.broadcast()?;
    let is_open = world.table.states.values().any(|state| !state.is_done());
    if broadcast.dispatch == Dispatch::Done && is_open {
        return Some("the dispatch is done and a chunk is not");
    }
    if broadcast.audience.completed_at.is_none() {
        return (broadcast.dispatch == Dispatch::Done)
            .then_some("the dispatch is done and the fan-out is not");
    }
    let totals = broadcast.audience.totals;
    let recipients: BTreeSet<&Phone> =
        world.table.chunks.values().flat_map(|chunk| &chunk.recipients).collect();
    if totals.recipients != u64::try_from(recipients.len()).unwrap_or_default() {
        return Some("the recipients are not those of the chunks");
    }
    let counted = broadcast.counted.map(|counted| counted.counts.total());
    if counted.is_some_and(|counted| counted != totals.recipients) {
        return Some("the counts do not add up to the recipients");
    }
    let audience = world.audience.as_ref()?;
    if totals.contacts() != audience.contacts {
        return Some("a contact was counted twice, or never");
    }
    let unexplained = |phone: &&Phone| {
        !recipients.contains(phone) && !world.table.unsubscribed.contains(*phone)
    };
    if audience.phones.iter().any(|phone| unexplained(&phone)) {
        return Some("somebody was skipped without a reason");
    }
    let is_stranger = recipients.iter().any(|phone| !audience.phones.contains(*phone));
    is_stranger.then_some("a recipient had no contact when the campaign was sent")
}
