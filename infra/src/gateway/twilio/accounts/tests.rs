use serde_json::json;
use shared::phone::Phone;
use shared::sender::twilio::TwilioAccount;
use shared::sender::{Provider, Sender};

use super::*;
use crate::testing::Server;

const SID: &str = "AC0123456789abcdef0123456789abcdef";

/// Twilio and Parameter Store as one server. Twilio accepts one token. Parameter Store has another
/// one at first, and `after` once that was read.
fn world(accepted: &'static str, after: &'static str) -> Server {
    let is_read = Mutex::new(false);
    Server::start(move |request| {
        if request.to_lowercase().contains("x-amz-target") {
            let mut is_read = is_read.lock().expect("not poisoned");
            let token = if *is_read { after } else { "old" };
            *is_read = true;
            return (200, json!({"Parameter": {"Value": token}}).to_string());
        }
        let basic =
            base64::Engine::encode(&base64::prelude::BASE64_STANDARD, format!("{SID}:{accepted}"));
        if request.contains(&basic) {
            (201, json!({"sid": "SM1"}).to_string())
        } else {
            (401, json!({"code": 20_003}).to_string())
        }
    })
}

fn accounts(server: &Server, credentials: Option<&str>) -> Accounts {
    let settings = Settings {
        url: server.url.clone(),
        account_sid: SID.to_owned(),
        credentials: credentials.map(|name| name.parse().expect("a name")),
    };
    let http = crate::http::client().expect("a client");
    let (public_url, timeout) = ("https://example.com".to_owned(), Duration::from_secs(5));
    Accounts::new(&server.aws(), http, settings, public_url, timeout, Usage::default())
}

/// Sends messages concurrently through one gateway.
async fn handed_over(accounts: &Accounts, sender: TwilioSender, count: usize) -> Vec<Handover> {
    let gateway = accounts.gateway(&sender).await.expect("a gateway");
    let phone = |text| Phone::from_e164(text).expect("a phone");
    let from = Sender::new(phone("+14153550100"), Provider::Twilio(sender));
    let to = phone("+14155550123");
    let outgoing = Outgoing { message: None, from: &from, to: &to, body: "Hello" };
    futures::future::join_all((0..count).map(|_| gateway.hand_over(&outgoing))).await
}

#[tokio::test]
async fn a_rotated_token_is_read_again_before_the_account_counts_as_rejected() {
    let own = TwilioSender {
        account: Some(TwilioAccount {
            account_sid: SID.to_owned(),
            credentials: "ssm:/volley/own".parse().expect("a name"),
        }),
        ..TwilioSender::default()
    };
    for (sender, deployment) in [(own, None), (TwilioSender::default(), Some("ssm:/volley/all"))] {
        let server = world("new", "new");
        let handed = handed_over(&accounts(&server, deployment), sender, 5).await;
        assert_eq!(handed, vec![Handover::Accepted("SM1".to_owned()); 5]);
        assert_eq!(server.count("AmazonSSM.GetParameter"), 2);
    }
}

#[tokio::test]
async fn a_token_that_is_wrong_is_tried_once_for_each_message() {
    let server = world("another", "old");
    let accounts = accounts(&server, Some("ssm:/volley/all"));
    let handed = handed_over(&accounts, TwilioSender::default(), 5).await;
    assert_eq!(handed, vec![Handover::Halted(Halt::Account); 5]);
    assert_eq!(server.count("AmazonSSM.GetParameter"), 2);
    assert_eq!(server.count("Messages.json"), 5);
}

#[tokio::test]
async fn without_credentials_the_deployment_has_no_account() {
    let server = world("new", "new");
    let gateway = accounts(&server, None).gateway(&TwilioSender::default()).await;
    assert!(matches!(gateway.err(), Some(GatewayError::NoAccount)));
}
