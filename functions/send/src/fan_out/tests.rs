//! A fan-out whose process dies goes on from the last mark, and cuts what it would have cut.

use infra::clock;
use infra::table::{SegmentSaved, Table};
use sequence::{Death, Stage};
use serde_json::json;
use shared::audience::{Skipped, Totals};
use shared::campaign::Campaign;
use shared::chunk::{Chunk, MARKED_EVERY};
use shared::contact::Profile;
use shared::grace::Grace;
use shared::ids::{CampaignId, SegmentId};
use shared::organization::Organization;
use shared::phone::Phone;
use shared::segment::{Filter, Segment};
use shared::target::Target;
use shared::time::Timestamp;

use crate::{App, begin, staging};

/// A few more contacts than have a mark.
const CONTACTS: usize = MARKED_EVERY + 600;
/// One of this number of contacts is in the target.
const ONE_OF: usize = 1_000;
const GRACE: Grace = Grace::of_seconds(120);

struct Scene {
    stage: Stage,
    app: App,
    table: Table,
    organization: Organization,
    segment: SegmentId,
}

impl Scene {
    /// An organization whose contacts are all in one shard.
    async fn set() -> Self {
        let stage = Stage::empty().await;
        let (app, table) = (stage.build(App::build), stage.table());
        let now = clock::now();
        let organization = staging::organization(&table, 1).await;
        let segment = SegmentId::new(now, clock::entropy());
        let filter = json!({"field": "tags", "op": "eq", "value": "vip"});
        let saved = Segment {
            id: segment,
            organization_id: organization.id,
            name: "VIP".to_owned(),
            filter: Filter::parse(&filter).expect("a filter"),
            used_by: [].into(),
            changed_by: None,
            created_at: now,
            updated_at: now,
        };
        let created = table.create_segment(&saved, None).await.expect("a segment");
        assert_eq!(created, SegmentSaved::Done);
        let scene = Self { stage, app, table, organization, segment };
        for number in 0..CONTACTS {
            scene.add_contact(number).await;
        }
        scene
    }

    async fn add_contact(&self, number: usize) {
        let phone = Phone::from_e164(&format!("+1415{:07}", 2_000_000 + number)).expect("a phone");
        let tags =
            if number.is_multiple_of(ONE_OF) { [String::from("vip")].into() } else { [].into() };
        let profile = Profile { phone: Some(phone), tags, ..Profile::default() };
        staging::contact(&self.table, &self.organization, profile).await;
    }

    /// A campaign to the segment, that is to be sent now.
    async fn campaign(&self) -> (CampaignId, Timestamp) {
        let now = clock::now();
        let id = CampaignId::new(now, clock::entropy());
        let body = Some("Hello".to_owned().into());
        let draft = Campaign::create(id, self.organization.id, "Spring".to_owned(), body, now);
        let target = Target { include: [self.segment].into(), exclude: [].into() };
        let draft = Campaign { target: Some(target), ..draft };
        let scheduled = draft.schedule(None, now, GRACE).expect("scheduled");
        self.table.create_campaign(&scheduled, None).await.expect("a campaign");
        (id, scheduled.scheduled_at().expect("a time"))
    }

    /// Runs the send job once, and returns the number of its requests.
    async fn run(&self, (id, at): (CampaignId, Timestamp), death: Option<Death>) -> usize {
        let deadline = clock::now().plus_seconds(300);
        let job = Box::pin(begin::begin(&self.app, self.organization.id, id, at, deadline));
        // On a busy machine, some runs make a few more requests than others, such as to show progress.
        let ended = self.stage.live(death, job).await;
        ended.unwrap_or(Ok(())).expect("a process that does not fail");
        self.stage.requests()
    }

    /// Whether there is a mark, and not yet its chunk.
    async fn is_marked(&self, (id, _): (CampaignId, Timestamp)) -> bool {
        let mark = self.table.mark(id, 0).await.expect("a table");
        mark.is_some() && self.table.chunk(id, 0, 0).await.expect("a table").is_none()
    }

    /// The only chunk, whose recipients have one order, and the totals of the campaign.
    async fn outcome(&self, (id, _): (CampaignId, Timestamp)) -> (Chunk, Totals) {
        let campaign = self.table.campaign(self.organization.id, id).await.expect("a table");
        let campaign = campaign.expect("a campaign");
        let audience = campaign.broadcast().expect("sent").audience;
        assert!(audience.completed_at.is_some());
        let chunk = self.table.chunk(id, 0, 0).await.expect("a table").expect("a chunk");
        let next = self.table.chunk(id, 0, 1).await.expect("a table");
        assert_eq!((chunk.ends, next), (true, None));
        (chunk, audience.totals)
    }
}

#[tokio::test]
async fn a_fan_out_goes_on_from_its_mark_wherever_the_process_dies() {
    let scene = Scene::set().await;
    let undisturbed = scene.campaign().await;
    let all = scene.run(undisturbed, None).await;
    let expected = scene.outcome(undisturbed).await;
    let recipients = CONTACTS.div_ceil(ONE_OF) as u64;
    let skipped = Skipped { not_in_target: CONTACTS as u64 - recipients, ..Skipped::default() };
    assert_eq!(expected.1, Totals { recipients, parts: 0, skipped });
    let mut from_mark = 0;
    // The requests near the end are the last pages, the mark, and what ends the campaign.
    for request in (0..all).filter(|request| request % 40 == 0 || request + 18 >= all) {
        for is_executed in [false, true] {
            let campaign = scene.campaign().await;
            scene.run(campaign, Some(Death { request, is_executed })).await;
            let is_marked = scene.is_marked(campaign).await;
            let rest = scene.run(campaign, None).await;
            assert_eq!(scene.outcome(campaign).await, expected, "died at request {request}");
            assert!(!is_marked || rest < all / 2, "{rest} requests from the mark, {all} in all");
            from_mark += usize::from(is_marked);
        }
    }
    assert!(from_mark > 0, "no process died between the mark and its chunk");
}
