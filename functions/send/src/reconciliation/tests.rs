//! A reconciliation settles every phone once, however often its runs end or die.

use std::time::Duration;

use infra::clock;
use infra::table::{KeptReconciliation, OrganizationSaved, Saved, Table};
use sequence::{Death, Stage};
use shared::actor::Actor;
use shared::contact::Profile;
use shared::ids::OrganizationId;
use shared::job::Due;
use shared::organization::Organization;
use shared::phone::Phone;
use shared::reconciliation::{Counts, NOT_FOUND, Reconciliation, Status};
use shared::sender::aws::AwsSender;
use shared::sender::{Provider, Sender};
use shared::shard::Shards;
use shared::time::Timestamp;
use shared::unsubscribe::{Preference, Source};

use super::run;
use crate::{App, staging};

const LIST: &str = "Ferry";
/// Opted out there only, and contacts.
const UNKNOWN: [&str; 3] = ["+14155550101", "+14155550102", "+14155550103"];
const KNOWN: &str = "+14155550104";
const FOREIGN: &str = "+14155550105";
const ONLY_HERE: &str = "+14155550106";

struct Scene {
    stage: Stage,
    app: App,
    table: Table,
    organization: Organization,
}

fn phone(phone: &str) -> Phone {
    Phone::from_e164(phone).expect("a phone")
}

fn deadline() -> Timestamp {
    clock::now().plus_seconds(300)
}

impl Scene {
    /// An organization that shares its list with another one.
    async fn set() -> Self {
        let stage = Stage::empty().await;
        let app = App { page_pause: Duration::ZERO, ..stage.build(App::build) };
        let table = stage.table();
        let organization = create(&table, "+14153550100").await;
        create(&table, "+14153550101").await;
        let entry = |phone: &'static str| (phone, 1_777_000_000, true);
        let listed = UNKNOWN.into_iter().chain([KNOWN, FOREIGN]).map(entry);
        stage.list_opt_outs(LIST, &listed.collect::<Vec<_>>());
        for contact in UNKNOWN {
            let profile = Profile { phone: Some(phone(contact)), ..Profile::default() };
            staging::contact(&table, &organization, profile).await;
        }
        let scene = Self { stage, app, table, organization };
        for known in [KNOWN, ONLY_HERE] {
            scene.unsubscribe(known).await;
        }
        let begun = Reconciliation::begin(scene.organization.id, None, Actor::System, clock::now());
        let due = KeptReconciliation::due_of(&begun, &scene.organization).expect("owed");
        let written = scene.table.begin_reconciliation(None, (&begun, &due), None);
        Box::pin(written).await.expect("a table");
        scene
    }

    /// Gives the organization another list.
    async fn name(&self, list: &str) {
        let before = &self.organization;
        let organization = Organization {
            opt_out_list: list.parse().ok(),
            updated_at: before.updated_at.plus_millis(1),
            ..before.clone()
        };
        let saved = self.table.save_organization(before, &organization);
        assert_eq!(Box::pin(saved).await.expect("a table"), OrganizationSaved::Done);
    }

    async fn unsubscribe(&self, known: &str) {
        let preference = Preference {
            organization_id: self.organization.id,
            phone: phone(known),
            subscribed: false,
            changed_at: clock::now(),
            source: Source::Keyword,
            campaign_id: None,
            evidence: None,
            changed_by: None,
        };
        let registered = self.table.register(&preference, self.organization.shards);
        Box::pin(registered).await.expect("a table");
    }

    async fn kept(&self) -> KeptReconciliation {
        let kept = self.table.reconciliation(self.organization.id).await;
        kept.expect("a table").expect("a reconciliation")
    }

    async fn run_once(&self, death: Option<Death>, deadline: Timestamp) {
        let job = Box::pin(run(&self.app, self.organization.id, deadline));
        if let Some(ended) = self.stage.live(death, job).await {
            ended.expect("a process that does not fail");
        }
    }

    /// Runs the job to its end. One process dies at a request. Returns the number of requests.
    async fn run(&self, death: Option<Death>, deadline: Timestamp) -> usize {
        let mut requests = 0;
        for _ in 0..100 {
            let death = death.and_then(|death| {
                let request = death.request.checked_sub(requests)?;
                Some(Death { request, ..death })
            });
            self.run_once(death, deadline).await;
            requests += self.stage.requests();
            if self.kept().await.reconciliation.status() != Status::Running {
                return requests;
            }
        }
        panic!("it hangs");
    }

