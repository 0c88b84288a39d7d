//! One lease per organization, which expires if its holder dies.

use infra::clock;
use infra::table::Quoting;

use crate::{organization, table};

#[tokio::test]
async fn the_right_to_quote_is_one_requests_until_it_ends() -> anyhow::Result<()> {
    let table = table().await;
    let (organization, now) = (organization(), clock::now());
    let until = now.plus_seconds(30);
    let begin = async |holder, at| table.begin_quoting(organization, holder, at, until).await;
    assert_eq!(begin("a", now).await?, Quoting::Yours);
    assert_eq!(begin("b", now.plus_seconds(29)).await?, Quoting::Taken { until });
    // Only its holder can give it back.
    table.end_quoting(organization, "b", now).await?;
    assert_eq!(begin("b", now.plus_seconds(29)).await?, Quoting::Taken { until });
    // It is free once it expires or its holder gives it back.
    assert_eq!(begin("b", until).await?, Quoting::Yours);
    table.end_quoting(organization, "b", now.plus_seconds(5)).await?;
    let taken = begin("c", now.plus_seconds(4)).await?;
    assert_eq!(taken, Quoting::Taken { until: now.plus_seconds(5) });
    assert_eq!(begin("c", now.plus_seconds(5)).await?, Quoting::Yours);
    Ok(())
}
