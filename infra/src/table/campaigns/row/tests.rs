use serde_json::{Value, json};
use shared::breaker::Window;
use shared::campaign::{Begin, PollLook};
use shared::grace::Grace;
use shared::ids::TemplateId;
use shared::message::FailureReason;
use shared::phone::Phone;
use shared::poll::PollSchedule;
use shared::price::Bill;
use shared::resend::{Earlier, Prepared};
use shared::sender::Provider;
use uuid::Uuid;

use super::super::super::dynamo::item;
use super::*;

const SALT: Salt = Salt::new([0xab; 16]);

/// Every state can be stored and read back.
#[test]
fn rows_are_campaigns() {
    let at = |second: i64| Timestamp::from_millis(second * 1_000).expect("in range");
    let organization = OrganizationId(Uuid::from_u128(1));
    let id = CampaignId(Uuid::from_u128(2));
    let body = Some(Body::from("Hi".to_owned()));
    let draft = Campaign::create(id, organization, "Spring".to_owned(), body, at(0));
    let scheduled = draft.clone().schedule(None, at(1), Grace::default()).expect("schedulable");
    let cancelled = scheduled.clone().cancel(at(2), Some(Reason::MissedSchedule));
    let phone = Phone::from_e164("+14153550100").expect("valid");
    let sender = Sender::new(phone, Provider::default());
    let decided = scheduled.begin(at(1), SALT, sender, 4.into(), at(2), Grace::default());
    let Begin::Begun(sent) = decided else { panic!("not begun") };
    let totals = Totals { recipients: 2, ..Totals::default() };
    let polls = PollSchedule::default();
    let fanned_out = sent
        .fanned_out(totals, &Bill::default(), &polls, at(3), Grace::default())
        .expect("running");
    let counts = Counts { failed: 2, ..Counts::default() };
    let look = PollLook { counts, are_chunks_done: true, learnt: Window::default() };
    let failed = fanned_out.polled(0, &look, &polls, at(33), Grace::default()).expect("owed");
    let by_key = draft
        .clone()
        .by(Actor::Key { id: shared::ids::KeyId(Uuid::from_u128(3)), name: "till".to_owned() });
    let job = sent.step.clone().expect("owed").job;
    let abandoned = sent.given_up(&job, &polls, at(9), Grace::default()).expect("owed");
    let backing_off = fanned_out.backing_off(0, at(9), Grace::default()).expect("running");
    let cancelled = cancelled.expect("scheduled");
    // Older code must not cut an audience, and can't find the messages of a campaign once it is sent.
    let plain = [&draft, &scheduled, &*sent, &fanned_out, &failed, &cancelled];
    let salted = Some(WITH_SALT);
    let needed = [None, Some(WITH_STATUSES), salted, salted, salted, None];
    assert_eq!(plain.map(needs), needed);
    for campaign in [&scheduled, &fanned_out, &failed] {
        assert!(Row::of(campaign, 0).name.is_none(), "code that does not check cannot read it");
    }
    let unsalted = [Names::OfPhone, Names::OfLine].map(|names| named(&fanned_out, names));
    assert_eq!(unsalted.each_ref().map(needs), [None, None]);
    let sent = [*sent, fanned_out, failed, abandoned, backing_off].into_iter().chain(unsalted);
    for campaign in [by_key, draft, scheduled, cancelled].into_iter().chain(sent) {
        let key = keys::campaign(organization, id);
        let row = item(KIND, &key, Row::of(&campaign, campaign.version)).expect("a row");
        assert_eq!(read(row).expect("a campaign"), campaign);
    }
}

/// The campaign as if it had been sent this way.
fn named(campaign: &Campaign, names: Names) -> Campaign {
    let broadcast = Broadcast { names, ..campaign.broadcast().expect("sent").clone() };
    Campaign { state: State::Sent(broadcast), ..campaign.clone() }
}

fn resend(of: Earlier) -> Resend {
    Resend {
        of: of.campaign(),
        origin: of.campaign(),
        earlier: BTreeSet::from([of]),
        reasons: BTreeSet::from([FailureReason::Expired]),
        include_unknown: false,
        requested_at: Timestamp::EPOCH,
        prepared: Prepared::default(),
    }
}

