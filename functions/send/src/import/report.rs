//! The file of an import's rejected rows, which people download.

use infra::clock;
use shared::import::{Import, report};

use super::Step;
use crate::App;

/// Writes the rejected rows, as they are stored, to a file, and ends the import.
pub(super) async fn write(app: &App, import: &Import) -> anyhow::Result<Step> {
    let mut step = Step::begin(import, clock::now());
    let key = format!("imports/{}/{}/rejected.csv", import.organization_id, import.id);
    let mut file = app.files.upload(key, "text/csv");
    file.write(report::HEADER.as_bytes()).await?;
    let mut lines: String = import.former_errors.iter().map(report::line).collect();
    let mut next = None;
    loop {
        let (rows, after) = app.table.rejected_rows(import, next, None).await?;
        lines.extend(rows.iter().map(report::line));
        file.write(std::mem::take(&mut lines).as_bytes()).await?;
        next = after;
        if next.is_none() {
            break;
        }
    }
    step.after = step.after.reported(file.finish().await?);
    Ok(step)
}
