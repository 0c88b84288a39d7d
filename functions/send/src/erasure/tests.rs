//! An erasure leaves nothing that says who the person was, however often its runs die.

mod replay;

use std::collections::BTreeMap;

use infra::clock;
use infra::table::{Lifted, Registered, Saved, Table};
use sequence::{Death, Stage as Theater};
use shared::actor::Actor;
use shared::body::{Body, Format};
use shared::campaign::{Begin, Broadcast, Campaign, Names, State};
use shared::contact::Profile;
use shared::erasure::{Erasure, Note, PhoneSearch, Status};
use shared::grace::Grace;
use shared::ids::CampaignId;
use shared::job::{Due, JobsJob};
use shared::message::{FailureReason, Message};
use shared::organization::Organization;
use shared::phone::Phone;
use shared::recipient::Addressee;
use shared::time::Timestamp;
use shared::unsubscribe::{Preference, Source};

use crate::{App, begin, fan_out, staging};

const CONTACTS: usize = 5;

/// An organization with a campaign that is cut and not sent yet.
struct Scene {
    stage: Theater,
    app: App,
    organization: Organization,
    campaigns: Vec<CampaignId>,
}

fn phone(number: usize) -> Phone {
    Phone::from_e164(&format!("+1415355{number:04}")).expect("a phone")
}

/// Ana, who is erased.
fn ana() -> Phone {
    phone(2)
}

impl Scene {
    async fn set() -> Self {
        let stage = Theater::empty().await;
        // Nothing is underway, and every worker knows what it has to know.
        let app = App { claim_seconds: -60, ..stage.build(App::build) };
        let organization = staging::organization(&app.table, 2).await;
        for number in 0..CONTACTS {
            let profile = Profile {
                phone: Some(phone(number)),
                first_name: Some(format!("Name {number}")),
                external_id: Some(format!("id {number}")),
                ..Profile::default()
            };
            staging::contact(&app.table, &organization, profile).await;
        }
        let mut scene = Self { stage, app, organization, campaigns: Vec::new() };
        for (body, format) in [("Hi", Format::Text), ("Hi {{ firstName }}", Format::Template)] {
            scene.send(body, format).await;
        }
        scene
    }

    fn table(&self) -> &Table {
        &self.app.table
    }

    async fn scheduled(&mut self, body: &str, format: Format) -> (Campaign, Timestamp) {
        let now = clock::now();
        let id = CampaignId::new(now, clock::entropy());
        let body = Body::parse(body, format).expect("a body");
        let name = "Spring".to_owned();
        let draft = Campaign::create(id, self.organization.id, name, Some(body), now);
        let scheduled = draft.schedule(None, now, Grace::default()).expect("schedulable");
        let at = scheduled.scheduled_at().expect("a time");
        let created = Box::pin(self.table().create_campaign(&scheduled, None)).await;
        assert_eq!(created.expect("a table"), Saved::Done);
        self.campaigns.push(id);
        (scheduled, at)
    }

    async fn send(&mut self, body: &str, format: Format) {
        let (Campaign { id, organization_id, .. }, at) = self.scheduled(body, format).await;
        let deadline = at.plus_seconds(300);
        Box::pin(begin::begin(&self.app, organization_id, id, at, deadline)).await.expect("begun");
    }

    /// Sends a campaign as releases did before ids had a salt.
    async fn send_unsalted(&mut self) {
        let (scheduled, at) = self.scheduled("Hi", Format::Text).await;
        let last = self.table().last_send(scheduled.organization_id);
        let last = Box::pin(last).await.expect("a table");
        let (now, deadline) = (last.next(clock::now()), clock::now().plus_seconds(300));
        let Organization { sender, shards, .. } = self.organization.clone();
        let decided = scheduled.begin(at, clock::salt(), sender, shards, now, Grace::default());
        let Begin::Begun(begun) = decided else { panic!("not begun") };
        let broadcast = begun.broadcast().expect("sent").clone();
        let state = State::Sent(Broadcast { names: Names::OfLine, ..broadcast });
        let begun = Campaign { state, ..*begun };
        let saved = self.table().begin_campaign(&scheduled, &begun, None, (&last, now));
        assert_eq!(Box::pin(saved).await.expect("a table"), Saved::Done);
        let cut = fan_out::resume(&self.app, begun.organization_id, begun.id, None, deadline);
        Box::pin(cut).await.expect("cut");
    }

    fn said(&self, subscribed: bool, source: Source) -> Preference {
        Preference {
            organization_id: self.organization.id,
            phone: ana(),
            subscribed,
            changed_at: clock::now(),
            source,
            campaign_id: None,
            evidence: Some(format!("from {}", ana())),
            changed_by: Some(Actor::System),
        }
    }

    async fn register(&self, subscribed: bool, source: Source) -> Registered {
        // Each word has its own millisecond.
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        let said = self.said(subscribed, source);
        Box::pin(self.table().register(&said, self.organization.shards)).await.expect("a table")
    }

