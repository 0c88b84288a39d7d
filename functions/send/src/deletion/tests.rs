//! A deletion leaves nothing of an organization but hashes of those who opted out, however often its runs
//! die, and touches nothing of another organization.

use infra::clock;
use infra::table::{InboundKept, OrganizationSaved, Saved, Table};
use sequence::{Death, Stage as Theater};
use shared::actor::Actor;
use shared::body::{Body, Format};
use shared::campaign::Campaign;
use shared::contact::Profile;
use shared::deletion::Deletion;
use shared::grace::Grace;
use shared::ids::{CampaignId, ImportId, InboundId, OrganizationId};
use shared::import::{Import, Options, StoredFile};
use shared::inbound::{self, InboundMessage, due_on};
use shared::job::{Due, JobsJob};
use shared::organization::Organization;
use shared::phone::Phone;
use shared::sender::{Provider, Sender};
use shared::shard::Shards;
use shared::time::Timestamp;
use shared::unsubscribe::{Preference, Source};

use crate::{App, begin, staging};

const CONTACTS: usize = 4;

struct Scene {
    stage: Theater,
    app: App,
    organization: Organization,
    /// What was there before the organization.
    before: Vec<String>,
    file: String,
}

fn phone(number: usize) -> Phone {
    Phone::from_e164(&format!("+1415355{number:04}")).expect("a phone")
}

/// Who has opted out.
fn ana() -> Phone {
    phone(2)
}

impl Scene {
    /// Two organizations with the same contacts, one of which is to be deleted.
    async fn set() -> Self {
        let stage = Theater::empty().await;
        // Nothing that had begun is still running.
        let app = App { claim_seconds: -1_000, ..stage.build(App::build) };
        let other = created(&app.table, "+14153550101", clock::now()).await.expect("created");
        fill(&app, &other).await;
        let before = all(&stage);
        let organization = staging::organization(&app.table, 2).await;
        let file = fill(&app, &organization).await;
        let _ = stage.put_object(&file, b"phone\n+14153550000\n");
        Self { stage, app, organization, before, file }
    }

    async fn request(&self) {
        let (id, now) = (self.organization.id, clock::now());
        let due = Due { at: now, job: JobsJob::Delete { organization_id: id }.into() };
        let deletion = Deletion::new(self.organization.clone(), Actor::Deployment, now);
        let saved = Box::pin(self.app.table.request_deletion(&deletion, &due)).await;
        assert_eq!(saved.expect("a table"), Saved::Done);
        let gone = Box::pin(self.app.table.organization(id)).await.expect("a table");
        assert_eq!(gone, None, "no one finds it from the request on");
    }

    /// Runs the job in one process after the other to its end. One of them dies. Returns the number of
    /// requests.
    async fn run(&self, death: Option<Death>) -> usize {
        let mut requests = 0;
        loop {
            let death = death.and_then(|death| {
                let request = death.request.checked_sub(requests)?;
                Some(Death { request, ..death })
            });
            let deadline = clock::now().plus_seconds(300);
            let job = Box::pin(super::run(&self.app, self.organization.id, deadline));
            if let Some(result) = self.stage.live(death, job).await {
                result.expect("a run that does not fail");
            }
            requests += self.stage.requests();
            assert!(requests < 2_000, "it hangs");
            let record = Box::pin(self.app.table.deletion(self.organization.id)).await;
            if record.expect("a table").is_none() {
                return requests;
            }
        }
    }

    /// The items that are new since before the organization was there.
    fn left(&self) -> Vec<String> {
        let now = all(&self.stage);
        assert!(self.before.iter().all(|item| now.contains(item)), "another's items are gone");
        now.into_iter().filter(|item| !self.before.contains(item)).collect()
    }

    fn assert_gone(&self, when: &str) {
        let left = self.left();
        // Due items of what is gone are removed by the sweep, and say no more than ids.
        let left: Vec<&String> = left.iter().filter(|item| !item.contains("DUE#")).collect();
        let is_kept = |item: &&&String| item.contains("REFUSED#") || item.contains("OWNER");
        let kept = left.iter().filter(|item| is_kept(item)).count();
        assert_eq!((left.len(), kept), (2, 2), "{when}: {left:#?}");
        for number in 0..CONTACTS {
            let phone = phone(number).to_string();
            assert!(!left.iter().any(|item| item.contains(&phone)), "{when}: {left:#?}");
        }
        assert_eq!(self.stage.object(&self.file), None, "{when}");
    }
}

fn all(stage: &Theater) -> Vec<String> {
    stage.items_with(|_| true)
}

