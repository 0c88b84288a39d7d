//! Cold starts: from the process's start until it asks for its first event, and that event.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::campaign;
use crate::function::Function;
use crate::gateway::Taken;
use crate::source;
use crate::spread::Spread;
use crate::stack::{Programs, World};

/// How often each function is started.
const STARTS: usize = 15;

/// Milliseconds.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Cold {
    pub(crate) start: Spread,
    pub(crate) start_cpu: Spread,
    pub(crate) first_event: Spread,
    pub(crate) first_event_cpu: Spread,
}

/// Starts each function again and again and hands it one event that needs AWS.
pub(crate) async fn starts(
    world: &World,
    programs: &Programs,
) -> anyhow::Result<BTreeMap<&'static str, Cold>> {
    let mut functions = BTreeMap::new();
    for name in ["Send", "Dispatch", "PollStatus", "Webhooks", "Receipts"] {
        let mut samples: [Vec<f64>; 4] = Default::default();
        for _ in 0..STARTS {
            let mut function = world.start(programs, name).await?;
            let started = function.start;
            let ((), wall) = source::timed(first_event(world, &mut function)).await?;
            let cpu = function.used().cpu_seconds - started.cpu_seconds;
            let sample = [
                started.wall.as_secs_f64() * 1e3,
                started.cpu_seconds * 1e3,
                wall * 1e3,
                cpu * 1e3,
            ];
            for (all, one) in samples.iter_mut().zip(sample) {
                all.push(one);
            }
        }
        let [start, start_cpu, first_event, first_event_cpu] = samples.map(|all| Spread::of(&all));
        functions.insert(name, Cold { start, start_cpu, first_event, first_event_cpu });
    }
    Ok(functions)
}

/// A callback, a sweep, or a message about something that is gone.
async fn first_event(world: &World, function: &mut Function) -> anyhow::Result<()> {
    let nobody = Uuid::from_u128(1);
    let ids = json!({ "organizationId": nobody, "campaignId": nobody });
    let with = |more: Value| {
        let mut job = ids.clone();
        if let (Some(job), Value::Object(more)) = (job.as_object_mut(), more) {
            job.extend(more);
        }
        json!({ "v": 1, "job": job })
    };
    let body = match function.name {
        "Webhooks" => {
            let query = format!("o={nobody}&c={nobody}&m={nobody}&k=campaign").into();
            return source::call_back(&Taken { sid: 0, to: 14_155_550_100, query }, function).await;
        }
        "PollStatus" => return function.invoke(campaign::sweep()).await.map(|_| ()),
        "Receipts" => json!({ "v": 1, "delivery": {
            "message": { "organization_id": nobody, "campaign_id": nobody, "message_id": nobody,
                         "kind": "campaign" },
            "to": "+14155550100",
            "receipt": { "provider_id": "SM0", "status": "delivered", "reason": null, "code": null,
                         "at": "2026-11-25T09:00:00.000Z" },
        }}),
        "Send" => with(json!({ "type": "fan_out" })),
        _ => with(json!({ "type": "chunk", "epoch": 0, "shard": 0, "number": 0 })),
    };
    let queues = &world.aws.queues;
    queues.put("first", body.to_string(), None, Duration::ZERO);
    source::run(queues, "first", 1, function).await?;
    Ok(())
}
