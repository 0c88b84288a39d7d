//! An import in an organization without contacts, for tests.

use infra::clock;
use infra::table::{ContactFilter, Table};
use sequence::{Death, Stage};
use shared::actor::Actor;
use shared::contact::Contact;
use shared::ids::ImportId;
use shared::import::{Import, Options, Progress, Status, StoredFile, Undo};
use shared::job::{Due, JobsJob};
use shared::organization::Organization;
use shared::phone::Phone;
use shared::time::Timestamp;

use super::run;
use crate::{App, staging};

/// An import and its file, in an organization without contacts.
pub(super) struct Scene {
    pub(super) stage: Stage,
    pub(super) app: App,
    pub(super) table: Table,
    pub(super) organization: Organization,
    pub(super) id: ImportId,
}

/// What an import has done.
#[derive(Debug, PartialEq)]
pub(super) struct Outcome {
    pub(super) status: Status,
    pub(super) progress: Progress,
    pub(super) undo: Option<Undo>,
    pub(super) contacts: Vec<(Option<Phone>, Option<String>)>,
    pub(super) unsubscribed: Vec<Phone>,
    pub(super) rejected: String,
}

impl Scene {
    pub(super) async fn set(options: &Options, content: &[u8]) -> Self {
        let stage = Stage::empty().await;
        let (app, table) = (stage.build(App::build), stage.table());
        let now = clock::now();
        let organization = staging::organization(&table, 2).await;
        let id = ImportId::new(now, clock::entropy());
        Self { stage, app, table, organization, id }.next(options, content).await
    }

    /// Another import of the same organization.
    pub(super) async fn next(self, options: &Options, content: &[u8]) -> Self {
        let now = clock::now();
        let id = ImportId::new(now, clock::entropy());
        let key = format!("imports/{}/{id}/file", self.organization.id);
        let etag = Some(self.stage.put_object(&key, content));
        let import = Import::new(id, self.organization.id, options.clone(), None, now);
        let size = content.len() as u64;
        let import = Import { file: Some(StoredFile { key, etag, size }), ..import };
        let scene = Self { id, ..self };
        Box::pin(scene.table.create_import(&import, &scene.due(), None)).await.expect("an import");
        scene
    }

    pub(super) fn due(&self) -> Due {
        let job = JobsJob::Import { organization_id: self.organization.id, import_id: self.id };
        Due { at: clock::now().plus_seconds(60), job: job.into() }
    }

    /// Runs the import's job in one process after the other to its end. One of them dies at a
    /// request, whose number counts those of all processes. Returns the number of requests.
    pub(super) async fn run(&self, death: Option<Death>) -> usize {
        let mut requests = 0;
        loop {
            let job = Box::pin(run(&self.app, self.organization.id, self.id, deadline()));
            let death = death.and_then(|death| {
                let request = death.request.checked_sub(requests)?;
                Some(Death { request, ..death })
            });
            let ended = self.stage.live(death, job).await;
            requests += self.stage.requests();
            assert!(requests < 2_000, "it hangs");
            ended.unwrap_or(Ok(())).expect("a process that does not fail");
            if self.import().await.1.is_none() {
                return requests;
            }
        }
    }

    pub(super) async fn undo(&self, death: Option<Death>) -> usize {
        let (import, due) = self.import().await;
        let undoing = import.undo(Actor::Deployment, clock::now()).expect("to undo");
        let transition = infra::table::Transition {
            before: (&import, due.as_ref()),
            after: (&undoing, Some(&self.due())),
            uploads: None,
        };
        self.table.change_import(transition, None).await.expect("undoing");
        self.run(death).await
    }

    pub(super) async fn import(&self) -> (Import, Option<Due>) {
        self.table.import(self.organization.id, self.id).await.expect("a table").expect("an import")
    }

    /// All contacts, in the order of their external IDs.
    pub(super) async fn contacts(&self) -> Vec<Contact> {
        let all = ContactFilter::default();
        let page = self.table.contacts(&self.organization, &all, 1_000, None).await;
        let (mut contacts, _) = page.expect("contacts");
        contacts.sort_by_key(|contact| contact.profile.external_id.clone());
        contacts
    }

    pub(super) async fn outcome(&self) -> Outcome {
        let (import, due) = self.import().await;
        assert_eq!(due, None, "nothing is owed at the end");
        assert!(import.progress.is_balanced(), "{import:?}");
        let contacts = self.contacts().await;
        let mut contacts: Vec<_> = contacts
            .into_iter()
            .map(|contact| (contact.profile.phone, contact.profile.first_name))
            .collect();
        contacts.sort_unstable();
        let (unsubscribed, _) =
            self.table.unsubscribes(&self.organization, 1_000, None).await.expect("unsubscribes");
        let mut unsubscribed: Vec<Phone> =
            unsubscribed.into_iter().filter_map(|listed| listed.phone).collect();
        unsubscribed.sort_unstable();
        let report = import.report.as_ref().and_then(|report| self.stage.object(&report.file.key));
        Outcome {
            status: import.status,
            progress: import.progress,
            undo: import.undo.map(|undo| Undo { after: None, ..undo }),
            contacts,
            unsubscribed,
            rejected: String::from_utf8(report.unwrap_or_default()).expect("a text"),
        }
    }
}

pub(super) fn deadline() -> Timestamp {
    clock::now().plus_seconds(300)
}
