//! Erases a person, in steps that can be repeated.
//!
//! The order matters. First, the journal notes the erasure outside of the table, so that a restore can't
//! forget it. Every worker must know that the organization has erased people. Then the hash of the phone is written, so that the phone stays suppressed when its entries and contacts go.
//! From then on no new chunk has it, so the campaigns are gone through once. Each stage can be run any
//! number of times. A run that dies leaves its due item, and the next one repeats the stage.
//!
//! An erasure that is replayed from the journal has no phone. It is looked for once the hash is written.

mod campaigns;
pub(crate) mod files;
mod find;
mod journal;
#[cfg(test)]
mod tests;

use anyhow::Context;
use infra::clock;
use infra::table::{CampaignPosition, ERASURES_REMEMBERED_SECONDS, Saved};
use serde::Serialize;
use serde::de::DeserializeOwned;
use shared::erasure::{ErasedHash, Erasure, Stage};
use shared::ids::OrganizationId;
use shared::import::Batch;
use shared::job::{Due, JobsJob};
use shared::organization::Organization;
use shared::phone::Phone;
use shared::time::Timestamp;

use crate::App;
use campaigns::Progress;

/// Campaigns of a step.
const CAMPAIGNS_AT_ONCE: i32 = 10;
/// How much the clocks of two functions may differ.
const CLOCKS_SECONDS: i64 = 5;
/// How long until what is being sent or written right now is looked at again.
const AGAIN_SECONDS: u32 = 5;

/// A run of an erasure.
struct Run<'a> {
    app: &'a App,
    organization: Organization,
    erasure: Erasure,
    due: Due,
    deadline: Timestamp,
}

/// The result of a step.
enum Step {
    Done(Box<Erasure>),
    /// Someone is still sending or writing something about the person.
    Wait {
        seconds: u32,
    },
}

pub(crate) async fn run(
    app: &App,
    organization_id: OrganizationId,
    hash: ErasedHash,
    deadline: Timestamp,
) -> anyhow::Result<()> {
    let organization = app.table.organization(organization_id).await?;
    let erasure = app.table.erasure(organization_id, &hash).await?;
    let Some((organization, (erasure, Some(due)))) = organization.zip(erasure) else {
        return Ok(());
    };
    let mut run = Run { app, organization, erasure, due, deadline };
    loop {
        let (after, wait) = match run.step().await? {
            Step::Done(after) => (*after, 0),
            Step::Wait { seconds } => {
                (Erasure { updated_at: clock::now(), ..run.erasure.clone() }, seconds)
            }
        };
        let is_over = after.stage == Stage::Over;
        if !run.save(after, wait).await? {
            return Ok(());
        }
        if is_over {
            run.log();
            return Ok(());
        }
        if wait > 0 || !Batch::fits(clock::now(), deadline) {
            return Ok(app.queues.send(&run.due.job, wait).await?);
        }
    }
}

impl Run<'_> {
    /// Writes the erasure. Returns `false` if another run has.
    async fn save(&mut self, after: Erasure, wait: u32) -> anyhow::Result<bool> {
        let job = JobsJob::Erase {
            organization_id: self.organization.id,
            hash: self.erasure.hash.clone(),
        };
        let until = self.deadline.plus_seconds(wait.into());
        let next = Due { at: self.app.grace.after(until), job: job.into() };
        let owed = (after.stage != Stage::Over).then_some(&next);
        let table = &self.app.table;
        let saved = table.save_erasure((&self.erasure, &self.due), (&after, owed)).await?;
        self.erasure = Erasure { version: self.erasure.version + 1, ..after };
        self.due = next;
        Ok(saved == Saved::Done)
    }

    /// Says how the erasure ended. What names the person is not in logs.
    fn log(&self) {
        if self.erasure.is_unfound {
            let key = self.erasure.hash.key_id();
            tracing::warn!(key, "suppressed a person whose phone is nowhere in the table");
        } else {
            tracing::info!("erased a person");
        }
    }

    /// The person's phone, which is known in every stage after the first ones.
    fn phone(&self) -> anyhow::Result<&Phone> {
        let phone = self.erasure.phone.as_ref();
        phone.context("an erasure that removes something has no phone")
    }

    async fn step(&self) -> anyhow::Result<Step> {
        let Self { app, organization, erasure, .. } = self;
        let now = clock::now();
        match erasure.stage {
            Stage::Wait => {
                journal::note_begun(self).await?;
                let since = app.table.begin_erasures(organization.id, now).await?;
                let known_at = since
                    .plus_seconds(app.claim_seconds + ERASURES_REMEMBERED_SECONDS + CLOCKS_SECONDS);
                if now < known_at {
                    return Ok(Step::Wait { seconds: known_at.seconds_from(now).clamp(1, 900) });
                }
            }
            Stage::Find => return find::find(self).await,
            Stage::Register => {
                let phone = self.phone()?;
                let of = (phone, &erasure.hash);
                let (by, at) = (&erasure.requested_by, erasure.requested_at);
                app.table.suppress_erased(organization, of, by, at).await?;
                app.table.move_to_hash(organization, phone).await?;
            }
            Stage::Contacts => {
                let phone = self.phone()?;
                app.table.erase_contacts(organization, phone).await?;
                app.table.erase_texts(organization.id, phone).await?;
            }
            Stage::Campaigns => return self.campaigns().await,
            Stage::Imports => return files::imports(self).await,
            Stage::Exports => return files::exports(self).await,
            Stage::Close => {
                journal::note_done(self, now).await?;
                // What was registered in between by someone who did not know the hash.
                app.table.move_to_hash(organization, self.phone()?).await?;
            }
            Stage::Over => {}
        }
        Ok(Step::Done(Box::new(erasure.next(clock::now()))))
    }

    async fn campaigns(&self) -> anyhow::Result<Step> {
        let Self { app, organization, erasure, .. } = self;
        let phone = self.phone()?;
        let after: Option<CampaignPosition> = position(erasure)?;
        let page = app.table.campaigns(organization.id, None, CAMPAIGNS_AT_ONCE, after);
        let (page, next) = page.await?;
        let mut progress = Progress::Done;
        for campaign in &page {
            let erased_at = erasure.contacts_erased_at.unwrap_or(erasure.updated_at);
            progress = progress.and(
                campaigns::erase(app, campaign, (phone, organization.shards), erased_at).await?,
            );
        }
        self.turned(progress, next.as_ref())
    }

    /// The step after a page, if all of it is done.
    fn turned(&self, progress: Progress, next: Option<&impl Serialize>) -> anyhow::Result<Step> {
        let now = clock::now();
        Ok(match (progress, next) {
            (Progress::Busy, _) => Step::Wait { seconds: AGAIN_SECONDS },
            (Progress::Done, None) => Step::Done(Box::new(self.erasure.next(now))),
            (Progress::Done, Some(next)) => {
                Step::Done(Box::new(self.erasure.at(serde_json::to_string(next)?, now)))
            }
        })
    }
}

/// Where a stage goes on.
fn position<P: DeserializeOwned>(erasure: &Erasure) -> anyhow::Result<Option<P>> {
    Ok(erasure.after.as_deref().map(serde_json::from_str).transpose()?)
}
