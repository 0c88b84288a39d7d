//! The SNS topics that the service publishes to.

use serde::Deserialize;
use serde_json::Value;

use crate::post::Post;

/// The address of SNS, and the ARNs of the topics for events and for inbound messages.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Topics {
    endpoint: String,
    events: Option<String>,
    inbound: Option<String>,
}

impl Topics {
    /// Whether SNS has an address, and each topic has an SNS ARN.
    pub(super) fn are_valid(&self) -> bool {
        self.endpoint.starts_with("http")
            && [&self.events, &self.inbound].into_iter().flatten().all(|arn| owner(arn).is_some())
    }

    pub(crate) fn event(&self, event: &Value) -> Option<Post> {
        self.publication(self.events.as_deref()?, event)
    }

    pub(super) fn inbound(&self, message: &Value) -> Option<Post> {
        self.publication(self.inbound.as_deref()?, message)
    }

    /// The account that owns the topic of inbound messages.
    pub(super) fn account(&self) -> Option<&str> {
        Some(owner(self.inbound.as_deref()?)?.1)
    }

    /// A call to SNS's query API. The signature is a dummy, but it names the account and the region
    /// that an emulator of AWS needs to find the topic.
    fn publication(&self, topic: &str, message: &Value) -> Option<Post> {
        let (region, account) = owner(topic)?;
        let message = message.to_string();
        let parameters = [
            ("Action", "Publish"),
            ("Version", "2010-03-31"),
            ("TopicArn", topic),
            ("Message", &message),
        ];
        let scope = format!("{account}/20260101/{region}/sns/aws4_request");
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host;x-amz-date, Signature=0"
        );
        let post = Post::new(&self.endpoint, parameters)
            .header("Authorization", authorization)
            .header("X-Amz-Date", "20260101T000000Z");
        Some(post)
    }
}

/// A topic's region and account.
fn owner(arn: &str) -> Option<(&str, &str)> {
    match arn.split(':').collect::<Vec<_>>()[..] {
        ["arn", _, "sns", region, account, name] if !name.is_empty() => Some((region, account)),
        _ => None,
    }
}
