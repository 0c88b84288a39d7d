//! Our client's requests to Twilio, judged by Twilio's published description of its API.

use std::time::Duration;

use conformance::recorder::{Recorded, Recorder};
use conformance::{Runner, ask};
use infra::gateway::twilio::{Account, Twilio};
use infra::gateway::{Gateway, Outgoing, Sought};
use shared::ids::{CampaignId, MessageId, OrganizationId};
use shared::message::{Claim, Kind, Message, Outcome};
use shared::phone::Phone;
use shared::receipt::MessageRef;
use shared::sender::twilio::TwilioSender;
use shared::sender::{Provider, Sender};
use shared::time::Timestamp;
use uuid::Uuid;

const SID: &str = "SM00000000000000000000000000000001";
/// A sufficient response to each of the requests.
const ANSWER: &str =
    r#"{"sid":"SM00000000000000000000000000000001","status":"sent","messages":[]}"#;

fn client(base: &str) -> Twilio {
    let account = Account {
        base_url: base.to_owned(),
        sid: "AC00000000000000000000000000000001".to_owned(),
        auth_token: "secret: with+signs".to_owned(),
    };
    let http = infra::http::client().expect("a client");
    Twilio::new(http, Duration::from_secs(5), account, "https://volley.example.com".to_owned())
}

/// A phone, and a Messaging Service that limits how long a message is valid.
fn senders() -> [(TwilioSender, Sender); 2] {
    let phone = Phone::from_e164("+12125550100").expect("a phone");
    let service = TwilioSender {
        messaging_service_sid: Some("MG00000000000000000000000000000001".to_owned()),
        validity_seconds: Some(36_000),
        ..TwilioSender::default()
    };
    [TwilioSender::default(), service]
        .map(|settings| (settings.clone(), Sender::new(phone.clone(), Provider::Twilio(settings))))
}

/// Every kind of request that the client sends to Twilio.
async fn recorded() -> Vec<Recorded> {
    let recorder = Recorder::start(ANSWER).await;
    let to = Phone::from_e164("+4915112345678").expect("a phone");
    let now = Timestamp::from_millis(1_795_000_000_000).expect("a time");
    let (organization, campaign) = (Uuid::from_u128(1), Uuid::from_u128(2));
    let id = MessageId(Uuid::from_u128(3));
    let message =
        Message::pending(OrganizationId(organization), CampaignId(campaign), id, to.clone(), now);
    let claim = Some(Claim { token: "token".to_owned(), at: now });
    let claimed = Message { claim, ..message.clone() };
    for (settings, from) in &senders() {
        let twilio = client(&recorder.url).with_settings(settings);
        for body in ["Hello", "Grüße & 100 % +1 = 😀\r\n", &"x".repeat(1_600)] {
            for kind in [Kind::Campaign, Kind::Test, Kind::Reply] {
                let reference = MessageRef {
                    organization_id: message.organization_id,
                    campaign_id: message.campaign_id,
                    message_id: id,
                    kind,
                };
                let outgoing = Outgoing { message: Some(reference), from, to: &to, body };
                twilio.hand_over(&outgoing).await;
                let sought = Sought { message: &claimed, from, text: body, now };
                twilio.look_up(&sought).await.expect("an answer");
            }
        }
        let reply = Outgoing { message: None, from, to: &to, body: "You are unsubscribed." };
        twilio.hand_over(&reply).await;
    }
    let outcome = Some(Outcome::Accepted { provider_id: SID.to_owned(), at: now });
    let accepted = Message { outcome, ..message };
    let [(settings, from), _] = senders();
    let twilio = client(&recorder.url).with_settings(&settings);
    let sought = Sought { message: &accepted, from: &from, text: "Hello", now };
    twilio.look_up(&sought).await.expect("an answer");
    recorder.records()
}

/// The problems of each request.
fn problems(records: &[Recorded]) -> Vec<Vec<String>> {
    let found: Vec<Vec<String>> = ask(Runner::Python, "twilio_openapi.py", &records);
    assert_eq!(found.len(), records.len());
    found
}

#[tokio::test]
async fn each_request_is_as_twilio_describes_it() {
    let records = recorded().await;
    assert_eq!(records.len(), 2 * (3 * 6 + 1) + 1);
    for (record, problems) in records.iter().zip(problems(&records)) {
        assert!(problems.is_empty(), "{problems:?}: {record:?}");
    }
}

type Damage = fn(&mut Recorded);

/// A judge that never finds a problem would be useless.
#[tokio::test]
async fn a_request_that_is_damaged_is_found_out() {
    let records = recorded().await;
    let (create, search, fetch) = (&records[0], &records[1], &records[records.len() - 1]);
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
