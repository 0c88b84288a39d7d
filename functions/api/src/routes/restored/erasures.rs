//! Does the erasures again that the journal knows and a restored table lacks.

use futures::future::try_join_all;
use infra::clock;
use infra::files::{FileFailure, ListedFile};
use shared::erasure::{ErasedHash, Erasure, Note, Replay};
use shared::ids::OrganizationId;

use crate::problem::Problem;
use crate::routes::people::start;
use crate::state::Volley;

/// As many as can be looked up at once.
const NOTES_AT_ONCE: usize = 100;
/// The number of erasures that are started at the same time. Each takes a few calls.
const STARTED_AT_ONCE: usize = 20;

/// Starts the erasures that an organization lacks. Returns these, and those of the journal that are still
/// running.
pub(super) async fn replay(
    app: &Volley,
    organization: OrganizationId,
) -> Result<Vec<Erasure>, Problem> {
    let (mut running, mut from) = (Vec::new(), None);
    loop {
        let (files, next) = app.files.list(&Note::folder(organization), from).await?;
        for files in files.chunks(NOTES_AT_ONCE) {
            replay_some(app, organization, files, &mut running).await?;
        }
        from = next;
        if from.is_none() {
            return Ok(running);
        }
    }
}

async fn replay_some(
    app: &Volley,
    organization: OrganizationId,
    files: &[ListedFile],
    running: &mut Vec<Erasure>,
) -> Result<(), Problem> {
    let noted = files
        .iter()
        .filter_map(|listed| Some((Note::read_key(organization, &listed.file.key)?, listed)));
    let noted: Vec<(ErasedHash, &ListedFile)> = noted.collect();
    let hashes: Vec<ErasedHash> = noted.iter().map(|(hash, _)| hash.clone()).collect();
    let known = app.table.erasures(organization, &hashes).await?;
    for some in noted.chunks(STARTED_AT_ONCE) {
        let each = some.iter().map(|(hash, listed)| replay_one(app, listed, known.get(hash)));
        running.extend(try_join_all(each).await?.into_iter().flatten());
    }
    Ok(())
}

/// Starts an erasure that the table lacks; `known` is what the table has of it. `None` if it is done.
async fn replay_one(
    app: &Volley,
    listed: &ListedFile,
    known: Option<&Erasure>,
) -> Result<Option<Erasure>, Problem> {
    match Replay::of(known, listed.written_at) {
        Replay::Nothing => return Ok(None),
        Replay::Underway => return Ok(known.cloned()),
        Replay::Read => {}
    }
    let content = app.files.read(&listed.file, 0).await.map_err(|error| match error.reason {
        // Someone has erased the person again in between.
        FileFailure::Changed => Problem::raced(),
        FileFailure::Throttled | FileFailure::Other => error.into(),
    })?;
    let note: Note = serde_json::from_slice(&content).map_err(|error| {
        let note = format!("failed to read the note {}", listed.file.key);
        Problem::internal(anyhow::Error::new(error).context(note))
    })?;
    if !note.is_lacking(known) {
        return Ok(None);
    }
    let erasure = Erasure::replayed(note, clock::now());
    // If another request was faster, that one has started it.
    start(app, &erasure, known).await?;
    Ok(Some(erasure))
}
