//! An export of an organization's contacts, for tests.

use std::collections::BTreeMap;
use std::io::Read;

use flate2::read::GzDecoder;
use infra::clock;
use infra::table::{ExportCreated, Table};
use sequence::{Death, Stage};
use shared::contact::{Attribute, Profile};
use shared::export::{Export, Format, Kind};
use shared::ids::{CampaignId, ExportId};
use shared::job::{Due, JobsJob};
use shared::organization::Organization;
use shared::phone::Phone;
use shared::time::Timestamp;

use super::run;
use crate::{App, staging};

/// An export in an organization with contacts.
pub(super) struct Scene {
    pub(super) stage: Stage,
    pub(super) app: App,
    pub(super) table: Table,
    pub(super) organization: Organization,
    pub(super) export: Export,
}

impl Scene {
    /// An export of this number of contacts, whose parts have at least `part_bytes`.
    pub(super) async fn set(count: usize, format: Format, part_bytes: usize) -> Self {
        let scene = Self::of(Kind::Contacts, count, format, None).await;
        Self { app: App { part_bytes, ..scene.app }, ..scene }
    }

    pub(super) async fn of(
        kind: Kind,
        count: usize,
        format: Format,
        campaign: Option<CampaignId>,
    ) -> Self {
        let stage = Stage::empty().await;
        let app = stage.build(App::build);
        let (table, now) = (stage.table(), clock::now());
        let organization = staging::organization(&table, 3).await;
        let what = (kind, format, campaign);
        let export =
            Export::new(ExportId::new(now, clock::entropy()), organization.id, what, None, now);
        let scene = Self { stage, app, table, organization, export };
        for number in 0..count {
            scene.add(number).await;
        }
        let due = scene.due();
        let created = Box::pin(scene.table.create_export(&scene.export, &due, None));
        assert_eq!(created.await.expect("a table"), ExportCreated::Done);
        scene
    }

    pub(super) async fn add(&self, number: usize) {
        let name = format!("Name {}", number % 5);
        let attributes: BTreeMap<String, Attribute> =
            [(name, format!("={number}\n\"é\"").into())].into();
        let phone = Phone::from_e164(&format!("+1415355{number:04}")).expect("a phone");
        let profile = Profile { phone: Some(phone), attributes, ..Profile::default() };
        staging::contact(&self.table, &self.organization, profile).await;
    }

    pub(super) fn due(&self) -> Due {
        let (organization_id, export_id) = (self.organization.id, self.export.id);
        let job = JobsJob::Export { organization_id, export_id };
        Due { at: clock::now().plus_seconds(60), job: job.into() }
    }

    /// Runs the export's job in one process, up to `deadline`.
    pub(super) async fn run_once(&self, death: Option<Death>, deadline: Timestamp) -> bool {
        let job = Box::pin(run(&self.app, self.organization.id, self.export.id, deadline));
        let ended = self.stage.live(death, job).await;
        ended.map(|result| result.expect("a process that does not fail")).is_some()
    }

    /// Runs the job in one process after the other to its end. One of them dies at a request, whose
    /// number counts those of all processes. Returns the number of requests.
    pub(super) async fn run(&self, death: Option<Death>, deadline: Timestamp) -> usize {
        let mut requests = 0;
        loop {
            let death = death.and_then(|death| {
                let request = death.request.checked_sub(requests)?;
                Some(Death { request, ..death })
            });
            self.run_once(death, deadline).await;
            requests += self.stage.requests();
            assert!(requests < 2_000, "it hangs");
            if self.export().await.1.is_none() {
                return requests;
            }
        }
    }

    pub(super) async fn export(&self) -> (Export, Option<Due>) {
        let found = self.table.export(self.organization.id, self.export.id).await;
        found.expect("a table").expect("an export")
    }

    /// The whole file, by a reader that stops after the first member.
    pub(super) async fn file(&self) -> String {
        let (export, _) = self.export().await;
        let packed = self.stage.object(&export.key()).expect("a file");
        assert_eq!(export.size, Some(packed.len() as u64));
        let mut decoder = GzDecoder::new(&packed[..]);
        let mut text = String::new();
        decoder.read_to_string(&mut text).expect("a valid file");
        assert!(decoder.into_inner().is_empty(), "nothing follows the member");
        text
    }
}

pub(super) fn deadline() -> Timestamp {
    clock::now().plus_seconds(300)
}
