//! An export has every row once, however often its runs end or die.

use infra::clock;
use infra::table::{ExportCreated, Saved};
use sequence::Death;
use shared::export::{Export, Format, Kind, Stage, Status};
use shared::ids::ExportId;
use shared::job::{Due, JobsJob};

use super::scene::{Scene, deadline};

const CONTACTS: usize = 12;
/// Every page is a part.
const SMALL: usize = 0;
/// What a run without time has is too little for a part.
const LARGE: usize = 8 * 1024 * 1024;

/// Every row has its contact's phone once.
fn check_rows(file: &str, count: usize) {
    for number in 0..count {
        let phone = format!("+1415355{number:04}");
        assert_eq!(file.matches(&phone).count(), 1, "{phone} of {file}");
    }
}

#[tokio::test]
async fn a_file_is_written_in_parts_by_one_run() {
    let scene = Scene::set(CONTACTS, Format::Csv, SMALL).await;
    scene.run(None, deadline()).await;
    let (export, due) = scene.export().await;
    assert_eq!((export.status, export.rows, due), (Status::Done, CONTACTS as u64, None));
    let file = scene.file().await;
    check_rows(&file, CONTACTS);
    let header = file.lines().next().expect("a header");
    assert!(header.starts_with("\u{feff}id,phone,firstName,"), "{header}");
    assert!(header.ends_with("attributes.Name 3,attributes.Name 4"), "{header}");
    assert!(file.contains("\"'=7\n\"\"é\"\"\""), "no cell is a formula: {file}");
    assert_eq!(scene.stage.open_uploads(), 0);
}

/// A run without time writes one page and leaves the rest to the next one.
#[tokio::test]
async fn runs_continue_each_other() {
    for (format, part_bytes) in [(Format::Csv, LARGE), (Format::Jsonl, LARGE), (Format::Csv, SMALL)]
    {
        let whole = Scene::set(CONTACTS, format, LARGE).await;
        whole.run(None, deadline()).await;
        let scene = Scene::set(CONTACTS, format, part_bytes).await;
        let mut runs = 0;
        while scene.export().await.1.is_some() {
            scene.run_once(None, clock::now()).await;
            runs += 1;
        }
        assert!(runs > 2, "{runs}");
        let file = scene.file().await;
        check_rows(&file, CONTACTS);
        assert_eq!(file.lines().count(), whole.file().await.lines().count());
        let (export, _) = scene.export().await;
        assert_eq!((export.status, export.rows), (Status::Done, CONTACTS as u64));
    }
}

#[tokio::test]
async fn every_row_is_written_once_wherever_a_process_dies() {
    for part_bytes in [SMALL, LARGE] {
        // Runs without time pause with a rest.
        let until = || if part_bytes == SMALL { deadline() } else { clock::now() };
        let set = || Scene::set(CONTACTS, Format::Csv, part_bytes);
        let requests = set().await.run(None, until()).await;
        for request in 0..requests {
            for is_executed in [false, true] {
                let death = Death { request, is_executed };
                let scene = set().await;
                scene.run(Some(death), until()).await;
                let (export, _) = scene.export().await;
                let expected = (Status::Done, CONTACTS as u64);
                assert_eq!((export.status, export.rows), expected, "{death:?}");
                check_rows(&scene.file().await, CONTACTS);
            }
        }
    }
}

/// What a run that was overtaken still uploads does not get into the file.
#[tokio::test]
async fn a_run_that_was_overtaken_changes_nothing() {
    let set = || Scene::set(CONTACTS, Format::Jsonl, SMALL);
    let requests = set().await.run(None, deadline()).await;
    let mut late = 0;
    for request in 0..requests {
        let scene = set().await;
        let death = Death { request, is_executed: true };
        assert!(!scene.run_once(Some(death), deadline()).await, "it hangs at the request");
        let (overtaken, _) = scene.export().await;
        scene.run_once(None, clock::now()).await;
        // Only now does its part arrive.
        if let Some(upload) = &overtaken.parts.upload {
            let (key, number) = (overtaken.key(), overtaken.parts.claimed);
            let part = scene.app.files.write_part(&key, upload, number, vec![0; 9]).await;
            late += usize::from(part.is_ok());
        }
        scene.run(None, deadline()).await;
        check_rows(&scene.file().await, CONTACTS);
    }
    assert!(late > 3, "{late}");
}

#[tokio::test]
async fn new_attributes_begin_the_file_again() {
    let scene = Scene::set(4, Format::Csv, SMALL).await;
    // It searches for attributes, and then a contact gets another one.
    scene.run_once(None, clock::now()).await;
    while scene.export().await.0.stage() == Stage::Attributes {
        scene.run_once(None, clock::now()).await;
    }
    scene.add(4).await;
    scene.run(None, deadline()).await;
    let (export, _) = scene.export().await;
    assert_eq!((export.status, export.rows, export.restarts), (Status::Done, 5, 1));
    let file = scene.file().await;
    check_rows(&file, 5);
    assert!(file.contains("attributes.Name 4"), "{file}");
}

#[tokio::test]
async fn an_export_that_fails_abandons_its_upload() {
    let scene = Scene::of(Kind::Messages, 0, Format::Csv, None).await;
    scene.run_once(None, clock::now()).await;
    let (export, due) = scene.export().await;
    assert_eq!((export.status, due), (Status::Failed, None), "its campaign is gone");
    assert_eq!(scene.stage.open_uploads(), 0);

    // The parts of an upload may be gone, too.
    let scene = Scene::set(CONTACTS, Format::Jsonl, SMALL).await;
    scene.run_once(None, clock::now()).await;
    let (export, due) = scene.export().await;
    let id = export.parts.upload.clone().expect("an upload");
    scene.app.files.abandon_parts(&export.key(), &id).await;
    let due = due.expect("owed");
    scene.run(None, deadline()).await;
    let (failed, _) = scene.export().await;
    assert_eq!(failed.status, Status::Failed);
    assert!(failed.failure.expect("a reason").contains("start another"));
    let stale = scene.table.save_export((&export, &due), (&export, Some(&due))).await;
    assert_eq!(stale.expect("a table"), Saved::Stale);
}

/// The organization can begin another one.
#[tokio::test]
async fn an_export_that_ended_makes_room() {
    let scene = Scene::set(1, Format::Jsonl, LARGE).await;
    let id = ExportId::new(clock::now(), clock::entropy());
    let other = Export { id, ..scene.export.clone() };
    let job = JobsJob::Export { organization_id: scene.organization.id, export_id: id };
    let due = Due { at: clock::now(), job: job.into() };
    let create = async || scene.table.create_export(&other, &due, None).await.expect("a table");
    assert_eq!(create().await, ExportCreated::Busy);
    scene.run(None, deadline()).await;
    assert_eq!(create().await, ExportCreated::Done);
}
