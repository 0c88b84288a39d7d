//! Erasures that only the journal knows: their phone has to be found.

use std::slice;

use shared::erasure::ErasedHash;

use super::*;

impl Scene {
    /// What the journal says of someone who was erased after the moment that the table was restored to.
    async fn lost(&self, person: &Phone, has_shards: bool) -> Note {
        let (id, now) = (self.organization.id, clock::now().plus_seconds(-3_600));
        let hash = self.table().erased_hash(id, &person.line()).await.expect("a key");
        let erasure = Erasure::new(id, (hash, person.clone()), Actor::Deployment, now);
        let note = Note::of(&erasure, self.organization.shards, Some(now));
        let shards = if has_shards { note.shards.clone() } else { Vec::new() };
        Note { shards, ..note }
    }

    async fn replay(&self, note: Note) -> Erasure {
        self.start(Erasure::replayed(note, clock::now())).await
    }

    async fn record(&self, erasure: &Erasure) -> Erasure {
        let found = Box::pin(self.table().erasure(self.organization.id, &erasure.hash)).await;
        found.expect("a table").expect("a record").0
    }

    async fn is_suppressed(&self, person: &Phone) -> bool {
        let shards = self.organization.shards;
        let (id, shard) = (self.organization.id, (person.shard(shards), shards));
        let out =
            Box::pin(self.table().unsubscribed_among(id, shard, slice::from_ref(person))).await;
        out.expect("a table").contains(person)
    }
}

#[tokio::test]
async fn a_person_is_found_by_the_hash_and_erased_again() {
    for has_shards in [true, false] {
        let scene = Scene::set().await;
        scene.register(false, Source::Keyword).await;
        let note = scene.lost(&ana(), has_shards).await;
        let erasure = scene.replay(note.clone()).await;
        scene.run(&erasure, None).await;
        assert_eq!(scene.left(), Vec::<String>::new());
        assert!(scene.is_out().await);
        let record = scene.record(&erasure).await;
        assert_eq!((record.is_unfound, record.requested_at), (false, note.requested_at));
        assert_eq!(record.requested_by, Actor::Deployment);
        // The journal knows the shard from now on, and still who requested it when.
        let after = scene.note(&erasure).expect("a journal");
        assert_eq!(after.requested_at, note.requested_at);
        assert_eq!(after.shards, [ana().shard(scene.organization.shards)]);
        let removed = scene.stage.items_with(|item| item.contains("ERASED#"));
        assert_eq!(removed.len(), 1, "{removed:?}");
    }
}

/// The contact was deleted before the restore point, and the person is only in chunks.
#[tokio::test]
async fn a_person_is_found_in_a_chunk_however_often_the_runs_die() {
    let set = async || {
        let scene = Scene::set().await;
        Box::pin(scene.table().erase_contacts(&scene.organization, &ana())).await.expect("a table");
        let note = scene.lost(&ana(), true).await;
        let erasure = scene.replay(note).await;
        (scene, erasure)
    };
    let whole = {
        let (scene, erasure) = set().await;
        scene.run(&erasure, None).await
    };
    for request in 0..whole {
        let (scene, erasure) = set().await;
        assert!(!scene.left().is_empty());
        let death = Death { request, is_executed: request % 2 == 0 };
        scene.run(&erasure, Some(death)).await;
        assert_eq!(scene.left(), Vec::<String>::new(), "after request {request}");
        assert!(scene.is_out().await, "after request {request}");
        for id in &scene.campaigns {
            let members = scene.members(*id).await;
            let erased = members.values().filter(|(to, _)| to.is_none()).count();
            assert_eq!((members.len(), erased), (CONTACTS, 1), "after request {request}");
        }
    }
}

#[tokio::test]
async fn a_person_who_is_found_nowhere_stays_suppressed() {
    for has_shards in [true, false] {
        let scene = Scene::set().await;
        let stranger = phone(77);
        let erasure = scene.replay(scene.lost(&stranger, has_shards).await).await;
        scene.run(&erasure, None).await;
        let record = scene.record(&erasure).await;
        assert!(record.is_unfound && record.done_at().is_some());
        assert!(scene.is_suppressed(&stranger).await);
        for other in 0..CONTACTS {
            assert!(!scene.is_suppressed(&phone(other)).await);
        }
        let entries = scene.stage.items_with(|item| item.contains("ERASED#"));
        let expected = if has_shards { 1 } else { scene.organization.shards.count() };
        assert_eq!(entries.len(), usize::from(expected), "{entries:?}");
    }
}

/// They asked for messages after an earlier erasure, and were erased again.
#[tokio::test]
async fn the_newer_of_an_erasure_and_a_start_counts() {
    let scene = Scene::set().await;
    let erasure = scene.request().await;
    scene.run(&erasure, None).await;
    assert_eq!(scene.register(true, Source::Keyword).await, Registered::Done);
    let older = scene.lost(&ana(), true).await;
    scene.run(&scene.replay(older.clone()).await, None).await;
    assert!(!scene.is_out().await, "they asked for it since");
    let newer = Note { requested_at: clock::now().plus_seconds(1), ..older };
    scene.run(&scene.replay(newer).await, None).await;
    assert!(scene.is_out().await);
}

/// Everyone else waits with the person until the key is there again.
#[tokio::test]
async fn a_lost_key_keeps_the_person_suppressed_and_is_named() {
    let scene = Scene::set().await;
    let note = scene.lost(&ana(), true).await;
    let hash = note.hash.to_string().replace("key#", "gone#");
    let hash = ErasedHash::parse(&hash).expect("a hash");
    let erasure = scene.replay(Note { hash: hash.clone(), ..note }).await;
    let deadline = clock::now().plus_seconds(300);
    let run = Box::pin(super::super::run(&scene.app, scene.organization.id, hash, deadline)).await;
    let error = format!("{:#}", run.expect_err("it can't be found"));
    assert!(error.contains("lacks the key gone"), "{error}");
    assert_eq!(scene.record(&erasure).await.status(), Status::Running);
    let shards = scene.organization.shards;
    let asked = (ana().shard(shards), shards);
    let (id, phones) = (scene.organization.id, [ana()]);
    let out = Box::pin(scene.table().unsubscribed_among(id, asked, &phones)).await;
    assert!(out.is_err(), "any phone of the shard may be the person's");
}
