//! Previews and quotes of an audience: how soon they are returned with a function's share of a
//! processor.

use std::sync::Arc;

use hyper::Method;
use serde_json::{Value, json};

use crate::api::Api;
use crate::audience::{Audience, filter};
use crate::function::Function;
use crate::share::Share;
use crate::source::{self, timed};
use crate::stack::{Programs, World};
use crate::template::Template;

/// The memory of Api and Send in the template.
const MEMORY_MB: u64 = 256;
const AIM_FIRST_SECONDS: f64 = 10.0;
const AIM_EXACT_SECONDS: f64 = 120.0;

/// What one audience took, in seconds of time.
struct Run {
    contacts: usize,
    first: f64,
    /// Of the first answer.
    error: Value,
    exact: f64,
    quote: f64,
    resident_peak_mib: f64,
}

pub(crate) async fn measure(
    programs: &Programs,
    template: Template,
    sizes: &[usize],
) -> anyhow::Result<String> {
    let mut lines = vec![format!(
        "With the share of a processor that {MEMORY_MB} MB get:\n\
         recipients | first answer, s | its error | everyone counted, s | quote, s | Send, MiB"
    )];
    for size in sizes {
        let run = run(programs, template, *size).await?;
        lines.push(format!(
            "{} | {:.1} | {} | {:.1} | {:.1} | {:.1}",
            run.contacts, run.first, run.error, run.exact, run.quote, run.resident_peak_mib
        ));
        let is_reached =
            run.first <= AIM_FIRST_SECONDS && run.exact.max(run.quote) <= AIM_EXACT_SECONDS;
        let reached = if is_reached { "reached" } else { "NOT reached" };
        lines.push(format!(
            "at most {AIM_FIRST_SECONDS} s to the first answer and {AIM_EXACT_SECONDS} s to the others: {reached}"
        ));
    }
    Ok(lines.join("\n"))
}

async fn run(programs: &Programs, template: Template, size: usize) -> anyhow::Result<Run> {
    let world = World::open(template).await?;
    let share = Share::of_memory(MEMORY_MB)?;
    let api = Api::new(world.start(programs, "Api").await?);
    let mut audience = Audience::make(&world.aws, api, size, true).await?;
    let mut send = world.start(programs, "Send").await?;
    share.limit(audience.api.process())?;
    share.limit(send.process())?;
    let preview = format!("{}/segments/preview", audience.base());
    let body = json!({ "filter": filter(), "samples": 0 });
    let asked = audience.api.ask(Method::POST, &preview, Some(body.clone()));
    let (estimated, first) = timed(asked).await?;
    let mut whole = body;
    whole["exact"] = json!(true);
    let exact = Asked { path: preview, body: whole };
    let (counted, exact) = timed(exact.answer(&mut audience.api, &world, &mut send)).await?;
    let quote = Asked { path: format!("{}/quote", audience.path()), body: json!({}) };
    let (quoted, quote) = timed(quote.answer(&mut audience.api, &world, &mut send)).await?;
    anyhow::ensure!(
        counted["recipients"] == size && quoted["recipients"] == size,
        "not everyone was counted: {counted} {quoted}"
    );
    Ok(Run {
        contacts: size,
        first,
        error: estimated["error"].clone(),
        exact,
        quote,
        resident_peak_mib: send.resident_peak_mib(),
    })
}

/// A request whose response may be computed in the background.
struct Asked {
    path: String,
    body: Value,
}

impl Asked {
    async fn answer(
        &self,
        api: &mut Api,
        world: &World,
        send: &mut Function,
    ) -> anyhow::Result<Value> {
        let first = api.ask(Method::POST, &self.path, Some(self.body.clone())).await?;
        if first.get("progress").is_none() {
            return Ok(first);
        }
        let aws = Arc::clone(&world.aws);
        source::run(&aws.queues, "jobs", world.template.jobs, send).await?;
        api.ask(Method::POST, &self.path, Some(self.body.clone())).await
    }
}
