//! A campaign is written only if it hasn't changed since it was read, together with its due items.

use infra::clock;
use infra::table::Saved;
use shared::campaign::Campaign;
use shared::ids::CampaignId;

use crate::{organization, table};

#[tokio::test]
async fn of_a_send_and_a_cancel_one_is_written() -> anyhow::Result<()> {
    let table = table().await;
    let now = clock::now();
    let (organization, id) = (organization(), CampaignId::new(now, clock::entropy()));
    let (name, body) = ("Spring".to_owned(), Some("Hello".to_owned().into()));
    let draft = Campaign::create(id, organization, name, body, now);
    assert_eq!(table.create_campaign(&draft, None).await?, Saved::Done);
    let draft = table.campaign(organization, id).await?.expect("it was created");
    let scheduled = draft.clone().schedule(None, now, 600)?;
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
