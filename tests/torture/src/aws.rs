//! Requests that the tests themselves send directly to the emulator.

use anyhow::{Context, ensure};
use local::environment::Variables;
use reqwest::Client;
use serde_json::{Value, json};

#[derive(Clone)]
pub struct Aws {
    http: Client,
    endpoint: String,
    sweeper: String,
    dead_letters: String,
}

impl Aws {
    pub fn new(http: &Client, variables: &Variables) -> anyhow::Result<Self> {
        let read =
            |name: &str| variables.get(name).cloned().with_context(|| format!("{name} is not set"));
        Ok(Self {
            http: http.clone(),
            endpoint: read("AWS_ENDPOINT_URL")?,
            sweeper: read("POLL_STATUS_FUNCTION")?,
            dead_letters: read("DEAD_LETTER_QUEUE_URL")?,
        })
    }

    async fn call(&self, service: &str, target: &str, body: &Value) -> anyhow::Result<Value> {
        // The emulator picks the service by the credential's scope and doesn't check signatures.
        let scope = format!(
            "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/{service}/aws4_request, \
             SignedHeaders=host, Signature=0"
        );
        let request = self.http.post(&self.endpoint).body(body.to_string());
        let request = request
            .header("x-amz-target", target)
            .header("content-type", "application/x-amz-json-1.0")
            .header("authorization", scope);
        let answer = request.send().await?;
        let (status, body) = (answer.status(), answer.text().await?);
        ensure!(status.is_success(), "{target} was answered {status}: {body}");
        Ok(if body.is_empty() { Value::Null } else { serde_json::from_str(&body)? })
    }

    pub async fn put_parameter(&self, name: &str, value: &str) -> anyhow::Result<()> {
        let body = json!({"Name": name, "Value": value, "Type": "SecureString"});
        self.call("ssm", "AmazonSSM.PutParameter", &body).await?;
        Ok(())
    }

    /// Sets the number of shards of an organization's audience, while the audience is empty.
    pub async fn set_shards(
        &self,
        table: &str,
        organization: &str,
        shards: u16,
    ) -> anyhow::Result<()> {
        let key = json!({
            "pk": {"S": format!("ORG#{organization}")}, "sk": {"S": "ORGANIZATION"},
        });
        let body = json!({
            "TableName": table, "Key": key, "UpdateExpression": "SET shards = :shards",
            "ConditionExpression": "attribute_exists(pk)",
            "ExpressionAttributeValues": {":shards": {"N": shards.to_string()}},
        });
        self.call("dynamodb", "DynamoDB_20120810.UpdateItem", &body).await?;
        Ok(())
    }

    /// Does what the schedule does each minute. Faults can hit it, too.
    pub async fn sweep(&self) -> anyhow::Result<()> {
        let url = format!("{}/2015-03-31/functions/{}/invocations", self.endpoint, self.sweeper);
        let answer = self.http.post(url).body(r#"{"type":"sweep"}"#).send().await?;
        answer.error_for_status()?;
        Ok(())
    }

    /// The bodies of the dead letters, with their reasons if they have one.
    pub async fn dead_letters(&self) -> anyhow::Result<Vec<(String, Option<String>)>> {
        let mut letters = Vec::new();
        loop {
            let body = json!({
                "QueueUrl": self.dead_letters, "MaxNumberOfMessages": 10, "VisibilityTimeout": 600,
                "MessageAttributeNames": ["All"],
            });
            let answer = self.call("sqs", "AmazonSQS.ReceiveMessage", &body).await?;
            let messages = answer["Messages"].as_array().cloned().unwrap_or_default();
            if messages.is_empty() {
                return Ok(letters);
            }
            letters.extend(messages.iter().map(|message| {
                let reason = &message["MessageAttributes"]["reason"]["StringValue"];
                let body = message["Body"].as_str().unwrap_or_default().to_owned();
                (body, reason.as_str().map(str::to_owned))
            }));
        }
    }
}
