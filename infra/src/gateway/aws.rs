//! AWS End User Messaging SMS.
//!
//! Send requests have no client token, so a request whose response is lost must never be repeated:
//! the client's retries are off. No operation returns a message's status. It arrives as events,
//! which carry the context of the call and so identify their message.

mod answers;
mod events;
mod explanations;
mod labels;
mod opt_outs;

pub use labels::{Fate, event_label};
pub(super) use opt_outs::OptOutLists;

use std::sync::Arc;
use std::time::Duration;

use aws_config::SdkConfig;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_sdk_pinpointsmsvoicev2::Client;
use aws_sdk_pinpointsmsvoicev2::config::Builder;
use aws_sdk_pinpointsmsvoicev2::operation::send_text_message::builders::SendTextMessageFluentBuilder;
use aws_sdk_pinpointsmsvoicev2::types::MessageType as SdkMessageType;
use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::Value;
use shared::phone::Phone;
use shared::sender::aws::{AwsSender, MessageType};
use shared::sender::{Provider, Sender};
use shared::time::Timestamp;

use super::adapter::{Adapter, Deployment, GatewayError};
use super::webhook::Webhooks;
use super::{Explanation, Found, Gateway, Handover, LookupError, Outgoing, Queued, Sought};
use crate::config::Environment;
use crate::trace;
use crate::usage::Usage;

#[derive(Clone)]
pub struct EndUserMessaging {
    client: Client,
    /// The configuration set for senders that don't name one. Events are published through it.
    configuration_set: Option<String>,
    settings: AwsSender,
    usage: Usage,
}

impl EndUserMessaging {
    /// A client for senders without settings.
    #[must_use]
    pub fn new(
        config: &SdkConfig,
        configuration_set: Option<String>,
        timeout: Duration,
        usage: Usage,
    ) -> Self {
        let (client, settings) = (client(config, timeout), AwsSender::default());
        Self { client, configuration_set, settings, usage }
    }

    /// The same client for a sender with these settings.
    #[must_use]
    pub fn with_settings(&self, settings: &AwsSender) -> Self {
        Self { settings: settings.clone(), ..self.clone() }
    }

    fn request(&self, outgoing: &Outgoing<'_>) -> SendTextMessageFluentBuilder {
        let settings = &self.settings;
        let set = settings.configuration_set.clone().or(self.configuration_set.clone());
        let context = |message| events::context(message, trace::current());
        self.client
            .send_text_message()
            .destination_phone_number(outgoing.to.as_str())
            .origination_identity(origination(outgoing.from, settings))
            .message_body(outgoing.body)
            .message_type(message_type(settings.message_type))
            .set_configuration_set_name(set)
            .set_max_price(settings.max_price.clone())
            .set_time_to_live(settings.time_to_live_seconds.and_then(|s| i32::try_from(s).ok()))
            .set_context(outgoing.message.as_ref().map(context))
    }

    async fn send(&self, outgoing: &Outgoing<'_>, is_dry_run: bool) -> Handover {
        let dry_run = is_dry_run.then_some(true);
        let answer = self.request(outgoing).set_dry_run(dry_run).send().await;
        self.usage.call("sms-voice.SendTextMessage");
        answers::understand(answer)
    }
}

/// The service's client, which never repeats a request.
#[expect(clippy::disallowed_methods, reason = "this client's retries are off")]
fn client(config: &SdkConfig, timeout: Duration) -> Client {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(timeout.min(Duration::from_secs(3)))
        .operation_timeout(timeout)
        .build();
    let config = Builder::from(config)
        .retry_config(RetryConfig::disabled())
        .timeout_config(timeouts)
        .build();
    Client::from_conf(config)
}

fn origination<'a>(sender: &'a Sender, settings: &'a AwsSender) -> &'a str {
    settings.origination_identity.as_deref().unwrap_or(sender.phone.as_str())
}

fn message_type(kind: MessageType) -> SdkMessageType {
    match kind {
        MessageType::Transactional => SdkMessageType::Transactional,
        MessageType::Promotional => SdkMessageType::Promotional,
    }
}

impl Adapter for EndUserMessaging {
    /// Where events go, for senders that do not name one.
    type Settings = Option<String>;
    type Sender = AwsSender;

    fn read(environment: &mut Environment<'_>) -> Self::Settings {
        environment.optional("CONFIGURATION_SET")
    }

    fn open(configuration_set: Self::Settings, deployment: &Deployment<'_>) -> Self {
        let Deployment { aws, timeout, usage, .. } = deployment;
        Self::new(aws, configuration_set, *timeout, usage.clone())
    }

    async fn gateway(&self, settings: &AwsSender) -> Result<Arc<dyn Gateway>, GatewayError> {
        Ok(Arc::new(self.with_settings(settings)))
    }

    /// Everything comes through queues.
    fn webhooks(&self) -> Option<&dyn Webhooks> {
        None
    }

    fn read_queued(body: &Value, now: Timestamp) -> Option<Queued> {
        events::read(body, now)
    }

    /// A reply comes from the number that the person wrote to, even if that is one of a pool's.
    fn sender_of_reply(own: &Sender, settings: &AwsSender, address: &str) -> Sender {
        let phone = Phone::from_e164(address).ok();
        let identity = phone.is_none().then(|| address.to_owned());
        let settings = AwsSender { origination_identity: identity, ..settings.clone() };
        Sender::new(phone.unwrap_or_else(|| own.phone.clone()), Provider::Aws(settings))
    }

    fn explain(code: &str) -> Option<Explanation> {
        explanations::explain(code)
    }
}

impl Gateway for EndUserMessaging {
    fn hand_over<'a>(&'a self, outgoing: &'a Outgoing<'a>) -> BoxFuture<'a, Handover> {
        self.send(outgoing, false).boxed()
    }

    fn check<'a>(&'a self, outgoing: &'a Outgoing<'a>) -> BoxFuture<'a, Handover> {
        self.send(outgoing, true).boxed()
    }

    fn look_up<'a>(&'a self, _: &'a Sought<'a>) -> BoxFuture<'a, Result<Found, LookupError>> {
        async { Ok(Found::Nothing) }.boxed()
    }
}
