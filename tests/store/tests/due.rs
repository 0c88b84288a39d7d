//! Due work keeps the trace in which it came to be owed.

use infra::clock;
use infra::table::{Saved, Table};
use infra::trace::{self, Scope};
use shared::grace::Grace;

use crate::{draft, table};

#[tokio::test]
async fn overdue_work_goes_on_in_its_trace() -> anyhow::Result<()> {
    let table = table().await;
    let draft = draft(&table).await?;
    let (organization, id, now) = (draft.organization_id, draft.id, clock::now());
    let scheduled = draft.clone().schedule(None, now, Grace::default())?;
    let trace = trace::new();
    let scope = Scope::new("request", "test", Some(trace));
    let saved = scope.run(table.save_campaign(&draft, &scheduled, None)).await?;
    assert_eq!(saved, Saved::Done);

    let mut found = Vec::new();
    let late = Grace::default().after(now).plus_seconds(1);
    for partition in 0..Table::due_partitions() {
        let overdue = table.overdue(partition, late).await?;
        let own = overdue.into_iter().filter(|owed| scheduled.owes(&owed.job));
        found.extend(own.map(|owed| owed.trace));
    }
    assert_eq!(found, [Some(trace)]);

    // Later sweeps find nothing of it.
    let scheduled = table.campaign(organization, id).await?.expect("it is there");
    let canceled = scheduled.clone().cancel(now, None)?;
    assert_eq!(table.save_campaign(&scheduled, &canceled, None).await?, Saved::Done);
    Ok(())
}
