//! Computes the preview of an audience that is too large for a request.

use futures::stream::{self, StreamExt};
use infra::clock;
use infra::table::{KeptPreview, PreviewReading, PreviewRun, Saved, ShardRead};
use shared::audience::Judge;
use shared::estimate::order;
use shared::ids::OrganizationId;
use shared::job::JobsJob;
use shared::time::Timestamp;

use crate::App;

const SHARDS_AT_ONCE: usize = 2;
/// What is left of a run's time when it stops to read.
const RESERVE_SECONDS: i64 = 20;
/// A person reads such a preview when they come back to it.
const KEPT_SECONDS: i64 = 15 * 60;

pub(crate) async fn run(
    app: &App,
    organization_id: OrganizationId,
    name: &str,
    deadline: Timestamp,
) -> anyhow::Result<()> {
    let Some(organization) = app.table.organization(organization_id).await? else { return Ok(()) };
    let Some(mut run) = app.table.preview_run(organization_id, name).await? else { return Ok(()) };
    let judge = Judge { target: Some(run.target.clone()), ..Judge::from(run.begun_at) };
    let holder = run.holder.clone();
    let reading = PreviewReading::new(&app.table, &organization, judge, &holder);
    let stop_at = deadline.plus_seconds(-RESERVE_SECONDS);
    let before = run.shards_read;
    let rest = order(organization.shards, name).into_iter().skip(run.shards_read.into());
    let mut shards =
        stream::iter(rest).map(|shard| reading.shard(shard, stop_at)).buffered(SHARDS_AT_ONCE);
    while let Some(read) = shards.next().await {
        match read? {
            ShardRead::Whole(totals, samples) => {
                let after = run.clone().with(totals, samples, clock::now());
                let saved = app.table.save_preview_run(organization_id, name, &run, &after).await?;
                if saved == Saved::Stale {
                    return Ok(());
                }
                run = after;
            }
            ShardRead::OutOfTime => {
                anyhow::ensure!(run.shards_read > before, "a shard takes longer than a run");
                let job = JobsJob::Preview { organization_id, name: name.to_owned() };
                return Ok(app.queues.send(&job.into(), 0).await?);
            }
            // The client learns of it when it asks again.
            ShardRead::Superseded => return Ok(()),
        }
    }
    keep(app, organization_id, name, run).await
}

async fn keep(
    app: &App,
    organization_id: OrganizationId,
    name: &str,
    run: PreviewRun,
) -> anyhow::Result<()> {
    let PreviewRun { holder, begun_at: at, totals, samples, .. } = run;
    let until = clock::now().plus_seconds(KEPT_SECONDS);
    let kept = KeptPreview { totals, error: None, samples, at, until };
    app.table.keep_preview(organization_id, name, &kept).await?;
    app.table.end_preview_run(organization_id, name, &holder).await?;
    tracing::info!(recipients = totals.recipients, "computed a preview");
    Ok(())
}
