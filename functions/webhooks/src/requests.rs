//! The requests of a receipt are those of its program in the model.

use infra::clock;
use model::kept::Kept;
use model::programs::Program;
use model::protocol;
use model::scenario::{Scenario, phone};
use model::sequence::Case;
use model::world::Kind;
use sequence::compare;
use serde_json::json;
use shared::message::Status;
use shared::receipt::Delivery;

use crate::{App, receipts};

async fn apply(name: &str, scenario: &Scenario, delivery: Delivery) {
    let program = Program::Receipt(Kept::new(delivery.clone()));
    compare(name, &Case::new(&scenario.world, program), async |stage| {
        let body = json!({ "v": shared::job::VERSION, "delivery": delivery }).to_string();
        let event = json!({ "Records": [{ "messageId": "1", "body": body }] });
        let event = serde_json::from_value(event).expect("an event");
        let response = Box::pin(receipts::apply(&stage.build(App::build), event, "request")).await;
        assert!(response.batch_item_failures.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_receipt_whenever_it_comes() {
    protocol::start_at(clock::now());
    let to = phone(0, 0, 1);
    let pending = Scenario::fanned_out(std::slice::from_ref(&to), 1);
    let program = pending.queued(Kind::Chunk).expect("a chunk's job");
    let claimed = pending.clone().stopped_after(program.clone(), &[], 5);
    let sent = pending.clone().once(Kind::Chunk);
    let own = format!("{to}-0");
    let receipt =
        |id: &str, status, opts_out| protocol::receipt(&to, id, status, opts_out, clock::now());
    let delivered = receipt(&own, Status::Delivered, false);
    let mut known = sent.clone();
    known.world.table.apply_receipt(&delivered, model::table::Rules::Whole);
    for (case, scenario, receipt) in [
        ("before its message", &pending, delivered.clone()),
        ("before its outcome", &claimed, delivered.clone()),
        ("after its outcome", &sent, delivered.clone()),
        ("twice", &known, delivered),
        ("lower than known", &known, receipt(&own, Status::Sent, false)),
        ("of another id", &sent, receipt("another", Status::Delivered, false)),
        ("of an opt-out", &sent, receipt(&own, Status::Failed, true)),
    ] {
        apply(case, scenario, receipt).await;
    }
}
