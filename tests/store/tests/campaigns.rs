//! A campaign is written only if it hasn't changed since it was read, together with its due items.

use infra::clock;
use infra::table::Saved;
use shared::grace::Grace;

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
