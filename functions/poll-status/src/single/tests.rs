use infra::table::{SingleMessage, TestAllowance};
use sequence::Stage;
use shared::body::Body;
use shared::ids::{CampaignId, MessageId, OrganizationId};
use shared::job::{DispatchJob, Due};
use shared::message::{Kind, Message};
use shared::organization::Organization;
use shared::phone::Phone;
use shared::sender::{Provider, Sender};

use super::*;
use crate::sweep::sweep;

/// As many as the sweep's attempts.
const ATTEMPTS: u32 = 5;
const CLAIM_SECONDS: i64 = 120;

struct Scene {
    stage: Stage,
    app: App,
    test: Message,
}

impl Scene {
    /// A test that was requested long ago, and whose job has failed as often as it may.
    async fn set() -> Self {
        let scene = Self::new().await;
        let now = scene.test.created_at;
        for attempt in 0..ATTEMPTS {
            let owed = scene.owed().await.expect("a due item");
            assert_eq!(owed.attempts, attempt);
            assert!(scene.app.table.take_overdue(&owed, now).await.expect("a table"));
        }
        scene
    }

    /// A test that was requested long ago.
    async fn new() -> Self {
        let stage = Stage::empty().await;
        let (app, now) = (stage.build(App::build), clock::now().plus_seconds(-3_600));
        let phone = |text: &str| Phone::from_e164(text).expect("a phone");
        let organization = Organization::new(
            OrganizationId::new(now, clock::entropy()),
            "Ferry".to_owned(),
            Sender::new(phone("+14153550100"), Provider::default()),
            now,
        );
        let created = Box::pin(app.table.create_organization(&organization, None)).await;
        created.expect("an organization");
        let campaign = CampaignId::new(now, clock::entropy());
        let id = MessageId::new(now, clock::entropy());
        let test = Message {
            kind: Kind::Test,
            ..Message::pending(organization.id, campaign, id, phone("+14153550123"), now)
        };
        let single = SingleMessage {
            message: test.clone(),
            from: organization.sender,
            body: Body::from("Hi".to_owned()),
            is_dry_run: false,
            is_confirmed: false,
        };
        let job = DispatchJob::of_single(&test.reference()).into();
        let allowance = TestAllowance { day: now, ends_at: now, limit: 1 };
        let due = Due { at: now, job };
        let created = Box::pin(app.table.create_test_message(&single, &due, &allowance, None));
        created.await.expect("a test");
        Self { stage, app, test }
    }

    async fn owed(&self) -> Option<Owed> {
        let mut all = Vec::new();
        for partition in 0..infra::table::Table::due_partitions() {
            let far = clock::now().plus_seconds(86_400);
            all.extend(self.app.table.overdue(partition, far).await.expect("a table"));
        }
        assert!(all.len() < 2);
        all.pop().map(|owed| owed.expect("readable"))
    }

    /// The message as it is after a sweep, and whether it is still owed.
    async fn swept(&self) -> (Message, bool) {
        sweep(&self.app, "request").await.expect("swept");
        let found = self.app.table.single_message(&self.test.reference()).await;
        (found.expect("a table").expect("the test").message, self.owed().await.is_some())
    }

    /// What a worker writes before it hands the message over.
    async fn claim(&self, token: &str, seconds_ago: i64) -> Claimed {
        let at = clock::now().plus_seconds(-seconds_ago);
        self.app.table.claim_single(&self.test, token, at).await.expect("a table")
    }
}

fn failure(message: &Message) -> Option<FailureReason> {
    message.failure().map(|(reason, _)| reason)
}

#[tokio::test]
async fn a_test_that_no_worker_could_begin_fails_and_is_never_sent() {
    let scene = Scene::set().await;
    let (message, is_owed) = scene.swept().await;
    assert_eq!((message.status(), failure(&message)), (Status::Failed, Some(FailureReason::Other)));
    assert!(!is_owed);
    let Claimed::Exists(late) = scene.claim("late worker", 0).await else {
        panic!("a worker that comes late may send it")
    };
    assert_eq!(late.found_by("late worker", clock::now(), CLAIM_SECONDS), Found::Settled);
}

#[tokio::test]
async fn a_test_that_may_have_been_handed_over_is_unknown() {
    let scene = Scene::set().await;
    assert_eq!(scene.claim("dead worker", CLAIM_SECONDS + 1).await, Claimed::Won);
    let (message, is_owed) = scene.swept().await;
    assert_eq!((message.status(), failure(&message)), (Status::Unknown, None));
    assert!(is_owed, "it is looked up once more");
}

#[tokio::test]
async fn a_test_that_is_being_sent_is_left_alone() {
    let scene = Scene::set().await;
    assert_eq!(scene.claim("worker", 1).await, Claimed::Won);
    let (message, is_owed) = scene.swept().await;
    assert_eq!((message.status(), is_owed), (Status::Pending, true));
    let owed = scene.owed().await.expect("a due item");
    assert!(owed.attempts > ATTEMPTS, "the next sweep comes when the claim has expired");
}

/// A sweep that died between its claim and its outcome.
#[tokio::test]
async fn the_next_sweep_ends_what_one_has_claimed() {
    let scene = Scene::set().await;
    assert_eq!(scene.claim(TOKEN, 1).await, Claimed::Won);
    let (message, is_owed) = scene.swept().await;
    assert_eq!((failure(&message), is_owed), (Some(FailureReason::Other), false));
}

/// The alarm on sweeps that fail depends on it.
#[tokio::test]
async fn a_sweep_queues_what_it_can_read_and_then_fails() {
    let scene = Scene::new().await;
    for partition in 0..infra::table::Table::due_partitions() {
        let (pk, at) = (format!("DUE#{partition}"), "2026-01-01T00:00:00.000Z");
        scene.stage.put_item(&[("pk", &pk), ("sk", &format!("{at}#unknown")), ("notBefore", at)]);
    }
    let error = sweep(&scene.app, "request").await.expect_err("unreadable items");
    let count = infra::table::Table::due_partitions();
    assert_eq!(error.to_string(), format!("failed to queue {count} items of due work"));
    let due = scene.stage.items_with(|item| item.contains("DUE#") && !item.contains("unknown"));
    let is_queued = |item: &String| item.contains(r#"Name("attempts"), N("1")"#);
    assert!(due.len() == 1 && due.iter().all(is_queued), "{due:?}");
}
