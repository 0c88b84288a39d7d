//! The schemas of a sender's settings for the OpenAPI document. The domain serializes the settings.

#![expect(dead_code, reason = "only the schemas are used")]

use utoipa::ToSchema;

/// The provider that an organization sends with.
#[derive(ToSchema)]
#[schema(as = Provider)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub(crate) enum ProviderSchema {
    Twilio(TwilioSchema),
    Aws(AwsSchema),
}

#[derive(ToSchema)]
#[schema(as = TwilioSender)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TwilioSchema {
    /// The organization's account. Defaults to the deployment's.
    account: Option<TwilioAccountSchema>,
    /// The Messaging Service to send with. It chooses the number.
    #[schema(pattern = "^MG[0-9a-fA-F]{32}$")]
    messaging_service_sid: Option<String>,
    /// How long Twilio may hold a message before sending it, in seconds.
    #[schema(minimum = 1, maximum = 36_000)]
    validity_seconds: Option<u32>,
}

#[derive(ToSchema)]
#[schema(as = TwilioAccount)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TwilioAccountSchema {
    #[schema(pattern = "^AC[0-9a-fA-F]{32}$")]
    account_sid: String,
    /// The location of the auth token: `ssm:/volley/NAME` or `secretsmanager:volley/NAME`.
    #[schema(example = "ssm:/volley/corner-bakery/twilio")]
    credentials: String,
}

#[derive(ToSchema)]
#[schema(as = AwsSender)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AwsSchema {
    /// The ID or ARN of a pool, a sender ID or a number. Defaults to the sender's phone.
    origination_identity: Option<String>,
    /// The pool's other numbers, besides the sender's phone. People may reply to any of them.
    numbers: Option<Vec<String>>,
    /// The configuration set for events. Defaults to the deployment's.
    configuration_set: Option<String>,
    /// Defaults to `PROMOTIONAL`.
    message_type: Option<super::labels::MessageType>,
    /// How long AWS may hold a message before sending it, in seconds.
    #[schema(minimum = 5, maximum = 259_200)]
    time_to_live_seconds: Option<u32>,
    /// The maximum price of a part, in US dollars.
    #[schema(example = "0.05")]
    max_price: Option<String>,
}

/// Keywords for opting out, opting in and asking for help, in addition to the standard ones.
#[derive(ToSchema)]
#[schema(as = Keywords)]
#[serde(rename_all = "camelCase")]
pub(crate) struct KeywordsSchema {
    #[schema(required = false)]
    stop: Vec<String>,
    #[schema(required = false)]
    start: Vec<String>,
    #[schema(required = false)]
    help: Vec<String>,
    /// The replies to keywords, for providers that leave replies to Volley.
    replies: Option<RepliesSchema>,
}

#[derive(ToSchema)]
#[schema(as = Replies)]
pub(crate) struct RepliesSchema {
    #[schema(min_length = 1, max_length = 320)]
    stop: String,
    #[schema(min_length = 1, max_length = 320)]
    start: String,
    #[schema(min_length = 1, max_length = 320)]
    help: String,
}

#[cfg(test)]
mod tests {
    use shared::sender::ProviderKind;
    use utoipa::PartialSchema;

    use super::*;

    /// A provider that the domain knows is in the document.
    #[test]
    fn every_provider_has_a_schema() {
        let schema = serde_json::to_string(&ProviderSchema::schema()).expect("JSON");
        for kind in ProviderKind::all() {
            let tag = format!(r#""enum":["{}"]"#, kind.as_str());
            assert!(schema.contains(&tag), "{tag} in {schema}");
        }
    }
}
