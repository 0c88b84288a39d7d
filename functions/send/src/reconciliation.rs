//! Runs a reconciliation: reads the provider's opt-out list, registers what is not known here, and then
//! counts the register.
//!
//! Each page is counted before its opt-outs are registered. So a run that dies in between registers them
//! again, which changes nothing, and no page is counted twice.

#[cfg(test)]
mod tests;

use std::time::Duration;

use futures::stream::{self, StreamExt, TryStreamExt};
use infra::clock;
use infra::gateway::{OptOutListError, OptOutPage};
use infra::table::{KeptReconciliation, Saved, ShardPosition};
use shared::actor::Actor;
use shared::ids::OrganizationId;
use shared::import::Batch;
use shared::job::JobsJob;
use shared::organization::Organization;
use shared::reconciliation::{
    Counts, ListName, ListedOptOut, NOT_ALLOWED, NOT_CONTINUED, NOT_FOUND, NOT_OFFERED,
    Reconciliation, Stage, Status, Verdict, is_exclusive, judge,
};
use shared::time::Timestamp;

use crate::App;

/// AWS lets an account read a page a second.
// Source: "Quotas for AWS End User Messaging SMS", where most operations that describe have one request
// a second.
pub(crate) const PAGE_PAUSE: Duration = Duration::from_secs(1);
/// When a list that others read, too, is read on.
const THROTTLED_SECONDS: u32 = 20;
const LOOKUPS_AT_ONCE: usize = 10;
const ORGANIZATIONS_AT_ONCE: i32 = 100;

struct Run<'a> {
    app: &'a App,
    organization: Organization,
    kept: KeptReconciliation,
    deadline: Timestamp,
}

/// How a run goes on after a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Turn {
    Next,
    /// The provider asks to wait.
    Wait,
    /// Another run has saved, so this one stops.
    Overtaken,
}

pub(crate) async fn run(
    app: &App,
    organization_id: OrganizationId,
    deadline: Timestamp,
) -> anyhow::Result<()> {
    let organization = app.table.organization(organization_id).await?;
    let kept = app.table.reconciliation(organization_id).await?;
    let Some((organization, kept)) = organization.zip(kept) else { return Ok(()) };
    let mut run = Run { app, organization, kept, deadline };
    if run.kept.reconciliation.status() != Status::Running && !run.begin_if_due().await? {
        return Ok(());
    }
    let job = JobsJob::Reconcile { organization_id };
    loop {
        match run.step().await? {
            Turn::Next if run.kept.reconciliation.stage == Stage::Over => {
                run.report();
                return Ok(());
            }
            Turn::Next if Batch::fits(clock::now(), deadline) => {}
            Turn::Next => return Ok(app.queues.send(&job.into(), 0).await?),
            Turn::Wait => return Ok(app.queues.send(&job.into(), THROTTLED_SECONDS).await?),
            Turn::Overtaken => return Ok(()),
        }
    }
}

