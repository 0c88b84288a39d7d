//! The newest preference for a phone wins, in any order of arrival.

use std::collections::HashSet;

use infra::clock;
use infra::table::{Lifted, Registered, Saved};
use shared::actor::Actor;
use shared::ids::OrganizationId;
use shared::organization::Organization;
use shared::sender::{Provider, Sender};
use shared::time::Timestamp;
use shared::unsubscribe::{Preference, Source};

use crate::{SHARDS, organization, phone, table};

fn tenant(id: OrganizationId) -> Organization {
    let sender = Sender::new(phone(1), Provider::default());
    let organization = Organization::new(id, "Opted".to_owned(), sender, clock::now());
    Organization { shards: SHARDS, ..organization }
}

fn preference(organization: OrganizationId, subscribed: bool, at: Timestamp) -> Preference {
    Preference {
        organization_id: organization,
        phone: phone(7),
        subscribed,
        changed_at: at,
        source: Source::Keyword,
        campaign_id: None,
        evidence: Some("STOP".to_owned()),
        changed_by: Some(Actor::System),
    }
}

#[tokio::test]
async fn an_older_word_changes_nothing() -> anyhow::Result<()> {
    let table = table().await;
    let (organization, now) = (organization(), clock::now());
    let earlier = now.plus_seconds(-60);
    let register = async |word| table.register(&word, SHARDS).await;
    let word = |subscribed, at| preference(organization, subscribed, at);
    assert_eq!(register(word(false, now)).await?, Registered::Done);
    assert_eq!(register(word(true, earlier)).await?, Registered::Older { than: now });
    let phones = [phone(7)];
    let shard = phones[0].shard(SHARDS);
    let opted_out = async || table.unsubscribed_among(organization, (shard, SHARDS), &phones).await;
    assert_eq!(opted_out().await?, HashSet::from(phones.clone()));
    // A second opt-out confirms the first, and also outranks a START from in between.
    assert_eq!(register(word(false, now.plus_seconds(60))).await?, Registered::Confirmed);
    let than = now.plus_seconds(60);
    assert_eq!(register(word(true, now.plus_seconds(30))).await?, Registered::Older { than });
    assert_eq!(opted_out().await?.len(), 1);
    assert_eq!(register(word(true, now.plus_seconds(90))).await?, Registered::Done);
    assert!(opted_out().await?.is_empty());
    Ok(())
}

/// The clock that timestamped START was minutes ahead of the one that timestamps STOP.
#[tokio::test]
async fn an_opt_out_comes_after_what_was_said_whatever_the_clocks_say() -> anyhow::Result<()> {
    let table = table().await;
    let (organization, now) = (organization(), clock::now());
    let start = preference(organization, true, now.plus_seconds(180));
    assert_eq!(table.register(&start, SHARDS).await?, Registered::Done);
    let mut stop = preference(organization, false, now);
    let older = Registered::Older { than: start.changed_at };
    assert_eq!(table.register(&stop, SHARDS).await?, older);
    assert_eq!(table.opt_out(&mut stop, SHARDS).await?, Registered::Done);
    assert!(stop.changed_at > start.changed_at);
    let phones = [phone(7)];
    let opted_out =
        table.unsubscribed_among(organization, (phones[0].shard(SHARDS), SHARDS), &phones).await?;
    assert_eq!(opted_out.len(), 1);
    Ok(())
}

fn by_key(organization: OrganizationId, subscribed: bool, at: Timestamp) -> Preference {
    let said = preference(organization, subscribed, at);
    Preference { source: Source::Api, evidence: None, ..said }
}

/// This holds no matter how late the opt-out arrives, or what a key did before that.
#[tokio::test]
async fn a_persons_own_opt_out_replaces_what_a_key_said() -> anyhow::Result<()> {
    let table = table().await;
    let now = clock::now();
    let earlier = now.plus_seconds(-60);
    for (known, at) in [(false, now.plus_seconds(60)), (false, earlier), (true, earlier)] {
        let organization = organization();
        let register = async |word| table.register(&word, SHARDS).await;
        assert_eq!(register(by_key(organization, false, now)).await?, Registered::Done);
        if known {
            let lift = by_key(organization, true, now.plus_seconds(1));
            assert_eq!(table.lift_unless_persons_own(&lift, SHARDS).await?, Lifted::Done);
        }
        register(preference(organization, false, at)).await?;
        let lift = by_key(organization, true, now.plus_seconds(120));
        let lifted = table.lift_unless_persons_own(&lift, SHARDS).await?;
        assert_eq!(lifted, Lifted::PersonsOwn, "{known} {at}");
        let kept = table.standing(&tenant(organization), &phone(7)).await?;
        let kept = kept.map(|standing| standing.unsubscribe);
        assert_eq!(kept, Some(preference(organization, false, at)));
    }
    Ok(())
}

#[tokio::test]
async fn an_admins_lift_gives_way_to_what_was_said_meanwhile() -> anyhow::Result<()> {
    let table = table().await;
    let (organization, now) = (organization(), clock::now());
    let stop = preference(organization, false, now);
    assert_eq!(table.register(&stop, SHARDS).await?, Registered::Done);
    let read = async || table.standing(&tenant(organization), &phone(7)).await;
    let standing = read().await?.expect("unsubscribed");
    let again = preference(organization, false, now.plus_seconds(1));
    assert_eq!(table.register(&again, SHARDS).await?, Registered::Confirmed);
    let lift = by_key(organization, true, now.plus_seconds(2));
    assert_eq!(table.lift(&standing, &lift, SHARDS, None).await?, Saved::Stale);
    let standing = read().await?.expect("unsubscribed still");
    assert_eq!(table.lift(&standing, &lift, SHARDS, None).await?, Saved::Done);
    assert!(read().await?.is_none());
    // The lift took the first STOP into account, so delivering that STOP again changes nothing.
    let than = lift.changed_at;
    assert_eq!(table.register(&again, SHARDS).await?, Registered::Older { than });
    let next = preference(organization, false, now.plus_seconds(3));
    assert_eq!(table.register(&next, SHARDS).await?, Registered::Done);
    Ok(())
}

/// A register in which everyone has subscribed again lists nothing, and no request reads all of it.
#[tokio::test]
async fn a_list_goes_on_where_one_request_has_read_enough() -> anyhow::Result<()> {
    let table = table().await;
    let (organization, now) = (organization(), clock::now());
    let said = |number: u32, subscribed| Preference {
        phone: phone(number),
        ..preference(organization, subscribed, now)
    };
    for number in 0..150 {
        table.register(&said(number, true), SHARDS).await?;
    }
    table.register(&said(150, false), SHARDS).await?;
    let (mut found, mut pages, mut after) = (Vec::new(), 0, None);
    loop {
        let (page, next) = table.unsubscribes(&tenant(organization), 1, after).await?;
        found.extend(page);
        pages += 1;
        after = next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(found.len(), 1);
    assert!(pages > 1, "it took {pages} requests");
    Ok(())
}
