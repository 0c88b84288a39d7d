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
const KNOWN: [(Service, &str); 25] = [
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
    (Service::S3, "HeadObject"),
    (Service::S3, "DeleteObject"),
    (Service::S3, "CreateMultipartUpload"),
    (Service::S3, "UploadPart"),
    (Service::S3, "CompleteMultipartUpload"),
    (Service::S3, "AbortMultipartUpload"),
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
            return known(Service::S3, of_object(parts));
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

/// The operation of a request to S3, which its method and query say.
fn of_object(parts: &Parts) -> &'static str {
    let query = parts.uri.query().unwrap_or_default();
    let has = |name| query.split('&').any(|pair| pair.split('=').next() == Some(name));
    match parts.method {
        Method::HEAD => "HeadObject",
        Method::PUT if has("uploadId") => "UploadPart",
        Method::PUT => "PutObject",
        Method::POST if has("uploads") => "CreateMultipartUpload",
        Method::POST => "CompleteMultipartUpload",
        Method::DELETE if has("uploadId") => "AbortMultipartUpload",
        Method::DELETE => "DeleteObject",
        _ => "GetObject",
    }
}

fn known(service: Service, name: &str) -> Option<Operation> {
    KNOWN
        .iter()
        .find(|(of, known)| *of == service && *known == name)
        .map(|(service, name)| Operation { service: *service, name })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_for_objects_are_told_apart() {
        for (method, path, name) in [
            (Method::GET, "/b/k?x-id=GetObject", "GetObject"),
            (Method::HEAD, "/b/k", "HeadObject"),
            (Method::PUT, "/b/k?x-id=PutObject", "PutObject"),
            (Method::PUT, "/b/k?partNumber=1&uploadId=a", "UploadPart"),
            (Method::POST, "/b/k?uploads", "CreateMultipartUpload"),
            (Method::POST, "/b/k?uploadId=a", "CompleteMultipartUpload"),
            (Method::DELETE, "/b/k?uploadId=a", "AbortMultipartUpload"),
            (Method::DELETE, "/b/k", "DeleteObject"),
        ] {
            let request = http::Request::builder().method(method).uri(path);
            let request = request.header("authorization", "AWS4 Credential=a/b/c/s3/aws4_request");
            let (parts, ()) = request.body(()).expect("a request").into_parts();
            let expected = Operation { service: Service::S3, name };
            assert_eq!(Operation::to_aws(&parts), Some(expected));
        }
    }
}
