//! If the process of an import dies at any request, the next one ends it as if nothing had happened.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use infra::clock;
use sequence::Death;
use shared::actor::Actor;
use shared::ids::ImportId;
use shared::import::limits::START_WITHIN_SECONDS;
use shared::import::{Import, MatchBy, Options, Status};
use shared::time::Timestamp;

use super::run;
use super::scene::{Scene, deadline};

/// A file whose rows are created, updated, rejected, skipped or opted out.
fn file(rows: usize) -> Vec<u8> {
    let mut csv = "phone,first name,opt out\n".to_owned();
    for row in 0..rows {
        let phone = format!("+1415355{:04}", row % (rows * 9 / 10));
        let line = match row % 20 {
            3 => format!("12,Row {row},\n"),
            7 => ",,\n".to_owned(),
            11 => format!("{phone},Row {row},ALL\n"),
            _ => format!("{phone},Row {row},\n"),
        };
        csv.push_str(&line);
    }
    csv.into_bytes()
}

fn packed(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(content).expect("in memory");
    encoder.finish().expect("in memory")
}

/// Every death of a process that makes this number of requests.
fn deaths(requests: usize) -> impl Iterator<Item = Death> {
    (0..requests)
        .flat_map(|request| [false, true].map(|is_executed| Death { request, is_executed }))
}

async fn check(match_by: MatchBy, content: &[u8]) {
    let options = Options { match_by: Some(match_by), ..Options::default() };
    let scene = Scene::set(&options, content).await;
    let requests = scene.run(None).await;
    let expected = scene.outcome().await;
    assert_eq!(expected.status, Status::Done, "{expected:?}");
    assert!(expected.progress.created > 0 && expected.progress.rejected > 0, "{expected:?}");
    assert!(!expected.unsubscribed.is_empty() && !expected.rejected.is_empty());
    for death in deaths(requests) {
        let scene = Scene::set(&options, content).await;
        scene.run(Some(death)).await;
        let found = scene.outcome().await;
        assert_eq!(found, expected, "{death:?}");
    }
}

#[tokio::test]
async fn rows_are_written_once_wherever_the_process_dies() {
    check(MatchBy::None, &file(140)).await;
}

#[tokio::test]
async fn rows_find_their_contacts_wherever_the_process_dies() {
    check(MatchBy::Phone, &file(24)).await;
}

#[tokio::test]
async fn an_archive_is_unpacked_wherever_the_process_dies() {
    check(MatchBy::None, &packed(&file(40))).await;
}

#[tokio::test]
async fn an_undo_removes_each_contact_once_wherever_the_process_dies() {
    let options = Options { match_by: Some(MatchBy::None), ..Options::default() };
    let content = file(140);
    let scene = Scene::set(&options, &content).await;
    scene.run(None).await;
    let requests = scene.undo(None).await;
    let expected = scene.outcome().await;
    assert_eq!((expected.status, expected.contacts.len()), (Status::Undone, 0), "{expected:?}");
    for death in deaths(requests) {
        let scene = Scene::set(&options, &content).await;
        scene.run(None).await;
        scene.undo(Some(death)).await;
        assert_eq!(scene.outcome().await, expected, "{death:?}");
    }
}

/// An upload of an import that was created at `begun`, whose client has sent the file.
async fn uploaded(begun: Timestamp) -> (Scene, String) {
    let scene = Scene::set(&Options::default(), b"phone\n").await;
    let now = clock::now();
    let id = ImportId::new(begun, clock::entropy());
    let key = format!("imports/{}/{id}/token", scene.organization.id);
    let _ = scene.stage.put_object(&key, b"phone\n+14153550101\n");
    let import = Import::new(id, scene.organization.id, Options::default(), None, begun);
    let import = import.awaiting(key.clone());
    let open = scene.table.open_uploads(scene.organization.id).await.expect("uploads");
    let scene = Scene { id, ..scene };
    let uploads = (&open, open.with(id, now.plus_seconds(60), now).expect("few"));
    scene.table.create_upload(&import, &scene.due(), uploads, None).await.expect("an upload");
    (scene, key)
}

/// A client may have uploaded the file and forgotten to start its import.
#[tokio::test]
async fn an_upload_that_is_not_started_expires_wherever_the_process_dies() {
    let is_expired = async |death| {
        let (scene, key) = uploaded(clock::now().plus_seconds(-START_WITHIN_SECONDS)).await;
        let requests = scene.run(death).await;
        let (import, due) = scene.import().await;
        assert_eq!((import.status, due), (Status::Failed, None), "{death:?}");
        assert!(import.failure.expect("a reason").contains("not started within a day"));
        assert_eq!(scene.stage.object(&key), None, "the file is deleted");
        let open = scene.table.open_uploads(scene.organization.id).await.expect("uploads");
        assert!(!open.contains(scene.id), "another may be uploaded instead");
        requests
    };
    for death in deaths(is_expired(None).await) {
        is_expired(Some(death)).await;
    }
}

/// The file is there as long as the import may still be started.
#[tokio::test]
async fn a_file_is_removed_after_the_import_says_that_it_expired() {
    let (scene, key) = uploaded(clock::now().plus_seconds(-START_WITHIN_SECONDS)).await;
    for request in 0.. {
        let death = Death { request, is_executed: false };
        let job = Box::pin(run(&scene.app, scene.organization.id, scene.id, deadline()));
        let lived = scene.stage.live(Some(death), job).await.is_some();
        let (import, _) = scene.import().await;
        let is_there = scene.stage.object(&key).is_some();
        assert!(is_there || import.status == Status::Failed, "{death:?}");
        if lived {
            assert!(!is_there);
            break;
        }
    }
}

#[tokio::test]
async fn the_file_of_an_upload_that_is_stopped_is_removed_at_once() {
    let now = clock::now();
    let (scene, key) = uploaded(now).await;
    let (import, due) = scene.import().await;
    let after = import.cancel(Actor::Deployment, now).expect("uploading");
    let transition = infra::table::Transition {
        before: (&import, due.as_ref()),
        after: (&after, due.as_ref()),
        uploads: None,
    };
    scene.table.change_import(transition, None).await.expect("stopped");
    let job = Box::pin(run(&scene.app, scene.organization.id, scene.id, deadline()));
    scene.stage.live(None, job).await.expect("alive").expect("a run");
    assert_eq!(scene.stage.object(&key), None);
    let (import, due) = scene.import().await;
    assert_eq!(import.status, Status::Cancelled);
    assert!(due.is_some(), "the client may still send the file, which is removed again");
}

#[tokio::test]
async fn a_file_that_changes_between_two_processes_fails_the_import() {
    let options = Options::default();
    let content = file(140);
    let requests = Scene::set(&options, &content).await.run(None).await;
    let scene = Scene::set(&options, &content).await;
    let death = Death { request: requests / 2, is_executed: true };
    let job = Box::pin(run(&scene.app, scene.organization.id, scene.id, deadline()));
    assert!(scene.stage.live(Some(death), job).await.is_none(), "it died");
    let (import, _) = scene.import().await;
    let key = &import.file.expect("a file").key;
    let _ = scene.stage.put_object(key, b"phone\n+14153559999\n");
    scene.run(None).await;
    let (import, due) = scene.import().await;
    assert_eq!((import.status, due), (Status::Failed, None));
    assert!(import.failure.expect("a reason").contains("changed"));
}
