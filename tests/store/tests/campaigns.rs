//! A campaign is written only if it hasn't changed since it was read, together with its due items.

use std::collections::BTreeSet;

use infra::clock;
use infra::table::{Saved, SegmentSaved};
use serde_json::json;
use shared::campaign::Campaign;
use shared::grace::Grace;
use shared::ids::SegmentId;
use shared::segment::{Filter, Segment};
use shared::target::Target;

use crate::{draft, table};

#[tokio::test]
async fn of_a_send_and_a_cancel_one_is_written() -> anyhow::Result<()> {
    let table = table().await;
    let draft = draft(&table).await?;
    let (organization, id, now) = (draft.organization_id, draft.id, clock::now());
    let scheduled = draft.clone().schedule(None, now, Grace::default())?;
    assert_eq!(table.save_campaign(&draft, &scheduled, None).await?, Saved::Done);
    assert_eq!(table.save_campaign(&draft, &scheduled, None).await?, Saved::Stale);

    let scheduled = table.campaign(organization, id).await?.expect("it is there");
    let cancelled = scheduled.clone().cancel(now, None)?;
    let later = scheduled.clone().cancel(now.plus_seconds(1), None)?;
    let (one, other) = tokio::join!(
        table.save_campaign(&scheduled, &cancelled, None),
        table.save_campaign(&scheduled, &later, None),
    );
    let mut saved = [one?, other?];
    saved.sort_by_key(|saved| *saved != Saved::Done);
    assert_eq!(saved, [Saved::Done, Saved::Stale]);
    assert!(table.campaign(organization, id).await?.expect("it is there").step.is_none());
    Ok(())
}

/// A segment is checked with the campaigns that use it, so a send in between refuses the edit.
#[tokio::test]
async fn a_segment_is_not_edited_while_a_campaign_begins_to_use_it() -> anyhow::Result<()> {
    let table = table().await;
    let (draft, now) = (draft(&table).await?, clock::now());
    let filter = Filter::parse(&json!({"field": "tags", "op": "eq", "value": "vip"}));
    let segment = Segment {
        id: SegmentId::new(now, clock::entropy()),
        organization_id: draft.organization_id,
        name: "VIPs".to_owned(),
        filter: filter.expect("a filter"),
        used_by: BTreeSet::new(),
        changed_by: None,
        created_at: now,
        updated_at: now,
    };
    assert_eq!(table.create_segment(&segment, None).await?, SegmentSaved::Done);
    let edited = Segment { updated_at: now.plus_millis(1), ..segment.clone() };
    let uses = BTreeSet::from([segment.id]);
    let target = Target { include: uses.clone(), exclude: BTreeSet::new() };
    let scheduled = draft.clone().schedule(None, now, Grace::default())?;
    let scheduled = Campaign { target: Some(target), uses, ..scheduled };
    assert_eq!(table.save_campaign(&draft, &scheduled, None).await?, Saved::Done);
    assert_eq!(table.save_segment(&segment, &edited).await?, SegmentSaved::Stale);
    let found = table.segment(segment.organization_id, segment.id).await?.expect("it is there");
    assert_eq!(found.used_by, BTreeSet::from([draft.id]));
    assert_eq!(table.save_segment(&found, &edited).await?, SegmentSaved::Done);
    Ok(())
}
