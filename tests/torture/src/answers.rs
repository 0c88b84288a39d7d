//! Error responses as each service phrases them.

use http::{Response, StatusCode};
use http_body_util::Full;
use hyper::body::Bytes;
use serde_json::{Value, json};

use crate::operation::{Operation, Service};

pub type Answer = Response<Full<Bytes>>;

fn answer(status: u16, content_type: &str, headers: &[(&str, &str)], body: String) -> Answer {
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or_default();
    let named = [("content-type", content_type)];
    for (name, value) in named.iter().chain(headers) {
        if let (Ok(name), Ok(value)) =
            (http::HeaderName::from_bytes(name.as_bytes()), http::HeaderValue::from_str(value))
        {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

#[must_use]
pub fn json(status: u16, body: &Value) -> Answer {
    answer(status, "application/x-amz-json-1.0", &[], body.to_string())
}

fn aws(status: u16, code: &str) -> Answer {
    json(status, &json!({"__type": code, "message": "Injected.", "Message": "Injected."}))
}

fn dynamo(status: u16, code: &str) -> Answer {
    aws(status, &format!("com.amazonaws.dynamodb.v20120810#{code}"))
}

fn xml(status: u16, code: &str) -> Answer {
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code>\
         <Message>Injected.</Message><RequestId>0</RequestId></Error>"
    );
    answer(status, "application/xml", &[], body)
}

fn twilio(status: u16, code: u32) -> Answer {
    let body = json!({"code": code, "message": "Injected.", "status": status,
        "more_info": format!("https://www.twilio.com/docs/errors/{code}")});
    answer(status, "application/json", &[], body.to_string())
}

/// The service throttles the request. `dice` picks one of the forms in which the service does that.
#[must_use]
pub fn throttle(operation: Operation, dice: u64, body: &[u8]) -> Answer {
    match operation.service {
        Service::DynamoDb if operation.name == "TransactWriteItems" && dice.is_multiple_of(2) => {
            cancelled(body, "ThrottlingError", dice)
        }
        Service::DynamoDb if dice.is_multiple_of(3) => {
            dynamo(400, "ProvisionedThroughputExceededException")
        }
        Service::DynamoDb => aws(400, "com.amazon.coral.availability#ThrottlingException"),
        Service::Sqs => aws(400, "com.amazonaws.sqs#RequestThrottled"),
        Service::Scheduler => answer(
            429,
            "application/json",
            &[("x-amzn-errortype", "ThrottlingException")],
            json!({"Message": "Injected."}).to_string(),
        ),
        Service::S3 => xml(503, "SlowDown"),
        Service::Ssm | Service::Sms => aws(400, "ThrottlingException"),
        Service::Twilio => twilio(429, 20_429),
    }
}

/// The service fails.
#[must_use]
pub fn error(operation: Operation, dice: u64) -> Answer {
    let unavailable = dice.is_multiple_of(2);
    match operation.service {
        Service::DynamoDb if unavailable => aws(503, "com.amazon.coral.service#ServiceUnavailable"),
        Service::DynamoDb => dynamo(500, "InternalServerError"),
        Service::Sqs => aws(500, "com.amazonaws.sqs#InternalFailure"),
        Service::Scheduler => answer(
            500,
            "application/json",
            &[("x-amzn-errortype", "InternalServerException")],
            json!({"Message": "Injected."}).to_string(),
        ),
        Service::S3 if unavailable => xml(503, "ServiceUnavailable"),
        Service::S3 => xml(500, "InternalError"),
        Service::Ssm => aws(500, "InternalServerError"),
        Service::Sms => aws(500, "InternalServerException"),
        Service::Twilio if unavailable => {
            answer(503, "text/html", &[], "<html>unavailable</html>".to_owned())
        }
        Service::Twilio => twilio(500, 20_500),
    }
}

/// The write conflicts with a transaction.
#[must_use]
pub fn conflict(operation: Operation, dice: u64, body: &[u8]) -> Answer {
    if operation.name == "TransactWriteItems" {
        cancelled(body, "TransactionConflict", dice)
    } else {
        dynamo(400, "TransactionConflictException")
    }
}

/// A transaction that was cancelled because of one of its writes.
fn cancelled(body: &[u8], code: &str, dice: u64) -> Answer {
    let request: Value = serde_json::from_slice(body).unwrap_or_default();
    let count = request["TransactItems"].as_array().map_or(1, Vec::len).max(1);
    let at = usize::try_from(dice).unwrap_or_default() % count;
    let reasons: Vec<Value> = (0..count)
        .map(|place| {
            if place == at {
                json!({"Code": code, "Message": "Injected."})
            } else {
                json!({"Code": "None"})
            }
        })
        .collect();
    let names: Vec<&str> = reasons.iter().filter_map(|reason| reason["Code"].as_str()).collect();
    let told = format!(
        "Transaction cancelled, please refer cancellation reasons for specific reasons [{}]",
        names.join(", ")
    );
    json(
        400,
        &json!({
            "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
            "Message": told, "message": told, "CancellationReasons": reasons,
        }),
    )
}
