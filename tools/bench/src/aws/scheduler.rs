//! The scheduler. Schedules fire at once: what they wait for is not measured.

use std::time::Duration;

use hyper::Method;
use serde::Deserialize;
use serde_json::json;

use super::queues::{Queues, name};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Schedule {
    target: Target,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Target {
    arn: String,
    input: String,
}

const CREATE: &str = "scheduler.CreateSchedule";
const DELETE: &str = "scheduler.DeleteSchedule";

pub(super) fn operation(method: &Method, path: &str) -> Option<&'static str> {
    path.strip_prefix("/schedules/")?;
    match *method {
        Method::POST => Some(CREATE),
        Method::DELETE => Some(DELETE),
        _ => None,
    }
}

pub(super) fn answer(queues: &Queues, operation: &str, body: &[u8]) -> (u16, Vec<u8>) {
    match operation {
        CREATE => match serde_json::from_slice::<Schedule>(body) {
            Ok(Schedule { target }) => {
                queues.put(&name(&target.arn), target.input, None, Duration::ZERO);
                let arn = "arn:aws:scheduler:us-east-1:000000000000:schedule/bench/one";
                (200, json!({ "ScheduleArn": arn }).to_string().into_bytes())
            }
            Err(error) => (400, error.to_string().into_bytes()),
        },
        DELETE => (200, b"{}".to_vec()),
        _ => (404, b"{}".to_vec()),
    }
}
