//! Sending a draft, now or later, after showing what it will do.

use chrono::Utc;
use clap::Args;
use reqwest::Method;
use serde_json::{Map, Value};

use super::Context;
use super::watch;
use crate::api::{Body, Query, count, text};
use crate::arguments::Yes;
use crate::ask::confirm;
use crate::commands::counting::quote;
use crate::commands::org::put;
use crate::failure::Failure;
use crate::output::CAMPAIGN;
use crate::when;

/// Send a draft now, after showing its audience and price
#[derive(Debug, Args)]
pub(crate) struct Send {
    /// The draft's ID
    id: String,
    #[command(flatten)]
    limits: Limits,
    /// Show the progress until the campaign is done
    #[arg(long)]
    watch: bool,
    #[command(flatten)]
    yes: Yes,
}

/// Send a draft later, at most 14 days ahead
#[derive(Debug, Args)]
pub(crate) struct Schedule {
    /// The draft's ID
    id: String,
    /// When to send: 2026-11-30T09:00:00-08:00, or a span from now such as 90m, 2h or 3d
    #[arg(long, value_name = "TIME")]
    at: String,
    #[command(flatten)]
    limits: Limits,
    #[command(flatten)]
    yes: Yes,
}

/// What stops the campaign before anything is sent.
#[derive(Debug, Args)]
struct Limits {
    /// Send nothing if the campaign needs more message parts
    #[arg(long, value_name = "N")]
    max_parts: Option<u64>,
    /// Send nothing if the campaign costs more
    #[arg(long, value_name = "AMOUNT")]
    max_price: Option<String>,
    /// Refuse to send while an import changes contacts
    #[arg(long)]
    no_imports: bool,
}

impl Limits {
    fn query(&self) -> Vec<(&'static str, String)> {
        self.no_imports.then(|| ("waitForImports", "true".to_owned())).into_iter().collect()
    }

    fn body(self) -> Map<String, Value> {
        let mut body = Map::new();
        put(&mut body, "maxParts", self.max_parts);
        put(&mut body, "maxPrice", self.max_price);
        body
    }
}

impl Send {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        agree(context, &self.id, "now", self.yes.yes).await?;
        let query = self.limits.query();
        let campaign = send(context, &self.id, &query, self.limits.body()).await?;
        if self.watch {
            return watch::follow(context, &self.id).await;
        }
        context.output.one(&campaign, &CAMPAIGN)?;
        context.output.note(&format!("Next: volley campaigns watch {}", self.id));
        Ok(())
    }
}

impl Schedule {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let time = when::parse(&self.at, Utc::now()).map_err(Failure::Usage)?;
        let time = when::rfc3339(time);
        agree(context, &self.id, &format!("at {time}"), self.yes.yes).await?;
        let query = self.limits.query();
        let mut body = self.limits.body();
        body.insert("scheduledAt".to_owned(), time.into());
        let campaign = send(context, &self.id, &query, body).await?;
        context.output.one(&campaign, &CAMPAIGN)?;
        context.output.note(&format!("To undo it: volley campaigns cancel {}", self.id));
        Ok(())
    }
}

async fn send(
    context: &Context,
    id: &str,
    query: &Query<'_>,
    body: Map<String, Value>,
) -> Result<Value, Failure> {
    let path = context.api.path(&["campaigns", id, "send"]).await?;
    context.api.call(Method::POST, &path, query, Body::Json(&body.into())).await
}

/// Shows whom the campaign reaches and what it costs, and asks.
async fn agree(context: &Context, id: &str, when: &str, is_agreed: bool) -> Result<(), Failure> {
    if is_agreed {
        return Ok(());
    }
    let path = context.api.path(&["campaigns", id]).await?;
    let draft = context.api.get(&path, &[]).await?;
    let quote = quote(context, &path).await?;
    context.output.note(text(&draft["body"]));
    confirm(&question(text(&draft["name"]), &quote, when), false)
}

fn question(name: &str, quote: &Value, when: &str) -> String {
    let (recipients, parts) = (count(&quote["recipients"]), count(&quote["totalParts"]));
    let price = match (&quote["price"]["amount"], &quote["price"]["currency"]) {
        (Value::String(amount), Value::String(currency)) => format!(" for {amount} {currency}"),
        _ => String::new(),
    };
    format!("Send {name:?} {when} to {recipients} people in {parts} parts{price}?")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_question_names_people_and_price() {
        let mut quote = json!({
            "recipients": 1_610,
            "totalParts": 3_220,
            "price": {"amount": "25.44", "currency": "USD"},
        });
        assert_eq!(
            question("Spring", &quote, "now"),
            "Send \"Spring\" now to 1610 people in 3220 parts for 25.44 USD?"
        );
        quote["price"] = Value::Null;
        assert_eq!(
            question("Spring", &quote, "now"),
            "Send \"Spring\" now to 1610 people in 3220 parts?"
        );
    }
}