impl Run<'_> {
    /// Begins the next daily reconciliation. Returns whether its time has come.
    async fn begin_if_due(&mut self) -> anyhow::Result<bool> {
        let now = clock::now();
        if self.kept.due.as_ref().is_none_or(|due| due.at > now) {
            return Ok(false);
        }
        let last = Some(&self.kept.reconciliation);
        let begun = Reconciliation::begin(self.organization.id, last, Actor::System, now);
        Ok(self.save(begun).await? == Turn::Next)
    }

    async fn step(&mut self) -> anyhow::Result<Turn> {
        match self.kept.reconciliation.stage.clone() {
            Stage::Begin => self.begin().await,
            Stage::List { after, is_counted } => self.read(after, is_counted).await,
            Stage::Register { shard, after } => {
                let at = ShardPosition::new(shard, after);
                let (found, next) =
                    self.app.table.unsubscribes_in_bulk(&self.organization, at).await?;
                let next = next.map(ShardPosition::into_parts);
                let found = found.len() as u64;
                self.save(self.kept.reconciliation.walked(found, next, clock::now())).await
            }
            Stage::Over => Ok(Turn::Overtaken),
        }
    }

    /// Finds out which list to read, and whether it is the organization's alone.
    async fn begin(&mut self) -> anyhow::Result<Turn> {
        let Some(list) = self.organization.list_of_opt_outs() else {
            return self.fail(NOT_OFFERED).await;
        };
        let is_exclusive = self.is_exclusive().await?;
        self.save(self.kept.reconciliation.reading(list, is_exclusive, clock::now())).await
    }

    async fn is_exclusive(&self) -> anyhow::Result<bool> {
        // Other organizations matter only for a list that was named for this one.
        if !is_exclusive(&self.organization, &[]) {
            return Ok(false);
        }
        let mut after = None;
        loop {
            let (others, next) = self.app.table.organizations(ORGANIZATIONS_AT_ONCE, after).await?;
            if !is_exclusive(&self.organization, &others) {
                return Ok(false);
            }
            after = next;
            if after.is_none() {
                return Ok(true);
            }
        }
    }

    /// Reads pages from this place on, until the time is up.
    async fn read(&mut self, after: Option<String>, is_counted: bool) -> anyhow::Result<Turn> {
        let Some(list) = self.kept.reconciliation.list.clone() else {
            return self.fail(NOT_OFFERED).await;
        };
        let provider = self.organization.sender.provider.clone();
        let (mut after, mut is_counted) = (after, is_counted);
        loop {
            let page = self.app.opt_out_lists.page(&provider, &list, after.as_deref()).await;
            let OptOutPage { entries, next } = match page {
                Ok(page) => page,
                Err(OptOutListError::Throttled) => return Ok(Turn::Wait),
                Err(OptOutListError::NotAllowed) => return self.fail(NOT_ALLOWED).await,
                Err(OptOutListError::NotFound) => return self.fail(NOT_FOUND).await,
                Err(OptOutListError::NotContinued) => return self.fail(NOT_CONTINUED).await,
                Err(OptOutListError::NotOffered) => return self.fail(NOT_OFFERED).await,
                Err(error @ OptOutListError::Request(_)) => return Err(error.into()),
            };
            let judged = self.judged(entries).await?;
            if !is_counted && !self.count(after, &judged).await? {
                return Ok(Turn::Overtaken);
            }
            self.register(&list, &judged).await?;
            let Some(next) = next else {
                return self.save(self.kept.reconciliation.listed(clock::now())).await;
            };
            // The next run reads the page again that this one has counted.
            if !is_counted && !Batch::fits(clock::now(), self.deadline) {
                return Ok(Turn::Next);
            }
            tokio::time::sleep(self.app.page_pause).await;
            (after, is_counted) = (Some(next), false);
        }
    }

    /// What each entry means.
    async fn judged(
        &self,
        entries: Vec<Option<ListedOptOut>>,
    ) -> anyhow::Result<Vec<(Option<ListedOptOut>, Option<Verdict>)>> {
        let is_exclusive = self.kept.reconciliation.is_exclusive;
        let now = clock::now();
        let judged = stream::iter(entries).map(async |entry: Option<ListedOptOut>| {
            // The provider's clock may be ahead.
            let entry = entry.map(|entry| ListedOptOut { at: entry.at.min(now), ..entry });
            let Some(entry) = entry else { return anyhow::Ok((None, None)) };
            let known = self.app.table.known_of(&self.organization, &entry.phone).await?;
            let verdict = judge(&entry, known, is_exclusive);
            Ok((Some(entry), Some(verdict)))
        });
        judged.buffered(LOOKUPS_AT_ONCE).try_collect().await
    }

    /// Counts a page. Returns `false` if another run has saved.
    async fn count(
        &mut self,
        after: Option<String>,
        judged: &[(Option<ListedOptOut>, Option<Verdict>)],
    ) -> anyhow::Result<bool> {
        let verdicts = judged.iter().map(|(_, verdict)| *verdict);
        let counts = verdicts.fold(self.kept.reconciliation.counts, Counts::plus);
        let counted = self.kept.reconciliation.counted(after, counts, clock::now());
        Ok(self.save(counted).await? == Turn::Next)
    }

    async fn register(
        &self,
        list: &ListName,
        judged: &[(Option<ListedOptOut>, Option<Verdict>)],
    ) -> anyhow::Result<()> {
        let Organization { id, shards, .. } = self.organization;
        let is_written = |verdict: &Option<Verdict>| verdict.is_some_and(Verdict::is_written);
        for (entry, _) in judged.iter().filter(|(_, verdict)| is_written(verdict)) {
            let Some(entry) = entry else { continue };
            self.app.table.register(&entry.preference(id, list), shards).await?;
        }
        Ok(())
    }

    async fn fail(&mut self, reason: &str) -> anyhow::Result<Turn> {
        tracing::warn!(reason, "a reconciliation failed");
        self.save(self.kept.reconciliation.failed(reason, clock::now())).await
    }

    async fn save(&mut self, after: Reconciliation) -> anyhow::Result<Turn> {
        let due = KeptReconciliation::due_of(&after, &self.organization);
        let saved = self.app.table.save_reconciliation(&self.kept, &after, due.as_ref()).await?;
        if saved != Saved::Done {
            return Ok(Turn::Overtaken);
        }
        self.kept = self.kept.next(after, due);
        Ok(Turn::Next)
    }

    fn report(&self) {
        let status = self.kept.reconciliation.status();
        let Counts { listed, suppressed, known, registered, .. } = self.kept.reconciliation.counts;
        tracing::info!(listed, suppressed, known, registered, ?status, "ended a reconciliation");
    }
}
