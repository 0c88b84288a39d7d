use std::sync::Mutex;

use serde_json::json;
use shared::job::PollsJob;
use shared::trace::TraceId;

use super::*;
use crate::testing::{Lines, Server};
use crate::trace;
use crate::usage::Usage;

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PHONE: &str = "+14155550123";

/// A poll's job as the queue gives it.
fn record(id: &str, number: u32, trace: Option<&str>) -> serde_json::Value {
    let campaign = "00000000-0000-0000-0000-000000000002";
    let job = json!({
        "type": "poll", "organizationId": campaign, "campaignId": campaign, "number": number,
    });
    json!({"messageId": id, "body": json!({"v": 2, "job": job, "trace": trace}).to_string()})
}

#[test]
fn each_record_succeeds_or_fails_by_itself_in_its_trace() {
    let server = Server::start(|_| (200, json!({"MessageId": "1"}).to_string()));
    let dead_letters =
        DeadLetters::new(&server.aws(), format!("{}/dead", server.url), Usage::default());
    let unreadable = json!({"v": 2, "job": {"type": PHONE}}).to_string();
    let event: SqsEvent = serde_json::from_value(json!({"Records": [
        record("done", 0, Some(TRACE)),
        record("failed", 1, Some(TRACE)),
        record("panicked", 2, None),
        {"messageId": "unreadable", "body": unreadable},
        {"messageId": "newer", "body": json!({"v": VERSION + 1}).to_string()},
    ]}))
    .expect("an event");
    let traces: Mutex<Vec<Option<TraceId>>> = Mutex::default();
    let handle = async |job: PollsJob| {
        traces.lock().expect("not poisoned").push(trace::current());
        match job {
            PollsJob::Poll { number: 0, .. } => Ok(()),
            PollsJob::Poll { number: 1, .. } => anyhow::bail!("the provider is away"),
            PollsJob::Poll { .. } | PollsJob::Drain { .. } => panic!("a mistake"),
        }
    };

    let mut failed = Vec::new();
    let lines = Lines::of("warn", || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let response = runtime.expect("a runtime").block_on(run(event, "1", &dead_letters, handle));
        failed = response.batch_item_failures.into_iter().map(|it| it.item_identifier).collect();
    });

    assert_eq!(failed, ["newer", "failed", "panicked"]);
    let read = |trace: &Option<TraceId>| trace.map(|trace| trace.to_string());
    let traces: Vec<_> = traces.lock().expect("not poisoned").iter().map(read).collect();
    assert_eq!(traces[..2], [Some(TRACE.to_owned()), Some(TRACE.to_owned())]);
    assert!(traces[2].is_some(), "a job without a trace begins one");
    let line = |message: &str| lines.iter().find(|line| line["message"] == message);
    assert_eq!(line("failed to do a job").expect("a line")["span"]["trace.id"], TRACE);
    assert_eq!(line("panicked at a job").expect("a line")["queue.message.id"], "panicked");
    assert!(lines.iter().all(|line| !line.to_string().contains(PHONE)), "{lines:?}");
    assert_eq!(server.count(PHONE), 1, "the dead letter has what could not be read");
}
