//! The first pass over a file, which checks that it can be read completely and registers its
//! opt-outs.

use futures::stream::{self, StreamExt, TryStreamExt};
use infra::clock;
use infra::table::{Registered, TableError};
use shared::import::{Batch, FirstReading, Import, OptOut};
use shared::organization::Organization;
use shared::phone::Phone;
use shared::unsubscribe::{Preference, Source as Origin};

use super::{Run, Step};
use crate::App;

const AT_ONCE: usize = 16;

impl Run<'_> {
    /// Reads rows after the first pass's progress, as many as fit into a batch.
    pub(super) async fn read_opt_outs(&mut self, import: &Import) -> anyhow::Result<Step> {
        let mut batch = Batch::begin(clock::now());
        let mut step = Step::begin_reading(import, batch.begun_at);
        let Some(source) = &mut self.source else { return Ok(step) };
        loop {
            source.fill().await?;
            let Some(row) = source.rows.peek_first() else {
                step.after.progress.first_pass.is_done = true;
                return Ok(step);
            };
            if batch.is_full(clock::now()) {
                return Ok(step);
            }
            let FirstReading { number, opt_out, has_id } = match row {
                Ok(row) => row,
                Err(malformed) => return Ok(step.fail(&malformed)),
            };
            let pass = &mut step.after.progress.first_pass;
            pass.has_ids |= has_id;
            if let Some(opt_out) = &opt_out {
                pass.opt_outs += 1;
                batch.reads += usize::from(opt_out.contact.is_some());
                for phone in phones(self.app, &self.organization, opt_out).await? {
                    step.opt_outs.push(preference(import, number, opt_out, phone));
                    batch.opt_outs += 1;
                }
            }
            source.rows.pass();
            step.after.progress.first_pass.position = source.rows.position();
        }
    }
}

/// Registers the opt-outs of a step, or only looks at the register for a dry run, and counts those
/// that something newer overrides.
pub(super) async fn register(
    app: &App,
    organization: &Organization,
    mut step: Step,
) -> anyhow::Result<Step> {
    let is_dry = step.after.options.dry_run;
    let writes = step.opt_outs.iter().map(async |opt_out: &Preference| {
        Ok::<bool, TableError>(if is_dry {
            let newest = app.table.newest_preference(organization, &opt_out.phone).await?;
            newest.is_some_and(|newest| newest.subscribed && newest.changed_at > opt_out.changed_at)
        } else {
            let registered = app.table.register(opt_out, organization.shards).await?;
            matches!(registered, Registered::Older { .. })
        })
    });
    let overridden: Vec<bool> =
        stream::iter(writes).buffer_unordered(AT_ONCE).try_collect().await?;
    let count = overridden.into_iter().filter(|is_overridden| *is_overridden).count();
    step.after.progress.first_pass.overridden += count as u64;
    Ok(step)
}

/// The phones of the person who opted out: those in the row, and that of the contact it names.
async fn phones(
    app: &App,
    organization: &Organization,
    opt_out: &OptOut,
) -> anyhow::Result<Vec<Phone>> {
    let mut phones = opt_out.phones.clone();
    if let Some(id) = opt_out.contact {
        let contact = app.table.contact(organization, id).await?;
        phones.extend(contact.and_then(|contact| contact.profile.phone));
    }
    Ok(phones)
}

/// The opt-out is not newer than the import, so that a repeated job doesn't override what the
/// person has said since.
fn preference(import: &Import, number: u64, opt_out: &OptOut, phone: Phone) -> Preference {
    Preference {
        organization_id: import.organization_id,
        phone,
        subscribed: false,
        changed_at: opt_out.moment(import.started_at),
        source: Origin::Import,
        campaign_id: None,
        evidence: Some(format!("import {}, row {number}", import.id)),
        changed_by: import.changed_by.clone(),
    }
}
