//! The shapes of a sender's settings, for the document of the API: the domain reads and writes
//! them itself.

#![expect(dead_code, reason = "only their schemas are used")]

use utoipa::ToSchema;

/// The provider that an organisation sends through.
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
    /// The organisation's own account; the deployment's if left out.
    account: Option<TwilioAccountSchema>,
    /// Sends through this Messaging Service, which chooses the number.
    #[schema(pattern = "^MG[0-9a-fA-F]{32}$")]
    messaging_service_sid: Option<String>,
    /// How long Twilio may keep a message before it goes out.
    #[schema(minimum = 1, maximum = 36_000)]
    validity_seconds: Option<u32>,
}

#[derive(ToSchema)]
#[schema(as = TwilioAccount)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TwilioAccountSchema {
    #[schema(pattern = "^AC[0-9a-fA-F]{32}$")]
    account_sid: String,
    /// Where the auth token is: `ssm:/volley/...` or `secretsmanager:volley/...`.
    #[schema(example = "ssm:/volley/corner-bakery/twilio")]
    credentials: String,
}

#[derive(ToSchema)]
#[schema(as = AwsSender)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AwsSchema {
    /// A pool, a sender id or a number by its id or ARN; the sender's phone if left out.
    origination_identity: Option<String>,
    /// The numbers of the pool besides the sender's phone: people may answer to any.
    numbers: Option<Vec<String>>,
    /// Where events go; the deployment's own if left out.
    configuration_set: Option<String>,
    /// `PROMOTIONAL` if left out.
    message_type: Option<super::words::MessageType>,
    /// How long AWS may keep a message before it goes out.
    #[schema(minimum = 5, maximum = 259_200)]
    time_to_live_seconds: Option<u32>,
    /// The most that a part may cost, in US dollars.
    #[schema(example = "0.05")]
    max_price: Option<String>,
}

/// Words by which people opt out, in, or ask for help, besides the usual ones.
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
    /// What people are answered, where the provider was told to leave the answers to Volley.
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
