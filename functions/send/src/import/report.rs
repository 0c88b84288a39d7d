//! The file of an import's rejected rows, which people download.

use infra::clock;
use infra::files::Upload;
use shared::import::{Batch, Import, Report, report};
use shared::time::Timestamp;

use super::Step;
use crate::App;

/// Writes the rejected rows, as they are stored, to a file, and ends the import. The file has at most
/// `max_rows`, and fewer if `deadline` is near: then its last line says so.
pub(super) async fn write(
    app: &App,
    import: &Import,
    max_rows: u64,
    deadline: Timestamp,
) -> anyhow::Result<Step> {
    let mut step = Step::begin(import, clock::now());
    let key = format!("imports/{}/{}/rejected.csv", import.organization_id, import.id);
    let mut file = app.files.upload(key, "text/csv");
    let rows = match write_rows(app, import, &mut file, max_rows, deadline).await {
        Ok(rows) => rows,
        Err(error) => {
            file.abandon().await;
            return Err(error);
        }
    };
    step.after = step.after.reported(Report { file: file.finish().await?, rows: Some(rows) });
    Ok(step)
}

/// Returns the number of rows that were written.
async fn write_rows(
    app: &App,
    import: &Import,
    file: &mut Upload<'_>,
    max_rows: u64,
    deadline: Timestamp,
) -> anyhow::Result<u64> {
    file.write(report::HEADER.as_bytes()).await?;
    let mut found = import.former_errors.clone();
    let (mut rows, mut next) = (0, None);
    loop {
        // The last rows may have been written a moment ago, so the reads are strongly consistent.
        let (more, after) = app.table.rejected_rows(import, next, None).await?;
        found.extend(more);
        found.truncate(usize::try_from(max_rows - rows).unwrap_or(usize::MAX));
        rows += found.len() as u64;
        let lines: String = found.drain(..).map(|error| report::line(&error)).collect();
        file.write(lines.as_bytes()).await?;
        next = after;
        if next.is_none() || rows >= max_rows || !Batch::fits(clock::now(), deadline) {
            break;
        }
    }
    if rows < import.progress.rejected {
        file.write(report::last_line(rows, import.progress.rejected).as_bytes()).await?;
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use shared::import::{Options, Status};

    use super::super::scene::{Scene, deadline};
    use super::*;

    /// An import of 240 rejected rows that owes their file, as `write` leaves it.
    async fn written(max_rows: u64, deadline: Timestamp) -> (Import, String) {
        let csv = format!("phone\n{}", "12\n".repeat(240));
        let scene = Scene::set(&Options::default(), csv.as_bytes()).await;
        scene.run(None).await;
        let (import, _) = scene.import().await;
        let import =
            Import { status: Status::Running, ending: Some(Status::Done), report: None, ..import };
        let step = Box::pin(write(&scene.app, &import, max_rows, deadline));
        let step = scene.stage.live(None, step).await.expect("alive").expect("written");
        let key = &step.after.report.as_ref().expect("a file").file.key;
        let content = scene.stage.object(key).expect("a file");
        (step.after, String::from_utf8(content).expect("a text"))
    }

    #[tokio::test]
    async fn the_file_ends_where_its_rows_or_its_time_do() {
        let (import, content) = written(u64::MAX, deadline()).await;
        assert_eq!((import.status, content.lines().count()), (Status::Done, 241));
        assert!(!content.contains("this file ends here"));
        let (import, content) = written(150, deadline()).await;
        assert_eq!(import.status, Status::Done);
        assert_eq!(import.report.and_then(|report| report.rows), Some(150));
        assert_eq!(content.lines().count(), 152);
        let last = ",,,\"this file ends here: it has 150 of 240 rejected rows\"";
        assert_eq!(content.lines().last(), Some(last));
        let (import, content) = written(u64::MAX, clock::now()).await;
        assert_eq!(import.status, Status::Done, "one page of rows fits always");
        assert_eq!(content.lines().count(), 241);
    }
}
