//! Erases a person from a campaign. Everyone keeps their place in the chunks, and every message its
//! claim, outcome and receipt, so that sums hold and no one is texted again.

use std::collections::BTreeSet;

use infra::clock;
use infra::table::{Claimed, Claiming, is_cut_through};
use shared::campaign::{Broadcast, Campaign};
use shared::chunk::Chunk;
use shared::ids::MessageId;
use shared::message::{FailureReason, Kind, Message, Status};
use shared::phone::Phone;
use shared::receipt::MessageRef;
use shared::recipient::{Addressee, Recipient};
use shared::shard::Shards;
use shared::time::Timestamp;

use crate::App;

const CHUNKS_AT_ONCE: i32 = 20;
const TESTS_AT_ONCE: i32 = 100;
/// A run of a fan-out takes less than this. One that began before the contacts were gone may still have
/// the phone.
const FAN_OUT_SECONDS: i64 = 600;
/// A test that is older than this is not sent any more.
const TEST_SECONDS: i64 = 600;

/// Whether something about the person is being sent or written right now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    Done,
    Busy,
}

impl Progress {
    pub(super) fn and(self, other: Self) -> Self {
        if self == Self::Done { other } else { self }
    }
}

pub(super) async fn erase(
    app: &App,
    campaign: &Campaign,
    (phone, shards): (&Phone, Shards),
    contacts_erased_at: Timestamp,
) -> anyhow::Result<Progress> {
    let tests = erase_tests(app, campaign, phone).await?;
    if campaign.resend.is_some() {
        app.table.erase_named(campaign.id, phone, shards).await?;
    }
    let Some(broadcast) = campaign.broadcast() else { return Ok(tests) };
    let now = clock::now();
    let has_old_runs = now < contacts_erased_at.plus_seconds(FAN_OUT_SECONDS);
    if !broadcast.audience.is_cut(now) && has_old_runs {
        return Ok(Progress::Busy);
    }
    let person = Person::new(campaign, phone);
    let members = erase_members(app, campaign, broadcast, &person).await?;
    let messages = erase_messages(app, campaign, broadcast, &person, &members).await?;
    Ok(tests.and(messages))
}

/// Whom to look for in a campaign.
struct Person {
    forms: Vec<Phone>,
    /// The ids that the message to each form has.
    ids: BTreeSet<MessageId>,
}

impl Person {
    fn new(campaign: &Campaign, phone: &Phone) -> Self {
        Self { forms: phone.forms(), ids: campaign.message_ids_to(phone) }
    }

    /// The message to a member, if it is this person, also if they are erased already.
    fn message_to(
        &self,
        campaign: &Campaign,
        broadcast: &Broadcast,
        member: &Recipient,
    ) -> Option<MessageId> {
        match &member.to {
            Addressee::Phone(phone) => {
                let is_of = self.forms.contains(phone);
                is_of.then(|| broadcast.names.message_id(campaign.id, phone))
            }
            Addressee::Erased(id) => self.ids.contains(id).then_some(*id),
        }
    }
}

/// Overwrites the person in the chunks of their shards, and returns the ids of their messages.
async fn erase_members(
    app: &App,
    campaign: &Campaign,
    broadcast: &Broadcast,
    person: &Person,
) -> anyhow::Result<BTreeSet<MessageId>> {
    let message_to = |member: &Recipient| person.message_to(campaign, broadcast, member);
    let mut found = BTreeSet::new();
    let shards: BTreeSet<u16> =
        person.forms.iter().map(|form| form.shard(broadcast.shards)).collect();
    for shard in shards {
        let (mut number, mut has_more) = (0, true);
        while has_more {
            let chunks =
                app.table.chunks_for_erasure(campaign.id, shard, number, CHUNKS_AT_ONCE).await?;
            for chunk in &chunks {
                let members: Vec<MessageId> =
                    chunk.recipients.iter().filter_map(message_to).collect();
                if !members.is_empty() || is_cut_through(chunk, &person.forms) {
                    let ended = broadcast.audience.completed_at.is_some();
                    let (place, of) = ((shard, chunk.number), (&*person.forms, ended));
                    app.table.erase_from_chunk(campaign.id, place, of, message_to).await?;
                }
                found.extend(members);
            }
            has_more = chunks.last().is_some_and(|last: &Chunk| !last.ends);
            number = chunks.last().map_or(number, |last| last.number + 1);
        }
        if campaign.is_selective() {
            app.table.remove_mark(campaign.id, shard).await?;
        }
    }
    Ok(found)
}

/// Fails the person's messages that no one has claimed, and overwrites the others. One that a worker may
/// be sending is left for later: it would write an outcome or give its claim back.
async fn erase_messages(
    app: &App,
    campaign: &Campaign,
    broadcast: &Broadcast,
    person: &Person,
    members: &BTreeSet<MessageId>,
) -> anyhow::Result<Progress> {
    let (organization, id, shards) = (campaign.organization_id, campaign.id, broadcast.shards);
    let now = clock::now();
    let unclaimed: Vec<(Message, Claiming)> = members
        .iter()
        .map(|message| Message::erased(organization, id, *message, broadcast.sent_at))
        .map(|message| (message, Claiming::Fail { reason: FailureReason::Erased }))
        .collect();
    if !unclaimed.is_empty() {
        for written in app.table.claim_all(&unclaimed, shards, now).await? {
            match written? {
                Claimed::Won | Claimed::Exists(_) => {}
            }
        }
    }
    let ids: Vec<MessageId> = person.ids.union(members).copied().collect();
    let mut progress = Progress::Done;
    for message in app.table.messages(organization, id, &ids, shards).await? {
        let in_use_until = message.claim.as_ref().map(|it| it.at.plus_seconds(app.claim_seconds));
        let is_pending = message.status() == Status::Pending;
        if is_pending && in_use_until.is_some_and(|until| now < until) {
            progress = Progress::Busy;
        } else if message.to.is_some() {
            app.table.erase_message(&message, shards, now).await?;
        }
    }
    for message_id in ids {
        let reference = MessageRef {
            organization_id: organization,
            campaign_id: id,
            message_id,
            kind: Kind::Campaign,
        };
        app.table.erase_parked(&reference, shards).await?;
    }
    Ok(progress)
}

async fn erase_tests(app: &App, campaign: &Campaign, phone: &Phone) -> anyhow::Result<Progress> {
    let (forms, now) = (phone.forms(), clock::now());
    let (mut progress, mut after) = (Progress::Done, None);
    loop {
        let (organization, id) = (campaign.organization_id, campaign.id);
        let (tests, next) = app.table.test_messages(organization, id, TESTS_AT_ONCE, after).await?;
        for test in tests {
            let message = &test.message;
            if !message.to.as_ref().is_some_and(|to| forms.contains(to)) {
                continue;
            }
            let is_pending = message.status() == Status::Pending;
            if is_pending && now < message.created_at.plus_seconds(TEST_SECONDS) {
                progress = Progress::Busy;
                continue;
            }
            // Tests have their own partition, so the number of shards does not matter.
            let shards = shared::organization::SHARDS;
            app.table.erase_message(message, shards, now).await?;
            app.table.erase_parked(&message.reference(), shards).await?;
        }
        after = next;
        if after.is_none() {
            return Ok(progress);
        }
    }
}
