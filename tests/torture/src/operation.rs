//! Identifies the service and operation of a request.

use http::Method;
use http::request::Parts;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Service {
    DynamoDb,
    Sqs,
    Scheduler,
    S3,
    Ssm,
    /// AWS End User Messaging.
    Sms,
    Twilio,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Operation {
    pub service: Service,
    pub name: &'static str,
}

/// Every operation that the functions use.
const KNOWN: [(Service, &str); 19] = [
    (Service::DynamoDb, "GetItem"),
    (Service::DynamoDb, "BatchGetItem"),
    (Service::DynamoDb, "Query"),
    (Service::DynamoDb, "PutItem"),
    (Service::DynamoDb, "UpdateItem"),
    (Service::DynamoDb, "DeleteItem"),
    (Service::DynamoDb, "TransactWriteItems"),
    (Service::DynamoDb, "BatchExecuteStatement"),
    (Service::Sqs, "SendMessage"),
    (Service::Sqs, "SendMessageBatch"),
    (Service::Sqs, "ChangeMessageVisibilityBatch"),
    (Service::Scheduler, "CreateSchedule"),
    (Service::Scheduler, "DeleteSchedule"),
    (Service::S3, "PutObject"),
    (Service::S3, "GetObject"),
    (Service::Ssm, "GetParameter"),
    (Service::Sms, "SendTextMessage"),
    (Service::Twilio, "CreateMessage"),
    (Service::Twilio, "ReadMessage"),
];

impl Operation {
    /// Reads a request to AWS. Returns `None` if the functions use an operation that is missing
    /// above.
    #[must_use]
    pub fn to_aws(parts: &Parts) -> Option<Self> {
        let header = |name| parts.headers.get(name).and_then(|value| value.to_str().ok());
        if let Some(target) = header("x-amz-target") {
            let (prefix, name) = target.rsplit_once('.')?;
            let service = match prefix {
                "DynamoDB_20120810" => Service::DynamoDb,
                "AmazonSQS" => Service::Sqs,
                "AmazonSSM" => Service::Ssm,
                _ => return None,
            };
            return known(service, name);
        }
        let scope = header("authorization").unwrap_or_default();
        if scope.contains("/scheduler/") {
            return known(
                Service::Scheduler,
                if parts.method == Method::DELETE { "DeleteSchedule" } else { "CreateSchedule" },
            );
        }
        if scope.contains("/s3/") {
            return known(
                Service::S3,
                if parts.method == Method::PUT { "PutObject" } else { "GetObject" },
            );
        }
        None
    }

    /// Reads a request to a provider.
    #[must_use]
    pub fn to_provider(parts: &Parts) -> Option<Self> {
        if let Some(target) = parts.headers.get("x-amz-target") {
            return known(Service::Sms, target.to_str().ok()?.rsplit_once('.')?.1);
        }
        known(
            Service::Twilio,
            if parts.method == Method::POST { "CreateMessage" } else { "ReadMessage" },
        )
    }

    #[must_use]
    pub fn has_conflicts(self) -> bool {
        let names = ["TransactWriteItems", "PutItem", "UpdateItem", "DeleteItem"];
        self.service == Service::DynamoDb && names.contains(&self.name)
    }

    #[must_use]
    pub fn is_batch(self) -> bool {
        ["BatchGetItem", "BatchExecuteStatement", "SendMessageBatch"].contains(&self.name)
    }

    #[must_use]
    pub fn title(self) -> String {
        format!("{:?}.{}", self.service, self.name)
    }
}

fn known(service: Service, name: &str) -> Option<Operation> {
    KNOWN
        .iter()
        .find(|(of, known)| *of == service && *known == name)
        .map(|(service, name)| Operation { service: *service, name })
}
