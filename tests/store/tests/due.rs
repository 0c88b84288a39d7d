//! Due work: what is overdue is found, with the trace in which it came to be owed.

use aws_sdk_dynamodb::types::AttributeValue;
use infra::clock;
use infra::table::{Saved, Table};
use infra::trace::{self, Scope};
use shared::grace::Grace;
use shared::time::Timestamp;

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
        let own = overdue.into_iter().flatten().filter(|owed| scheduled.owes(&owed.job));
        found.extend(own.map(|owed| owed.trace));
    }
    assert_eq!(found, [Some(trace)]);

    // Later sweeps find nothing of it.
    let scheduled = table.campaign(organization, id).await?.expect("it is there");
    let canceled = scheduled.clone().cancel(now, None)?;
    assert_eq!(table.save_campaign(&scheduled, &canceled, None).await?, Saved::Done);
    Ok(())
}

/// An item of a newer release must not keep the sweep from the others. It is due in the year 2100, so
/// that no sweep meets it.
#[tokio::test]
async fn an_item_that_cannot_be_read_hides_no_other() -> anyhow::Result<()> {
    let table = table().await;
    let draft = draft(&table).await?;
    let scheduled = draft.clone().schedule(None, clock::now(), Grace::default())?;
    assert_eq!(table.save_campaign(&draft, &scheduled, None).await?, Saved::Done);

    let client = aws_sdk_dynamodb::Client::new(&infra::aws::load().await);
    let name = std::env::var("TABLE_NAME")?;
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let job = AttributeValue::M([("type".to_owned(), text("of a newer release"))].into());
    let sort = "2100-01-01T00:00:00.000Z#unknown";
    for partition in 0..Table::due_partitions() {
        let put = client.put_item().table_name(&name).item("pk", text(&format!("DUE#{partition}")));
        let put = put.item("sk", text(sort)).item("job", job.clone());
        put.item("notBefore", text("2100-01-01T00:00:00.000Z"))
            .item("attempts", AttributeValue::N("0".to_owned()))
            .send()
            .await?;
    }

    let late: Timestamp = "2100-01-02T00:00:00.000Z".parse()?;
    let (mut found, mut unread) = (0, 0);
    for partition in 0..Table::due_partitions() {
        for owed in table.overdue(partition, late).await? {
            match owed {
                Ok(owed) => found += u16::from(scheduled.owes(&owed.job)),
                Err(_) => unread += 1,
            }
        }
        let delete = client.delete_item().table_name(&name);
        let delete = delete.key("pk", text(&format!("DUE#{partition}")));
        delete.key("sk", text(sort)).send().await?;
    }
    assert_eq!((found, unread), (1, Table::due_partitions()));
    let stored = table.campaign(draft.organization_id, draft.id).await?.expect("it is there");
    let canceled = stored.clone().cancel(clock::now(), None)?;
    assert_eq!(table.save_campaign(&stored, &canceled, None).await?, Saved::Done);
    Ok(())
}
