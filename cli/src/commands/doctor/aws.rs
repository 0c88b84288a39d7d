//! What only AWS knows about a deployment, asked through the AWS CLI and the person's credentials for it.

use futures::future::join_all;
use serde_json::Value;

use super::check::Check;
use crate::api::text;
use crate::aws::{Aws, Found, output};

mod numbers;
mod operations;
mod stack;

const NAME: &str = "AWS";
/// What waits to be done, by the outputs that name the queues.
const QUEUES: [(&str, &str); 5] = [
    ("jobs", "JobsQueueUrl"),
    ("dispatch", "DispatchQueueUrl"),
    ("polls", "PollsQueueUrl"),
    ("receipts", "ReceiptsQueueUrl"),
    ("events", "NotifyQueueUrl"),
];

impl Aws<'_> {
    /// `url` is the API's, and `organization` the one that is checked, if any.
    pub(super) async fn examine(&self, url: &str, organization: Option<&Value>) -> Vec<Check> {
        let stack = match self.describe_stack().await {
            Ok(stack) => stack,
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

    async fn operations(&self, stack: &Value) -> [Check; 4] {
        let letters = self.waiting(output(stack, "DeadLetterQueueUrl")).await;
        let prefix = format!("{}-", self.stack);
        let alarms = [
            "cloudwatch",
            "describe-alarms",
            "--alarm-name-prefix",
            &prefix,
            "--state-value",
            "ALARM",
        ];
        let topic = output(stack, "AlarmsTopic");
        let subscriptions = ["sns", "list-subscriptions-by-topic", "--topic-arn", topic];
        [
            either("Dead letters", letters, |found| operations::dead_letters(&found)),
            self.queues(stack).await,
            either("Alarms", self.ask(&alarms).await, |found| operations::alarms(&found)),
            either("Notified", self.ask(&subscriptions).await, |found| {
                operations::notified(&found)
            }),
        ]
    }

    async fn waiting(&self, queue: &str) -> Found {
        let names = "ApproximateNumberOfMessages";
        self.ask(&["sqs", "get-queue-attributes", "--queue-url", queue, "--attribute-names", names])
            .await
    }

    /// A stack without webhooks has no queue of events.
    async fn queues(&self, stack: &Value) -> Check {
        let queues = QUEUES.into_iter().map(|(name, of)| (name, output(stack, of)));
        let asked = queues
            .filter(|(_, queue)| !queue.is_empty())
            .map(async |(name, queue)| self.waiting(queue).await.map(|found| (name, found)));
        let found: Result<Vec<_>, String> = join_all(asked).await.into_iter().collect();
        found.map_or_else(|reason| unknown("Queues", reason), |found| operations::queues(&found))
    }

    async fn numbers(&self, stack: &Value, organization: &Value) -> Vec<Check> {
        let topic = output(stack, "SmsInboundTopic");
        let account = self.ask(&["pinpoint-sms-voice-v2", "describe-account-attributes"]).await;
        let mut checks = vec![either("SMS account", account, |found| numbers::account(&found))];
        let spend = self.ask(&["pinpoint-sms-voice-v2", "describe-spend-limits"]).await;
        checks.push(either("Spend limit", spend, |found| numbers::spend(&found)));
        match self.ask(&["pinpoint-sms-voice-v2", "describe-phone-numbers"]).await {
            Ok(found) => checks.extend(numbers::examine(&found, organization, topic)),
            Err(reason) => checks.push(unknown("Numbers", reason)),
        }
        checks
    }
}

fn either(name: &'static str, found: Found, judge: impl FnOnce(Value) -> Check) -> Check {
    found.map_or_else(|reason| unknown(name, reason), judge)
}

fn unknown(name: &'static str, reason: String) -> Check {
    Check::warn(name, reason, "use AWS credentials that may read this")
}