    async fn check(&self, context: &str) {
        let kept = self.kept().await.reconciliation;
        let expected = Counts {
            listed: 5,
            suppressed: 3,
            known: 1,
            resubscribed: 0,
            foreign: 1,
            registered: 5,
        };
        assert_eq!((kept.status(), kept.counts), (Status::Done, expected), "{context}");
        assert_eq!(kept.counts.only_here(), 1, "{context}");
        for unknown in UNKNOWN {
            let found = self.found(unknown).await.expect("suppressed");
            assert_eq!(found.source, Source::Provider);
            assert_eq!(found.evidence.as_deref(), Some("opt-out list Ferry"));
            assert_eq!(found.changed_at.millis(), 1_777_000_000_000);
        }
        assert_eq!(self.found(FOREIGN).await, None, "{context}");
        let known = self.found(KNOWN).await.expect("still unsubscribed");
        assert_eq!(known.source, Source::Keyword);
    }

    async fn found(&self, of: &str) -> Option<Preference> {
        self.table.unsubscribe(&self.organization, &phone(of)).await.expect("a table")
    }
}

async fn create(table: &Table, sender: &str) -> Organization {
    let now = clock::now();
    let sender = Sender::new(phone(sender), Provider::Aws(AwsSender::default()));
    let id = OrganizationId::new(now, clock::entropy());
    let organization = Organization {
        shards: Shards::new(3),
        opt_out_list: LIST.parse().ok(),
        ..Organization::new(id, "Ferry".to_owned(), sender, now)
    };
    Box::pin(table.create_organization(&organization, None)).await.expect("an organization");
    organization
}

#[tokio::test]
async fn a_list_is_settled_by_one_run() {
    let scene = Scene::set().await;
    scene.run(None, deadline()).await;
    scene.check("one run").await;
    let kept = scene.kept().await;
    assert!(!kept.reconciliation.is_exclusive);
    let due = kept.due.expect("the next one");
    assert_eq!(due.at, kept.reconciliation.updated_at.plus_seconds(86_400));
    // A job that comes too early changes nothing.
    scene.run_once(None, deadline()).await;
    assert_eq!(scene.kept().await.version, kept.version);
}

/// A run without time reads one page more.
#[tokio::test]
async fn runs_continue_each_other() {
    let scene = Scene::set().await;
    let mut runs = 0;
    while scene.kept().await.reconciliation.status() == Status::Running {
        scene.run_once(None, clock::now()).await;
        runs += 1;
        assert!(runs < 20, "it hangs");
    }
    assert!(runs > 3, "{runs}");
    scene.check("many runs").await;
}

#[tokio::test]
async fn every_page_is_counted_once_wherever_a_process_dies() {
    for until in [deadline, clock::now] {
        let requests = Scene::set().await.run(None, until()).await;
        for request in 0..requests {
            for is_executed in [false, true] {
                let death = Death { request, is_executed };
                let scene = Scene::set().await;
                scene.run(Some(death), until()).await;
                scene.check(&format!("{death:?}")).await;
            }
        }
    }
}

#[tokio::test]
async fn the_only_organization_of_a_list_settles_all_of_it() {
    let scene = Scene::set().await;
    scene.stage.list_opt_outs("Own", &[(FOREIGN, 1_777_000_000, false)]);
    scene.name("Own").await;
    scene.run(None, deadline()).await;
    let found = scene.found(FOREIGN).await.expect("suppressed");
    assert_eq!(found.evidence.as_deref(), Some("opt-out list Own, added by the account"));
    assert!(scene.kept().await.reconciliation.is_exclusive);
}

#[tokio::test]
async fn a_list_that_is_missing_changes_nothing() {
    let scene = Scene::set().await;
    scene.name("Missing").await;
    scene.run(None, deadline()).await;
    let kept = scene.kept().await;
    assert_eq!(kept.reconciliation.failure.as_deref(), Some(NOT_FOUND));
    assert_eq!(kept.reconciliation.counts, Counts::default());
    assert_eq!(scene.found(UNKNOWN[0]).await, None);
    assert!(kept.due.is_some(), "it is tried again a day later");
}

/// The sweep queues the job once its day has come.
#[tokio::test]
async fn the_next_one_begins_when_it_is_due() {
    let scene = Scene::set().await;
    scene.run(None, deadline()).await;
    let kept = scene.kept().await;
    let job = kept.due.clone().expect("owed").job;
    let due = Due { at: clock::now(), job };
    let saved = scene.table.save_reconciliation(&kept, &kept.reconciliation, Some(&due));
    assert_eq!(Box::pin(saved).await.expect("a table"), Saved::Done);
    scene.run_once(None, deadline()).await;
    let next = scene.kept().await.reconciliation;
    assert_eq!(next.status(), Status::Done);
    assert!(next.started_at > kept.reconciliation.started_at);
    assert_eq!((next.counts.suppressed, next.counts.known), (0, 4), "they are known by now");
}
