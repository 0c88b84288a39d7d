//! The first pass over a file, which checks that it can be read completely and registers its
//! opt-outs.

use infra::clock;
use shared::import::{Batch, Import, OptOut, Rows};
use shared::organization::Organization;
use shared::phone::Phone;
use shared::unsubscribe::{Preference, Source};

use super::Step;
use crate::App;

/// Reads rows after the first pass's progress, as many as fit into a batch.
pub(super) async fn read(
    app: &App,
    organization: &Organization,
    import: &Import,
    rows: &mut Rows<'_>,
) -> anyhow::Result<Step> {
    rows.go_to(import.progress.first_pass.rows);
    let mut batch = Batch::begin(clock::now());
    let mut step = Step::begin(import, batch.begun_at);
    while let Some(row) = rows.peek_opt_out() {
        if batch.is_full(clock::now()) {
            return Ok(step);
        }
        let (number, opt_out) = match row {
            Ok(row) => row,
            Err(malformed) => return Ok(step.fail(&malformed)),
        };
        if let Some(opt_out) = &opt_out {
            batch.reads += usize::from(opt_out.contact.is_some());
            for phone in phones(app, organization, opt_out).await? {
                step.opt_outs.push(preference(import, number, opt_out, phone));
                batch.opt_outs += 1;
            }
            step.after.progress.first_pass.opt_outs += 1;
        }
        step.after.progress.first_pass.rows = number;
        rows.pass();
    }
    step.after.progress.first_pass.is_done = true;
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
        changed_at: opt_out.moment(import.created_at),
        source: Source::Import,
        campaign_id: None,
        evidence: Some(format!("import {}, row {number}", import.id)),
        changed_by: import.changed_by.clone(),
    }
}