    async fn is_out(&self) -> bool {
        let shard = (ana().shard(self.organization.shards), self.organization.shards);
        let id = self.organization.id;
        let out = Box::pin(self.table().unsubscribed_among(id, shard, &[ana()])).await;
        out.expect("a table").contains(&ana())
    }

    async fn request(&self) -> Erasure {
        let (id, now) = (self.organization.id, clock::now());
        let hash = self.table().erased_hash(id, &ana().line()).await.expect("a key");
        self.start(Erasure::new(id, (hash, ana()), Actor::System, now)).await
    }

    async fn start(&self, erasure: Erasure) -> Erasure {
        let (id, hash, now) = (self.organization.id, erasure.hash.clone(), clock::now());
        self.table().begin_erasures(id, now).await.expect("a table");
        let done = Box::pin(self.table().erasure(id, &hash)).await.expect("a table");
        let job = JobsJob::Erase { organization_id: id, hash };
        let due = Due { at: now, job: job.into() };
        let done = done.map(|(done, _)| done);
        let saved = Box::pin(self.table().request_erasure(&erasure, &due, done.as_ref())).await;
        assert_eq!(saved.expect("a table"), Saved::Done);
        erasure
    }

    /// Runs the job in one process after the other to its end. One of them dies. Returns the number of
    /// requests.
    async fn run(&self, erasure: &Erasure, death: Option<Death>) -> usize {
        let mut requests = 0;
        loop {
            let death = death.and_then(|death| {
                let request = death.request.checked_sub(requests)?;
                Some(Death { request, ..death })
            });
            let deadline = clock::now().plus_seconds(300);
            let (id, hash) = (self.organization.id, erasure.hash.clone());
            let job = Box::pin(super::run(&self.app, id, hash, deadline));
            let ended = self.stage.live(death, job).await;
            if let Some(result) = ended {
                result.expect("a run that does not fail");
            }
            requests += self.stage.requests();
            assert!(requests < 2_000, "it hangs");
            let found = Box::pin(self.table().erasure(id, &erasure.hash)).await.expect("a table");
            if found.expect("a record").0.status() == Status::Done {
                return requests;
            }
        }
    }

    /// What the journal says of an erasure.
    fn note(&self, erasure: &Erasure) -> Option<Note> {
        let key = Note::of(erasure, self.organization.shards, None).key();
        let json = self.stage.object(&key)?;
        Some(serde_json::from_slice(&json).expect("a note"))
    }

    /// The items that say who Ana was.
    fn left(&self) -> Vec<String> {
        self.stage.items_with(|item| {
            let mut search = PhoneSearch::new(&ana());
            search.read(item.as_bytes());
            search.is_found() || item.contains("Name 2") || item.contains("id 2")
        })
    }

    /// The campaign's messages by their place, and who is erased.
    async fn members(&self, id: CampaignId) -> BTreeMap<(u16, usize), (Option<Phone>, Message)> {
        let campaign = Box::pin(self.table().campaign(self.organization.id, id)).await;
        let campaign = campaign.expect("a table").expect("a campaign");
        let mut members = BTreeMap::new();
        for shard in self.organization.shards.all() {
            let chunk = Box::pin(self.table().chunk(id, shard, 0)).await.expect("a table");
            for (place, member) in chunk.expect("a chunk").recipients.iter().enumerate() {
                let broadcast = campaign.broadcast().expect("sent");
                let pending = campaign.pending_message(broadcast, member);
                let (organization, ids) = (self.organization.id, [pending.id]);
                let shards = self.organization.shards;
                let found = Box::pin(self.table().messages(organization, id, &ids, shards));
                let found = found.await.expect("a table").pop().unwrap_or(pending.clone());
                if let Addressee::Erased(message) = member.to {
                    assert_eq!(message, found.id);
                }
                members.insert((shard, place), (member.phone().cloned(), found));
            }
        }
        members
    }
}

#[tokio::test]
async fn nothing_is_left_of_a_person_and_everyone_keeps_their_place() {
    let mut scene = Scene::set().await;
    scene.send_unsalted().await;
    scene.register(false, Source::Keyword).await;
    assert!(scene.left().len() >= 5, "the search finds what there is: {:?}", scene.left());
    let mut before = Vec::new();
    for id in &scene.campaigns {
        before.push(scene.members(*id).await);
    }
    let erasure = scene.request().await;
    scene.run(&erasure, None).await;
    assert_eq!(scene.left(), Vec::<String>::new());
    assert!(scene.is_out().await);
    assert_eq!(before.len(), 3, "campaigns with and without a salt");
    for (id, before) in scene.campaigns.iter().zip(before) {
        let after = scene.members(*id).await;
        assert_eq!(after.len(), CONTACTS);
        for (place, (to, message)) in after {
            let (was, pending) = &before[&place];
            assert_eq!(message.id, pending.id);
            let is_erased = *was == Some(ana());
            assert_eq!(to.is_none(), is_erased);
            let failed = message.failure().map(|(reason, _)| reason);
            assert_eq!(failed, is_erased.then_some(FailureReason::Erased));
        }
    }
    let note = scene.note(&erasure).expect("a journal");
    assert_eq!((&note.hash, note.requested_at), (&erasure.hash, erasure.requested_at));
    assert_eq!(note.shards, [ana().shard(scene.organization.shards)]);
    assert!(note.erased_at.is_some());
    let json = serde_json::to_string(&note).expect("JSON");
    assert!(!json.contains("3550002"), "{json}");
}

