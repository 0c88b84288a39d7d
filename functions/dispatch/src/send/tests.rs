use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::{BehaviorVersion, Region};
use futures::FutureExt;
use futures::future::BoxFuture;
use infra::config::Environment;
use infra::gateway::{self, GatewaySettings, Gateways, LookupError, Sought};
use infra::queues::{JobQueueUrls, JobQueues};
use infra::table::Table;
use infra::usage::Usage;
use shared::grace::Grace;
use shared::ids::{CampaignId, MessageId, OrganizationId};
use shared::phone::Phone;
use shared::sender::Provider;
use shared::sender::aws::AwsSender;

use super::*;
use crate::claim::Token;

/// A provider that refuses everyone as opted out.
struct Refusing;

fn refusal() -> Refusal {
    Refusal { reason: FailureReason::Unsubscribed, code: Some("21610".to_owned()) }
}

impl Gateway for Refusing {
    fn hand_over<'a>(&'a self, _: &'a Outgoing<'a>) -> BoxFuture<'a, Handover> {
        async { Handover::Refused(refusal()) }.boxed()
    }

    fn check<'a>(&'a self, outgoing: &'a Outgoing<'a>) -> BoxFuture<'a, Handover> {
        self.hand_over(outgoing)
    }

    fn look_up<'a>(
        &'a self,
        _: &'a Sought<'a>,
    ) -> BoxFuture<'a, Result<gateway::Found, LookupError>> {
        async { Ok(gateway::Found::Nothing) }.boxed()
    }
}

/// A function that can't reach AWS.
async fn unreachable_app() -> App {
    let aws = aws_config::defaults(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .endpoint_url("http://127.0.0.1:1")
        .test_credentials()
        .retry_config(RetryConfig::disabled())
        .http_client(infra::aws::http_client())
        .load()
        .await;
    let lookup = |_: &str| Some("http://127.0.0.1:1".to_owned());
    let (usage, mut environment) = (Usage::default(), Environment::new(&lookup));
    let queues = JobQueueUrls::read(&mut environment);
    let gateway = GatewaySettings::read(&mut environment);
    let http = infra::http::client().expect("a client");
    App {
        halts: infra::halts::Halts::default(),
        table: Table::new(&aws, "volley".to_owned(), usage.clone()),
        queues: JobQueues::new(&aws, queues, usage.clone()),
        gateways: Gateways::new(&aws, http, gateway, usage),
        grace: Grace::default(),
        claim_seconds: 120,
        handover_within: Duration::from_secs(30),
    }
}

#[tokio::test]
async fn a_refusal_stands_though_its_opt_out_cannot_be_kept() {
    let app = unreachable_app().await;
    let phone = |text| Phone::from_e164(text).expect("a phone");
    let message = Message::pending(
        OrganizationId::new(clock::now(), clock::entropy()),
        CampaignId::new(clock::now(), clock::entropy()),
        MessageId::new(clock::now(), clock::entropy()),
        phone("+14155550123"),
        clock::now(),
    );
    let from = Sender::new(phone("+14155550100"), Provider::Aws(AwsSender::default()));
    let body = Body::from("Hello".to_owned());
    let outbound = Outbound {
        gateway: &Refusing,
        from: &from,
        body: &body,
        shards: 4.into(),
        is_dry_run: false,
    };
    let kept = suppress(&app, &message, &refusal(), 4.into()).await;
    assert!(kept.is_err(), "the table is out of reach");
    let claim = Claim { recipient: message.recipient(), message, token: Token::new() };
    let answered = send_claimed(&app, &claim, &outbound).await;
    let Ok(Answered::Outcome(settlement)) = answered else { panic!("{answered:?}") };
    assert_eq!(settlement.outcome.failure(), Some(FailureReason::Unsubscribed));
}
