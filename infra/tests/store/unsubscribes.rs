//! The last word on a phone stands, in whatever order the words come.

use std::collections::HashSet;

use infra::clock;
use infra::table::Registered;
use shared::actor::Actor;
use shared::ids::OrganizationId;
use shared::time::Timestamp;
use shared::unsubscribe::{Preference, Source};

use crate::{SHARDS, organization, phone, table};

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
    // A second opt-out confirms the first, also against a word between the two.
    assert_eq!(register(word(false, now.plus_seconds(60))).await?, Registered::Confirmed);
    let than = now.plus_seconds(60);
    assert_eq!(register(word(true, now.plus_seconds(30))).await?, Registered::Older { than });
    assert_eq!(opted_out().await?.len(), 1);
    assert_eq!(register(word(true, now.plus_seconds(90))).await?, Registered::Done);
    assert!(opted_out().await?.is_empty());
    Ok(())
}

/// The clock of whoever took START was minutes ahead of that of whoever takes STOP.
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
