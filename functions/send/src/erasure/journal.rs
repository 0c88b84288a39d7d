//! Notes an erasure outside of the table, where a restore doesn't lose it.

use shared::erasure::Note;
use shared::time::Timestamp;

use super::Run;

/// Notes an erasure before anything of it is done, so that one that was underway is done again, too. One
/// that is replayed has its note.
pub(super) async fn note_begun(run: &Run<'_>) -> anyhow::Result<()> {
    if run.erasure.phone.is_some() {
        note(run, None).await?;
    }
    Ok(())
}

/// Notes that everything was erased.
pub(super) async fn note_done(run: &Run<'_>, now: Timestamp) -> anyhow::Result<()> {
    note(run, Some(now)).await
}

async fn note(run: &Run<'_>, erased_at: Option<Timestamp>) -> anyhow::Result<()> {
    let note = Note::of(&run.erasure, run.organization.shards, erased_at);
    let json = serde_json::to_vec(&note)?;
    run.app.files.put(note.key(), "application/json", json).await?;
    Ok(())
}
