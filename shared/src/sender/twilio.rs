//! An organization's settings for Twilio, and their rules.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{BodyTooLong, InvalidProvider, MAX_AT_ONCE, ProviderSettings, SecretName, require};

/// Source: Twilio's error 90007.
const MAX_VALIDITY_SECONDS: u32 = 36_000;

/// How messages go through Twilio.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TwilioSender {
    /// The organization's account. Defaults to the deployment's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<TwilioAccount>,
    /// The Messaging Service to send with. It chooses the number.
    #[schema(pattern = "^MG[0-9a-fA-F]{32}$")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub messaging_service_sid: Option<String>,
    /// How long Twilio may hold a message before sending it, in seconds.
    #[schema(minimum = 1, maximum = 36_000)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validity_seconds: Option<u32>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TwilioAccount {
    #[schema(pattern = "^AC[0-9a-fA-F]{32}$")]
    pub account_sid: String,
    /// The location of the auth token: `ssm:/volley/NAME` or `secretsmanager:volley/NAME`.
    #[schema(value_type = String, example = "ssm:/volley/corner-bakery/twilio")]
    pub credentials: SecretName,
}

impl ProviderSettings for TwilioSender {
    fn check(&self) -> Result<(), InvalidProvider> {
        if let Some(account) = &self.account {
            let reason = "must be AC followed by 32 hexadecimal digits";
            require(is_sid(&account.account_sid, "AC"), "/account/accountSid", reason)?;
        }
        let service = self.messaging_service_sid.as_deref();
        let reason = "must be MG followed by 32 hexadecimal digits";
        require(service.is_none_or(|sid| is_sid(sid, "MG")), "/messagingServiceSid", reason)?;
        let is_valid =
            self.validity_seconds.is_none_or(|s| (1..=MAX_VALIDITY_SECONDS).contains(&s));
        require(is_valid, "/validitySeconds", "must be between 1 and 36000")
    }

    fn credentials(&self) -> Option<&SecretName> {
        Some(&self.account.as_ref()?.credentials)
    }

    fn addresses(&self) -> Vec<String> {
        self.messaging_service_sid.iter().cloned().collect()
    }

    /// Twilio queues messages that exceed the sender's rate.
    fn at_once(&self, _parts_per_second: u32) -> usize {
        MAX_AT_ONCE
    }

    /// Twilio accepts every body that a campaign may have.
    fn check_body(&self, _body: &str) -> Result<(), BodyTooLong> {
        Ok(())
    }

    fn has_dry_runs(&self) -> bool {
        false
    }

    /// Twilio has no documented API that lists who opted out. It says so with error 21610 when it is given a
    /// message, and Volley then unsubscribes the phone.
    fn default_opt_out_list(&self) -> Option<&'static str> {
        None
    }
}

/// Whether a text is one of Twilio's ids: two letters and 32 hexadecimal digits.
fn is_sid(text: &str, prefix: &str) -> bool {
    text.strip_prefix(prefix)
        .is_some_and(|hex| hex.len() == 32 && hex.bytes().all(|b| b.is_ascii_hexdigit()))
}