/// Creates an organization with this number, or returns `None` if the number is another's.
async fn created(table: &Table, number: &str, at: Timestamp) -> Option<Organization> {
    let sender = Sender::new(Phone::from_e164(number).expect("a phone"), Provider::default());
    let id = OrganizationId::new(at, clock::entropy());
    let organization = Organization::new(id, "Next".to_owned(), sender, at);
    let organization = Organization { shards: Shards::new(2), ..organization };
    match Box::pin(table.create_organization(&organization, None)).await.expect("a table") {
        OrganizationSaved::Done => Some(organization),
        OrganizationSaved::SenderTaken => None,
        other => panic!("{other:?}"),
    }
}

/// Something of every kind. Returns the file of an import.
async fn fill(app: &App, organization: &Organization) -> String {
    let (table, id, now) = (&app.table, organization.id, clock::now());
    for number in 0..CONTACTS {
        let profile = Profile {
            phone: Some(phone(number)),
            external_id: Some(format!("id {number}")),
            ..Profile::default()
        };
        staging::contact(table, organization, profile).await;
    }
    let said = Preference {
        organization_id: id,
        phone: ana(),
        subscribed: false,
        changed_at: now,
        source: Source::Keyword,
        campaign_id: None,
        evidence: Some(format!("from {}", ana())),
        changed_by: None,
    };
    Box::pin(table.register(&said, organization.shards)).await.expect("a table");
    let campaign = CampaignId::new(now, clock::entropy());
    let body = Body::parse("Hi", Format::Text).expect("a body");
    let draft = Campaign::create(campaign, id, "Spring".to_owned(), Some(body), now);
    let scheduled = draft.schedule(None, now, Grace::default()).expect("schedulable");
    let at = scheduled.scheduled_at().expect("a time");
    Box::pin(table.create_campaign(&scheduled, None)).await.expect("a table");
    Box::pin(begin::begin(app, id, campaign, at, now.plus_seconds(300))).await.expect("begun");
    let name = inbound::name(id, Some("SM1"), (&phone(1), "wrong number", now));
    let text = InboundMessage {
        id: InboundId::of(now, name),
        organization_id: id,
        from: phone(1),
        to: vec!["+14153550100".to_owned()],
        text: "wrong number".to_owned(),
        received_at: now,
        campaign_id: Some(campaign),
        keyword: None,
        due_on: Some(due_on(now.datetime().date_naive())),
        decision: None,
    };
    let kept = Box::pin(table.keep_inbound(text, name, 4_000_000_000)).await;
    assert_eq!(kept.expect("a table"), InboundKept::New);
    let import_id = ImportId::new(now, clock::entropy());
    let file = format!("imports/{id}/{import_id}.csv");
    let stored = StoredFile { key: file.clone(), etag: None, size: 1 };
    let import = Import::new(import_id, id, Options::default(), None, now);
    let import = Import { file: Some(stored), ..import };
    let job = JobsJob::Import { organization_id: id, import_id };
    let due = Due { at: now, job: job.into() };
    Box::pin(table.create_import(&import, &due, None)).await.expect("a table");
    file
}

#[tokio::test]
async fn nothing_is_left_of_an_organization() {
    let scene = Scene::set().await;
    assert!(scene.left().len() > 20, "there is something of it: {:#?}", scene.left());
    scene.request().await;
    scene.run(None).await;
    scene.assert_gone("in the end");
    // A job that is delivered again finds nothing.
    scene.run(None).await;
    scene.assert_gone("once more");
}

#[tokio::test]
async fn a_deletion_survives_the_death_of_its_process() {
    let whole = {
        let scene = Scene::set().await;
        scene.request().await;
        scene.run(None).await
    };
    assert!(whole > 30, "{whole}");
    for request in 0..whole {
        let scene = Scene::set().await;
        scene.request().await;
        scene.run(Some(Death { request, is_executed: request % 2 == 0 })).await;
        scene.assert_gone(&format!("after request {request}"));
    }
}

/// The next owner of the number must not text those who opted out of what it sent before.
#[tokio::test]
async fn opt_outs_hold_for_the_next_owner_of_the_number() {
    let scene = Scene::set().await;
    scene.request().await;
    scene.run(None).await;
    let (table, now) = (&scene.app.table, clock::now());
    let number = "+14153550100";
    assert_eq!(created(table, number, now).await, None, "it stays reserved for a while");
    let later = now.plus_seconds(31 * 86_400);
    let next = created(table, number, later).await.expect("the number is free");
    let another = created(table, "+14153550102", later).await.expect("a new number");
    for (organization, expected) in [(&next, vec![ana()]), (&another, Vec::new())] {
        let mut out = Vec::new();
        for number in 0..CONTACTS {
            let phones = [phone(number)];
            let shard = (phones[0].shard(organization.shards), organization.shards);
            let found = Box::pin(table.unsubscribed_among(organization.id, shard, &phones)).await;
            out.extend(found.expect("a table"));
        }
        assert_eq!(out, expected);
    }
}
