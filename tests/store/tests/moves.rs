//! A contact that moves to another phone around the time of a send is counted under exactly one of
//! them.

use infra::clock;
use infra::table::{ContactSaved, LastSend, Saved, Table};
use shared::campaign::{Begin, Campaign};
use shared::contact::{Contact, Profile};
use shared::grace::Grace;
use shared::ids::{CampaignId, ContactId};
use shared::organization::Organization;
use shared::phone::Phone;
use shared::sender::{Provider, Sender};
use shared::time::Timestamp;

use crate::{SHARDS, organization, phone, table};

fn sender() -> Sender {
    Sender::new(phone(1), Provider::default())
}

struct Moving {
    table: Table,
    organization: Organization,
    contact: Contact,
}

impl Moving {
    async fn new() -> anyhow::Result<Self> {
        let (table, now) = (table().await, clock::now());
        let organization = Organization {
            shards: SHARDS,
            ..Organization::new(organization(), "Moving".to_owned(), sender(), now)
        };
        let profile = Profile { phone: Some(phone(2)), ..Profile::default() };
        let contact = Contact {
            id: ContactId::new(now, clock::entropy()),
            organization_id: organization.id,
            profile,
            imported: None,
            created_at: now,
            updated_at: now,
        };
        let created = table.create_contact(&organization, &contact, None).await?;
        assert_eq!(created, ContactSaved::Done);
        Ok(Self { table, organization, contact })
    }

    /// Sends a campaign at the first possible time after `now`.
    async fn send(&self, last: &LastSend, now: Timestamp) -> anyhow::Result<(Saved, Timestamp)> {
        let (name, body) = ("Spring".to_owned(), Some("Hello".to_owned().into()));
        let id = CampaignId::new(now, clock::entropy());
        let draft = Campaign::create(id, self.organization.id, name, body, now);
        let scheduled = draft.schedule(None, now, Grace::default())?;
        assert_eq!(self.table.create_campaign(&scheduled, None).await?, Saved::Done);
        let sent_at = last.next(now);
        let begun =
            scheduled.begin(now, clock::salt(), sender(), SHARDS, sent_at, Grace::default());
        let Begin::Begun(begun) = begun else { anyhow::bail!("{begun:?}") };
        let saved = self.table.begin_campaign(&scheduled, &begun, None, (last, sent_at)).await?;
        Ok((saved, sent_at))
    }

    async fn move_to(&mut self, phone: Phone, now: Timestamp) -> anyhow::Result<()> {
        let mut after = self.contact.clone();
        (after.profile.phone, after.updated_at) = (Some(phone), now);
        let saved = self.table.save_contact(&self.organization, &self.contact, &after).await?;
        assert_eq!(saved, ContactSaved::Done);
        self.contact = after;
        Ok(())
    }

    /// The phones that held the contact at a time.
    async fn phones_at(&self, moment: Timestamp) -> anyhow::Result<Vec<Phone>> {
        let mut phones = Vec::new();
        for shard in SHARDS.all() {
            let page = self
                .table
                .audience_page(self.organization.id, (shard, SHARDS), None, &clock::now().into())
                .await?;
            let here =
                page.entries.into_iter().filter(|(entry, _)| entry.presence.holds_at(moment));
            phones.extend(here.filter_map(|(entry, _)| entry.phone));
        }
        Ok(phones)
    }
}

#[tokio::test]
async fn a_move_before_the_send_counts_and_one_after_it_does_not() -> anyhow::Result<()> {
    let mut moving = Moving::new().await?;
    moving.move_to(phone(3), clock::now()).await?;
    let last = moving.table.last_send(moving.organization.id).await?;
    let (saved, sent_at) = moving.send(&last, clock::now()).await?;
    assert_eq!(saved, Saved::Done);
    moving.move_to(phone(4), clock::now()).await?;
    assert_eq!(moving.phones_at(sent_at).await?, [phone(3)]);
    Ok(())
}

/// The clock of the send is an hour ahead of that of the move, which is written later.
#[tokio::test]
async fn clocks_that_differ_do_not_turn_the_order_around() -> anyhow::Result<()> {
    let mut moving = Moving::new().await?;
    let last = moving.table.last_send(moving.organization.id).await?;
    let ahead = clock::now().plus_seconds(3_600);
    let (_, sent_at) = moving.send(&last, ahead).await?;
    moving.move_to(phone(3), clock::now()).await?;
    assert_eq!(moving.phones_at(sent_at).await?, [phone(2)]);

    let last = moving.table.last_send(moving.organization.id).await?;
    let (_, next) = moving.send(&last, clock::now()).await?;
    assert!(next > sent_at);
    Ok(())
}

/// The clock of the move is an hour ahead of that of the send, which is written later.
#[tokio::test]
async fn a_clock_that_is_ahead_does_not_move_a_contact_after_the_send() -> anyhow::Result<()> {
    let mut moving = Moving::new().await?;
    moving.move_to(phone(3), clock::now().plus_seconds(3_600)).await?;
    for new in [4, 5] {
        let last = moving.table.last_send(moving.organization.id).await?;
        let (_, sent_at) = moving.send(&last, clock::now()).await?;
        assert_eq!(moving.phones_at(sent_at).await?, [phone(new - 1)]);
        moving.move_to(phone(new), clock::now().plus_seconds(3_600)).await?;
        assert_eq!(moving.phones_at(sent_at).await?, [phone(new - 1)]);
    }
    Ok(())
}

#[tokio::test]
async fn of_two_sends_that_read_the_same_last_one_one_is_written() -> anyhow::Result<()> {
    let moving = Moving::new().await?;
    let last = moving.table.last_send(moving.organization.id).await?;
    assert_eq!(moving.send(&last, clock::now()).await?.0, Saved::Done);
    assert_eq!(moving.send(&last, clock::now()).await?.0, Saved::Stale);
    Ok(())
}