/// An erasure that is lost with the table before its end is in the journal.
#[tokio::test]
async fn the_journal_knows_an_erasure_before_it_begins() {
    let scene = Scene::set().await;
    scene.register(false, Source::Keyword).await;
    let erasure = scene.request().await;
    let (id, hash) = (scene.organization.id, erasure.hash.clone());
    let deadline = clock::now().plus_seconds(300);
    // It dies before it saves its first step.
    let death = Death { request: 4, is_executed: false };
    let job = Box::pin(super::run(&scene.app, id, hash, deadline));
    scene.stage.live(Some(death), job).await;
    let left = scene.left();
    let note = scene.note(&erasure).expect("a journal");
    assert_eq!((note.requested_at, note.erased_at), (erasure.requested_at, None));
    assert!(left.len() >= 5, "nothing is removed yet: {left:?}");
}

/// Whichever request is the last one of a process, the person is suppressed from then on, and the next
/// process ends the work.
#[tokio::test]
async fn an_erasure_survives_the_death_of_its_process() {
    let whole = {
        let scene = Scene::set().await;
        scene.register(false, Source::Keyword).await;
        let erasure = scene.request().await;
        scene.run(&erasure, None).await
    };
    assert!(whole > 30, "{whole}");
    for request in 0..whole {
        let scene = Scene::set().await;
        scene.register(false, Source::Keyword).await;
        let erasure = scene.request().await;
        let is_executed = request % 2 == 0;
        let death = Death { request, is_executed };
        let (id, hash) = (scene.organization.id, erasure.hash.clone());
        let deadline = clock::now().plus_seconds(300);
        let job = Box::pin(super::run(&scene.app, id, hash, deadline));
        scene.stage.live(Some(death), job).await;
        assert!(scene.is_out().await, "after request {request}");
        scene.run(&erasure, None).await;
        assert!(scene.is_out().await, "after request {request}");
        assert_eq!(scene.left(), Vec::<String>::new(), "after request {request}");
        for id in &scene.campaigns {
            let members = scene.members(*id).await;
            let erased = members.values().filter(|(to, _)| to.is_none()).count();
            assert_eq!((members.len(), erased), (CONTACTS, 1), "after request {request}");
        }
    }
}

#[tokio::test]
async fn what_is_said_of_an_erased_person_is_written_at_the_hash() {
    let scene = Scene::set().await;
    let erasure = scene.request().await;
    scene.run(&erasure, None).await;
    assert!(scene.is_out().await, "who is erased is suppressed, also without an opt-out");
    let shards = scene.organization.shards;
    let lift = scene.said(true, Source::Api);
    let lifted = Box::pin(scene.table().lift_unless_persons_own(&lift, shards)).await;
    assert_eq!(lifted.expect("a table"), Lifted::PersonsOwn, "a sender can't take it back");
    for (subscribed, source) in [(true, Source::Keyword), (false, Source::Provider)] {
        assert_eq!(scene.register(subscribed, source).await, Registered::Done);
        assert_eq!(scene.is_out().await, !subscribed);
        assert_eq!(scene.left(), Vec::<String>::new());
    }
    assert_eq!(scene.register(true, Source::Keyword).await, Registered::Done);
    // Erasing again suppresses again.
    let again = scene.request().await;
    scene.run(&again, None).await;
    assert!(scene.is_out().await);
    let (entries, _) =
        Box::pin(scene.table().unsubscribes(&scene.organization, 10, None)).await.expect("a table");
    assert_eq!(entries.len(), 1);
    assert_eq!((&entries[0].phone, &entries[0].hash), (&None, &Some(again.hash)));
}

/// A table that doesn't know the keys must not take an erased person for someone else.
#[tokio::test]
async fn a_lost_key_fails_closed() {
    let scene = Scene::set().await;
    let erasure = scene.request().await;
    scene.run(&erasure, None).await;
    let without_keys = scene.stage.table();
    let shards = scene.organization.shards;
    for number in 0..CONTACTS {
        let phones = [phone(number)];
        let shard = (phones[0].shard(shards), shards);
        let id = scene.organization.id;
        let asked = Box::pin(without_keys.unsubscribed_among(id, shard, &phones)).await;
        assert_eq!(asked.is_err(), shard.0 == ana().shard(shards), "{asked:?}");
    }
    assert!(
        Box::pin(without_keys.register(&scene.said(true, Source::Keyword), shards)).await.is_err()
    );
}
