//! What is known of a person, and forgetting them.

use std::time::Duration;

use clap::Subcommand;
use serde_json::{Value, json};

use super::Context;
use super::report::section;
use crate::api::text;
use crate::arguments::Yes;
use crate::ask::confirm;
use crate::failure::Failure;
use crate::output::{CONTACT, ERASURE, Format, INBOUND, MESSAGE, Output, PERSON, PREFERENCE};
use crate::progress::Progress;

const POLL_EVERY: Duration = Duration::from_secs(2);

#[derive(Debug, Subcommand)]
pub(crate) enum People {
    /// Show what is known of a person, by their phone
    ///
    /// Their contacts, whether they opted out, the newest 100 texts from them, and all messages to them.
    Show {
        /// The person's phone
        phone: String,
    },
    /// Erase a person for good, and keep them from being texted again
    ///
    /// Requires an admin. Sums of campaigns stay as they are. Waits until everything is erased.
    Erase {
        /// The person's phone
        phone: String,
        /// Do not wait until everything is erased
        #[arg(long)]
        no_wait: bool,
        #[command(flatten)]
        yes: Yes,
    },
}

impl People {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        match self {
            Self::Show { phone } => show(context, &phone).await,
            Self::Erase { phone, no_wait, yes } => {
                let question = "Erase this person for good? It cannot be undone.";
                confirm(question, yes.yes)?;
                erase(context, &phone, !no_wait).await
            }
        }
    }
}

async fn show(context: &Context, phone: &str) -> Result<(), Failure> {
    let Context { api, output } = context;
    let path = api.path(&["people", phone]).await?;
    let mut person = api.get(&path, &[]).await?;
    let mut messages = items(&person["messages"]);
    while let Some(cursor) = person["nextCursor"].as_str().map(str::to_owned) {
        let page = api.get(&path, &[("cursor", cursor)]).await?;
        messages.extend(items(&page["messages"]));
        person["nextCursor"] = page["nextCursor"].clone();
    }
    person["messages"] = messages.into();
    if output.format() != Format::Table || !output.is_whole() {
        return output.one(&person, &PERSON);
    }
    output.one(&summary(&person), &PERSON)?;
    for (list, resource) in [
        ("contacts", &CONTACT),
        ("preferences", &PREFERENCE),
        ("messages", &MESSAGE),
        ("inbound", &INBOUND),
    ] {
        section(output, &items(&person[list]), resource)?;
    }
    if person["erasure"].is_object() {
        Output::raw("\n")?;
        output.one(&person["erasure"], &ERASURE)?;
    }
    Ok(())
}

fn items(list: &Value) -> Vec<Value> {
    list.as_array().cloned().unwrap_or_default()
}

/// How much there is of each list.
fn summary(person: &Value) -> Value {
    let number = |name: &str| person[name].as_array().map_or(0, Vec::len);
    json!({
        "phones": person["phones"],
        "contacts": number("contacts"),
        "preferences": number("preferences"),
        "messages": number("messages"),
        "inbound": number("inbound"),
    })
}

async fn erase(context: &Context, phone: &str, waits: bool) -> Result<(), Failure> {
    let Context { api, output } = context;
    let path = api.path(&["people", phone]).await?;
    let mut erasure = api.remove(&path).await?;
    let mut progress = Progress::new(output, "seconds, erasing");
    let mut seconds = 0;
    while waits && text(&erasure["status"]) == "running" {
        tokio::time::sleep(POLL_EVERY).await;
        seconds += POLL_EVERY.as_secs();
        progress.set(seconds, None);
        let person = api.get(&path, &[]).await?;
        if person["erasure"].is_object() {
            erasure = person["erasure"].clone();
        }
    }
    progress.finish();
    output.one(&erasure, &ERASURE)
}
