//! The last word on a phone stands, in whatever order the words come.

use std::collections::HashSet;

use infra::clock;
use infra::table::Registered;
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
    assert_eq!(register(word(true, earlier)).await?, Registered::Older);
    let phones = [phone(7)];
    let shard = phones[0].shard(SHARDS);
    let opted_out = async || table.unsubscribed_among(organization, shard, &phones).await;
    assert_eq!(opted_out().await?, HashSet::from(phones.clone()));
    // A second opt-out confirms the first, also against a word between the two.
    assert_eq!(register(word(false, now.plus_seconds(60))).await?, Registered::Confirmed);
    assert_eq!(register(word(true, now.plus_seconds(30))).await?, Registered::Older);
    assert_eq!(opted_out().await?.len(), 1);
    assert_eq!(register(word(true, now.plus_seconds(90))).await?, Registered::Done);
    assert!(opted_out().await?.is_empty());
    Ok(())
}
