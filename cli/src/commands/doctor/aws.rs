//! What only AWS knows about a deployment, asked through the AWS CLI and the person's credentials for it.

use std::process::Stdio;

use serde_json::Value;

use super::check::Check;
use crate::api::text;

mod numbers;
mod operations;
mod stack;

const NAME: &str = "AWS";

/// Where the stack is.
pub(super) struct Aws<'a> {
    pub(super) stack: &'a str,
    pub(super) region: Option<&'a str>,
}

/// What was found, or what the AWS CLI said instead.
type Found = Result<Value, String>;

impl Aws<'_> {
    /// `url` is the API's, and `organization` the one that is checked, if any.
    pub(super) async fn examine(&self, url: &str, organization: Option<&Value>) -> Vec<Check> {
        let stacks = ["cloudformation", "describe-stacks", "--stack-name", self.stack];
        let stack = match self.ask(&stacks).await {
            Ok(stacks) => stacks["Stacks"][0].clone(),
            Err(reason) => {
                let fix = "install the AWS CLI, sign in with it, and check --stack and --region";
                return vec![Check::fail(NAME, reason, fix)];
            }
        };
        let mut checks = stack::examine(&stack, url);
        let account = self.ask(&["lambda", "get-account-settings"]).await;
        checks.push(either("Concurrency", account, |account| stack::concurrency(&stack, &account)));
        checks.extend(self.operations(&stack).await);
        if let Some(organization) = organization
            && text(&organization["provider"]["kind"]) == "aws"
        {
            checks.extend(self.numbers(&stack, organization).await);
        }
        checks
    }

    async fn operations(&self, stack: &Value) -> [Check; 3] {
        let queue = stack::output(stack, "DeadLetterQueueUrl");
        let names = "ApproximateNumberOfMessages";
        let letters =
            ["sqs", "get-queue-attributes", "--queue-url", queue, "--attribute-names", names];
        let prefix = format!("{}-", self.stack);
        let alarms = [
            "cloudwatch",
            "describe-alarms",
            "--alarm-name-prefix",
            &prefix,
            "--state-value",
            "ALARM",
        ];
        let topic = stack::output(stack, "AlarmsTopic");
        let subscriptions = ["sns", "list-subscriptions-by-topic", "--topic-arn", topic];
        [
            either("Dead letters", self.ask(&letters).await, |found| {
                operations::dead_letters(&found)
            }),
            either("Alarms", self.ask(&alarms).await, |found| operations::alarms(&found)),
            either("Notified", self.ask(&subscriptions).await, |found| {
                operations::notified(&found)
            }),
        ]
    }

    async fn numbers(&self, stack: &Value, organization: &Value) -> Vec<Check> {
        let topic = stack::output(stack, "SmsInboundTopic");
        let account = self.ask(&["pinpoint-sms-voice-v2", "describe-account-attributes"]).await;
        let mut checks = vec![either("SMS account", account, |found| numbers::account(&found))];
        match self.ask(&["pinpoint-sms-voice-v2", "describe-phone-numbers"]).await {
            Ok(found) => checks.extend(numbers::examine(&found, organization, topic)),
            Err(reason) => checks.push(unknown("Numbers", reason)),
        }
        checks
    }

    async fn ask(&self, arguments: &[&str]) -> Found {
        let mut command = tokio::process::Command::new("aws");
        command.args(arguments).args(["--output", "json"]);
        if let Some(region) = self.region {
            command.args(["--region", region]);
        }
        let output = command.env("AWS_PAGER", "").stdin(Stdio::null()).output().await;
        let output = output.map_err(|error| format!("the AWS CLI cannot be run: {error}"))?;
        if output.status.success() {
            return serde_json::from_slice(&output.stdout)
                .map_err(|error| format!("the AWS CLI did not print JSON: {error}"));
        }
        let errors = String::from_utf8_lossy(&output.stderr);
        let said = errors.lines().map(str::trim).find(|line| !line.is_empty());
        Err(said.unwrap_or("the AWS CLI failed and did not say why").to_owned())
    }
}

fn either(name: &'static str, found: Found, judge: impl FnOnce(Value) -> Check) -> Check {
    found.map_or_else(|reason| unknown(name, reason), judge)
}

fn unknown(name: &'static str, reason: String) -> Check {
    Check::warn(name, reason, "use AWS credentials that may read this")
}
