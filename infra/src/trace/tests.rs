use shared::ids::OrganizationId;
use shared::job::PollsJob;
use uuid::Uuid;

use super::*;
use crate::testing::Lines;

fn job() -> Job {
    Job::from(PollsJob::Poll {
        organization_id: OrganizationId(Uuid::from_u128(1)),
        campaign_id: CampaignId(Uuid::from_u128(2)),
        number: 3,
    })
}

fn block_on<F: Future>(work: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().build().expect("a runtime").block_on(work)
}

#[test]
fn every_line_of_a_scope_names_its_work() {
    let trace = TraceId::new([7; 16]);
    let lines = Lines::of("warn", || {
        let scope = Scope::of_job("request", &job(), Some(trace));
        block_on(scope.run(async { tracing::error!("failed") }));
        tracing::error!("outside");
    });
    let [inside, outside] = &lines[..] else { panic!("{lines:?}") };
    assert_eq!(inside["message"], "failed");
    let span = &inside["span"];
    assert_eq!(span["requestId"], "request");
    assert_eq!(span["trace.id"], trace.to_string());
    assert_eq!(span["job"], "poll");
    assert_eq!(span["campaign.id"], "00000000-0000-0000-0000-000000000002");
    assert_eq!(span.get("import.id"), None);
    assert_eq!(outside.get("span"), None);
}

#[test]
fn a_level_hides_lines_and_keeps_spans() {
    let lines = Lines::of("error", || {
        let scope = Scope::new("request", "sweep", None);
        block_on(scope.run(async {
            tracing::warn!("hidden");
            tracing::error!("shown");
        }));
    });
    let [line] = &lines[..] else { panic!("{lines:?}") };
    assert_eq!((&line["message"], &line["span"]["job"]), (&"shown".into(), &"sweep".into()));
}

#[test]
fn records_of_a_batch_keep_their_traces_apart() {
    let seen = block_on(async {
        let traced = |byte| {
            let scope = Scope::new("request", "chunk", Some(TraceId::new([byte; 16])));
            scope.run(async {
                let before = current();
                tokio::task::yield_now().await;
                (before, current())
            })
        };
        futures::future::join_all([1, 2, 3].map(traced)).await
    });
    for (byte, seen) in (1..).zip(seen) {
        let trace = Some(TraceId::new([byte; 16]));
        assert_eq!(seen, (trace, trace));
    }
    assert_eq!(current(), None);
}

#[test]
fn a_clients_trace_takes_precedence() {
    let client = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let aws = "Root=1-5759e988-bd862e3fe1be46a994272793";
    let of = |client: Option<&'static str>, aws: Option<&'static str>| {
        of_request(|name| if name == "traceparent" { client } else { aws }).to_string()
    };
    assert_eq!(of(Some(client), Some(aws)), "4bf92f3577b34da6a3ce929d0e0e4736");
    assert_eq!(of(Some("malformed"), Some(aws)), "5759e988bd862e3fe1be46a994272793");
    assert_eq!(of(None, Some(aws)), "5759e988bd862e3fe1be46a994272793");
    assert_ne!(of(None, None), of(None, None));
}
