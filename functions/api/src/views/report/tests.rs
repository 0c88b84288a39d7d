use serde_json::{Value, json};
use shared::body::Body;
use shared::campaign::{Begin, Salt};
use shared::grace::Grace;
use shared::ids::{CampaignId, MessageId, OrganizationId};
use shared::message::{FailureReason, Message, Outcome};
use shared::phone::Phone;
use shared::report::{Period, Tally};
use shared::sender::{Provider, Sender};
use shared::time::Timestamp;

use super::*;

fn at(second: i64) -> Timestamp {
    Timestamp::from_millis(second * 1_000).expect("in range")
}

fn sender() -> Sender {
    Sender::new(Phone::from_e164("+14155550100").expect("valid"), Provider::default())
}

fn sent() -> Campaign {
    let body = Some(Body::from("Hi".to_owned()));
    let (id, organization) = (CampaignId(Uuid::from_u128(2)), OrganizationId(Uuid::from_u128(1)));
    let draft = Campaign::create(id, organization, "Spring".to_owned(), body, at(0));
    let scheduled = draft.schedule(None, at(0), Grace::default()).expect("schedulable");
    match scheduled.begin(at(0), Salt::new([7; 16]), sender(), 1.into(), at(0), Grace::default()) {
        Begin::Begun(campaign) => *campaign,
        Begin::Underway | Begin::Ignored => panic!("not begun"),
    }
}

fn view(campaign: &Campaign, counted: Option<CountedReport>) -> Value {
    let organization = OrganizationId(Uuid::from_u128(1));
    let organization = Organization::new(organization, "Bakery".to_owned(), sender(), at(0));
    let broadcast = campaign.broadcast().expect("sent");
    let view = ReportView::new(campaign, broadcast, &organization, counted);
    serde_json::to_value(view).expect("JSON")
}

/// The names in an object and in all that it contains.
fn names(value: &Value) -> Vec<String> {
    match value {
        Value::Object(fields) => {
            let named = |(name, value): (&String, &Value)| {
                let inner = names(value).into_iter().map(|inner| format!("{name}.{inner}"));
                [name.clone()].into_iter().chain(inner).collect::<Vec<_>>()
            };
            fields.iter().flat_map(named).collect()
        }
        Value::Array(items) => items.first().map(names).unwrap_or_default(),
        _ => Vec::new(),
    }
}

#[test]
fn the_example_is_a_report() {
    let campaign = sent().pause(None, at(2)).expect("running").by(shared::actor::Actor::System);
    let message = Message::pending(
        campaign.organization_id,
        campaign.id,
        MessageId(Uuid::from_u128(3)),
        Phone::from_e164("+14155550123").expect("valid"),
        at(0),
    );
    let accepted = Outcome::Accepted { provider_id: "SM1".to_owned(), at: at(5) };
    let receipt = shared::receipt::Receipt {
        provider_id: "SM1".to_owned(),
        status: shared::message::Status::Delivered,
        reason: None,
        code: None,
        at: at(7),
    };
    let (reason, code) = (FailureReason::Unreachable, Some("30003".to_owned()));
    let failed = Outcome::Failed { reason, code, at: at(6) };
    let mut tally = Tally::new(campaign.body_sent(), Period::new(at(0), at(60)));
    tally.add(&Message { outcome: Some(failed), ..message.clone() });
    tally.add(&Message { outcome: Some(accepted), receipt: Some(receipt), ..message });
    let counted = CountedReport { report: tally.finish(2), at: at(60) };
    let report = view(&campaign, Some(counted));
    let mut expected = names(&lists::example());
    // The organization of this test has no prices.
    expected.retain(|name| !name.starts_with("price."));
    assert_eq!(names(&report), expected);
    assert_eq!(report["timeToDelivery"]["p50"], json!(2.047));
    assert_eq!(report["delivery"], json!({ "delivered": 1, "accepted": 1, "rate": 1.0 }));
    assert!(report["codes"][0]["advice"].is_string());
}

#[test]
fn before_the_first_count_everyone_is_pending() {
    let report = view(&sent(), None);
    assert_eq!(report["countedAt"], Value::Null);
    assert_eq!(report["delivery"]["rate"], Value::Null);
    assert_eq!(report["timeToDelivery"], Value::Null);
    assert_eq!(report["counts"]["total"], 0);
}
