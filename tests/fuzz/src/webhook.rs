//! What providers, or those who pretend to be one, call and queue.

use std::sync::LazyLock;

use aws_config::{BehaviorVersion, SdkConfig};
use infra::config::Environment;
use infra::gateway::webhook::{Endpoint, Request};
use infra::gateway::{GatewaySettings, Gateways, ProviderEvent, read_queued};
use infra::usage::Usage;
use shared::sender::ProviderKind;
use shared::time::Timestamp;

use crate::choice_and_text;

static GATEWAYS: LazyLock<Gateways> = LazyLock::new(|| {
    let variables = |name: &str| match name {
        "PROVIDER_URL" | "PUBLIC_URL" => Some("https://volley.example".to_owned()),
        _ => None,
    };
    let mut environment = Environment::new(&variables);
    let settings = GatewaySettings::read(&mut environment);
    let settings = environment.finish(settings).expect("everything is set");
    let aws = SdkConfig::builder().behavior_version(BehaviorVersion::latest()).build();
    let http = infra::http::client().expect("a client");
    Gateways::new(&aws, http, settings, Usage::default())
});

/// A webhook is refused with a status of the client's, or it has a response.
pub(crate) fn form(input: &[u8]) {
    let Some((choice, text)) = choice_and_text(input) else { return };
    let (query, body) = text.split_once('\n').unwrap_or(("", text));
    let request = Request {
        endpoint: if choice & 1 == 0 { Endpoint::Status } else { Endpoint::Inbound },
        url: format!("https://volley.example/webhooks?{query}"),
        query: query.to_owned(),
        headers: [("content-type".to_owned(), content_type(choice).to_owned())].into(),
        body: body.as_bytes().to_vec(),
    };
    let webhooks = GATEWAYS.webhooks(ProviderKind::Twilio).expect("Twilio calls webhooks");
    let opened = match webhooks.open(&request) {
        Ok(opened) => opened,
        Err(status) => return assert_client_error(status),
    };
    let _ = (opened.about(), opened.trace());
    match opened.event(Timestamp::EPOCH) {
        Ok(event) => {
            assert_is_bounded(&event);
            assert_eq!(opened.response(Some("Bye <&>")).status, 200);
        }
        Err(status) => assert_client_error(status),
    }
}

/// An event from a queue, raw, in an SNS notification or from EventBridge.
pub(crate) fn event(input: &[u8]) {
    let Ok(body) = serde_json::from_slice(input) else { return };
    if let Some(queued) = read_queued(&body, Timestamp::EPOCH) {
        assert_is_bounded(&queued.event);
    }
}

fn content_type(choice: u8) -> &'static str {
    if choice & 2 == 0 { "application/x-www-form-urlencoded" } else { "application/json" }
}

fn assert_client_error(status: u16) {
    assert!((400..500).contains(&status), "refused with {status}");
}

fn assert_is_bounded(event: &ProviderEvent) {
    if let ProviderEvent::Inbound(inbound) = event {
        assert!(inbound.to.iter().all(|address| (1..=256).contains(&address.len())));
    }
}