/// Code that does not know a campaign's target must not write or send it.
#[test]
fn a_campaign_that_needs_newer_code_is_refused() {
    let (organization, id) = (OrganizationId(Uuid::nil()), CampaignId(Uuid::nil()));
    let at = Timestamp::EPOCH;
    let draft = Campaign::create(id, organization, "Spring".to_owned(), None, at);
    let segments = [SegmentId(Uuid::from_u128(7))];
    let target = Target { include: segments.into(), exclude: BTreeSet::new() };
    let draft = Campaign { target: Some(target), uses: segments.into(), ..draft };
    let key = keys::campaign(organization, id);
    let mut row = item(KIND, &key, Row::of(&draft, 0)).expect("a row");
    assert_eq!(row["needs"].as_n().map(String::as_str), Ok("3"));
    assert!(!row.contains_key("name"), "code that does not check cannot read it");
    assert_eq!(read(row.clone()).expect("a campaign"), draft);
    let greeting = Body::stored("Hi {{ firstName }}".to_owned(), Format::Template)
        .with_defaults([(MergeField::FirstName, "there".to_owned())].into());
    let template = Campaign {
        body: Some(greeting),
        tags: ["spring".to_owned()].into(),
        template: Some(TemplateVersion { id: TemplateId(Uuid::from_u128(9)), version: 2 }),
        archived_at: Some(at),
        ..draft
    };
    let stored = item(KIND, &key, Row::of(&template, 0)).expect("a row");
    assert_eq!(stored["needs"].as_n().map(String::as_str), Ok("4"));
    assert_eq!(read(stored).expect("a campaign"), template);
    // A resend must find the messages of the campaigns before it.
    let salted = Earlier::Salted { id, salt: SALT };
    for (earlier, needed) in [(Earlier::Unsalted(id), "5"), (salted, "6")] {
        let resend = Campaign { resend: Some(resend(earlier)), ..template.clone() };
        let stored = item(KIND, &key, Row::of(&resend, 0)).expect("a row");
        assert_eq!(stored["needs"].as_n().map(String::as_str), Ok(needed));
        assert_eq!(read(stored).expect("a campaign"), resend);
    }
    let newer = aws_sdk_dynamodb::types::AttributeValue::N((FORMAT + 1).to_string());
    row.insert("needs".to_owned(), newer);
    let refused = read(row);
    let Err(TableError::NewerFormat { format, .. }) = refused else { panic!("{refused:?}") };
    assert_eq!(format, FORMAT + 1);
}

/// A campaign that was sent before trials were kept is on none, and all its chunks get turns.
#[test]
fn a_row_of_an_older_version_is_read() {
    let old = include_str!("../sent_v1.json");
    let row: Row = serde_json::from_str(old).expect("understood");
    let campaign = row.into_campaign().expect("a campaign");
    let broadcast = campaign.broadcast().expect("sent");
    assert_eq!((broadcast.trial, broadcast.unreachable_since), (None, None));
    assert_eq!(broadcast.names, Names::OfPhone);
    assert_eq!(broadcast.audience.abandoned_at, None);
    assert!(campaign.drain.is_some());
}

/// A campaign whose first chunks were sent before there were salts goes on deriving the same ids, also
/// when this code writes it.
#[test]
fn a_campaign_without_a_salt_never_gets_one() {
    let old: Row = serde_json::from_str(include_str!("../sent_v2.json")).expect("understood");
    let campaign = old.into_campaign().expect("a campaign");
    assert_eq!(campaign.broadcast().map(|it| it.names), Some(Names::OfLine));
    let paused = campaign.pause(None, Timestamp::EPOCH.plus_seconds(9)).expect("running");
    let row = serde_json::to_value(Row::of(&paused, 4)).expect("a row");
    assert_eq!(row["broadcast"]["format"], 2);
    assert_eq!((&row["broadcast"]["salt"], &row["needs"]), (&Value::Null, &Value::Null));
    assert_eq!(row["name"], "Spring", "code that can't check reads it, too");
}

/// Deriving other ids would text everyone again.
#[test]
fn a_campaign_whose_salt_is_lost_is_not_read() {
    let stored: Value = serde_json::from_str(include_str!("../sent_v3.json")).expect("JSON");
    let read = |format: Option<u32>, salt: Option<&str>| {
        let mut row = stored.clone();
        let broadcast = row["broadcast"].as_object_mut().expect("an object");
        broadcast.retain(|name, _| !["format", "salt"].contains(&name.as_str()));
        broadcast.extend(format.map(|it| ("format".to_owned(), json!(it))));
        broadcast.extend(salt.map(|it| ("salt".to_owned(), json!(it))));
        serde_json::from_value::<Row>(row).ok()?.into_campaign().ok()
    };
    let salt = "ab".repeat(16);
    let campaign = read(Some(3), Some(&salt)).expect("a campaign");
    assert_eq!(campaign.broadcast().map(|it| it.names), Some(Names::Salted(SALT)));
    let salt = Some(&*salt);
    for (format, salt) in
        [(Some(3), None), (Some(3), Some("")), (Some(2), salt), (None, salt), (Some(4), salt)]
    {
        assert_eq!(read(format, salt), None, "{format:?} {salt:?}");
    }
}
