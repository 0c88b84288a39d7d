//! What our client sends to Twilio, judged by Twilio's published description of its API.

use conformance::recorder::{Recorded, Recorder};
use conformance::{Runner, ask};
use infra::config::Environment;
use infra::gateway::Outgoing;
use infra::gateway::twilio::{Twilio, TwilioSettings};
use shared::ids::{CampaignId, MessageId, OrganizationId};
use shared::message::Kind;
use shared::phone::Phone;
use shared::receipt::MessageRef;
use shared::time::Timestamp;
use uuid::Uuid;

const SID: &str = "SM00000000000000000000000000000001";
/// Enough of an answer to each of the requests.
const ANSWER: &str =
    r#"{"sid":"SM00000000000000000000000000000001","status":"sent","messages":[]}"#;

fn client(base: &str) -> Twilio {
    let lookup = |name: &str| {
        let value = match name {
            "PROVIDER_URL" => base,
            "PROVIDER_ACCOUNT_SID" => "AC00000000000000000000000000000001",
            "PROVIDER_AUTH_TOKEN" => "secret: with+signs",
            "PUBLIC_URL" => "https://volley.example.com",
            _ => return None,
        };
        Some(value.to_owned())
    };
    let mut environment = Environment::new(&lookup);
    let settings = TwilioSettings::read(&mut environment);
    Twilio::new(environment.finish(settings).expect("settings")).expect("a client")
}

/// Everything that the client ever asks of Twilio.
async fn recorded() -> Vec<Recorded> {
    let recorder = Recorder::start(ANSWER).await;
    let twilio = client(&recorder.url);
    let phone = |text| Phone::from_e164(text).expect("a phone");
    let (from, to) = (phone("+12125550100"), phone("+4915112345678"));
    let now = Timestamp::from_millis(1_795_000_000_000).expect("a time");
    for kind in [Kind::Campaign, Kind::Test] {
        for body in ["Hello", "Grüße & 100 % +1 = 😀\r\n", &"x".repeat(1_600)] {
            let message = MessageRef {
                organization_id: OrganizationId(Uuid::from_u128(1)),
                campaign_id: CampaignId(Uuid::from_u128(2)),
                message_id: MessageId(Uuid::from_u128(3)),
                kind,
            };
            let outgoing = Outgoing { message, from: &from, to: &to, body };
            twilio.hand_over(&outgoing).await;
            twilio.search(&from, &to, body, now, now).await.expect("an answer");
        }
    }
    twilio.fetch(SID, now).await.expect("an answer");
    recorder.records()
}

/// What is wrong with each of the requests.
fn problems(records: &[Recorded]) -> Vec<Vec<String>> {
    let found: Vec<Vec<String>> = ask(Runner::Python, "twilio_openapi.py", &records);
    assert_eq!(found.len(), records.len());
    found
}

#[tokio::test]
async fn each_request_is_as_twilio_describes_it() {
    let records = recorded().await;
    let methods: Vec<&str> = records.iter().map(|record| record.method.as_str()).collect();
    assert_eq!(methods, [&["POST", "GET"].repeat(6)[..], &["GET"]].concat());
    for (record, problems) in records.iter().zip(problems(&records)) {
        assert!(problems.is_empty(), "{problems:?}: {record:?}");
    }
}

type Damage = fn(&mut Recorded);

/// A judge that finds fault with nothing would be none.
#[tokio::test]
async fn a_request_that_is_damaged_is_found_out() {
    let records = recorded().await;
    let (create, search, fetch) = (&records[0], &records[1], &records[12]);
    let changes: [(&Recorded, Damage); 14] = [
        (create, |it| it.body = it.body.replace("To=", "Too=")),
        (create, |it| it.body = it.body.replace("To=%2B", "To=")),
        (create, |it| it.body = it.body.replace("https%3A", "ftp%3A")),
        (create, |it| it.body = it.body.replace("volley.example", "volley_1.example")),
        (create, |it| it.body += "&ValidityPeriod=long"),
        (create, |it| it.body += "&To=%2B12125550100"),
        (create, |it| it.method = "PUT".to_owned()),
        (create, |it| it.path = it.path.replace("AC0", "AB0")),
        (create, |it| _ = it.headers.remove("authorization")),
        (create, |it| _ = it.headers.insert("content-type".to_owned(), "text/plain".to_owned())),
        (search, |it| it.query = it.query.replace("PageSize=50", "PageSize=1001")),
        (search, |it| it.query = it.query.replace("DateSent%3E", "DateSent%3E%3D")),
        (search, |it| it.query = it.query.replace("DateSent%3E=", "DateSent%3E=1")),
        (fetch, |it| it.path = it.path.replace(SID, "SM1")),
    ];
    let damaged: Vec<Recorded> = changes
        .into_iter()
        .map(|(record, change)| {
            let mut damaged = record.clone();
            change(&mut damaged);
            assert_ne!(*record, damaged);
            damaged
        })
        .collect();
    for (record, problems) in damaged.iter().zip(problems(&damaged)) {
        assert!(!problems.is_empty(), "{record:?}");
    }
}
