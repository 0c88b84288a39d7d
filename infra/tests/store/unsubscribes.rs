//! The last word on a phone stands, in whatever order the words come.

use std::collections::HashSet;

use infra::clock;
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
    assert!(table.register(&preference(organization, false, now), SHARDS).await?);
    assert!(!table.register(&preference(organization, true, earlier), SHARDS).await?);
    let phones = [phone(7)];
    let shard = phones[0].shard(SHARDS);
    let opted_out = async || table.unsubscribed_among(organization, shard, &phones).await;
    assert_eq!(opted_out().await?, HashSet::from(phones.clone()));
    let later = preference(organization, true, now.plus_seconds(60));
    assert!(table.register(&later, SHARDS).await?);
    assert!(opted_out().await?.is_empty());
    Ok(())
}
