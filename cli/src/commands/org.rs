//! Organizations and their settings.

use clap::{Args, Subcommand};
use reqwest::Method;
use serde_json::{Map, Value, json};

use super::Context;
use super::report::Period;
use crate::api::{Body, Pages, under};
use crate::arguments::Limit;
use crate::failure::Failure;
use crate::output::{AUDITED, ORGANIZATION};

#[derive(Debug, Subcommand)]
pub(crate) enum Org {
    /// List organizations
    List(Limit),
    /// Show an organization with its settings; the one of the key by default
    Show {
        id: Option<String>,
    },
    /// Create an organization
    ///
    /// Requires the deployment's admin key.
    Create {
        name: String,
        /// The number that texts come from
        #[arg(long, value_name = "PHONE")]
        sender: String,
        #[command(flatten)]
        settings: Settings,
    },
    /// Delete an organization with everything that it has
    ///
    /// Requires the deployment's admin key.
    Delete {
        id: String,
        /// The organization's name, so that no other is deleted by mistake
        #[arg(long, value_name = "NAME")]
        confirm: String,
    },
    /// Change settings
    Set {
        /// The organization's name
        #[arg(long)]
        name: Option<String>,
        /// The number that texts come from
        #[arg(long, value_name = "PHONE")]
        sender: Option<String>,
        /// The price of a part, by country. May be repeated
        #[arg(long = "price", value_name = "COUNTRY=AMOUNT", value_parser = pair)]
        prices: Vec<(String, String)>,
        /// The keywords besides the standard ones, as JSON with `stop`, `start`, `help` and `replies`. They are
        /// replaced as a whole
        #[arg(long, value_name = "JSON", value_parser = object)]
        keywords: Option<Value>,
        /// The opt-out list of the sender in the AWS account; unsubscribes are reconciled with it every day.
        /// Requires the deployment's admin key
        #[arg(long, value_name = "LIST")]
        opt_out_list: Option<String>,
        /// The currency of the prices
        #[arg(long, default_value = "USD", requires = "prices")]
        currency: String,
        #[command(flatten)]
        settings: Settings,
    },
    Report(Period),
    /// List who changed what, newest first
    Audit(Limit),
}

#[derive(Debug, Args)]
pub(crate) struct Settings {
    /// The country whose national phones are accepted
    #[arg(long, value_name = "COUNTRY")]
    region: Option<String>,
    /// How many message parts the provider accepts per second
    #[arg(long, value_name = "N")]
    parts_per_second: Option<u32>,
    /// The highest rate that the organization's admin can set. Requires the deployment's admin key
    #[arg(long, value_name = "N")]
    max_parts_per_second: Option<u32>,
    /// A number that the organization may send from; all of them are replaced. May be repeated. Requires the
    /// deployment's admin key
    #[arg(long = "sender-phone", value_name = "PHONE")]
    sender_phones: Vec<String>,
    /// The time zone of segments' filters and of reports, such as `America/New_York`
    #[arg(long, value_name = "ZONE")]
    time_zone: Option<String>,
    /// How many test messages may be sent per day
    #[arg(long, value_name = "N")]
    tests_per_day: Option<u32>,
    /// The provider's settings as JSON, such as '{"kind": "aws"}'
    #[arg(long, value_name = "JSON", value_parser = object)]
    provider: Option<Value>,
}

/// `NAME=VALUE`.
pub(crate) fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("must be NAME=VALUE".to_owned()),
    }
}

fn object(text: &str) -> Result<Value, String> {
    match serde_json::from_str(text) {
        Ok(value @ Value::Object(_)) => Ok(value),
        Ok(_) => Err("must be a JSON object".to_owned()),
        Err(error) => Err(format!("is not valid JSON: {error}")),
    }
}

impl Settings {
    fn put_in(self, body: &mut Map<String, Value>) {
        put(body, "defaultRegion", self.region);
        put(body, "partsPerSecond", self.parts_per_second);
        put(body, "maxPartsPerSecond", self.max_parts_per_second);
        if !self.sender_phones.is_empty() {
            body.insert("senderPhones".to_owned(), self.sender_phones.into());
        }
        put(body, "timeZone", self.time_zone);
        put(body, "testsPerDay", self.tests_per_day);
        put(body, "provider", self.provider);
    }
}

/// Sets a field of a body, if there is a value.
pub(crate) fn put<V: Into<Value>>(body: &mut Map<String, Value>, name: &str, value: Option<V>) {
    if let Some(value) = value {
        body.insert(name.to_owned(), value.into());
    }
}

impl Org {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let Context { api, output } = context;
        let mut body = Map::new();
        match self {
            Self::List(limit) => {
                let pages = Pages::new(api, "/v1/organizations".to_owned(), &[], limit.get());
                output.list(pages, &ORGANIZATION).await
            }
            Self::Show { id } => {
                let id = match id {
                    Some(id) => id,
                    None => api.organization().await?,
                };
                output.one(&api.get(&under(&id, &[]), &[]).await?, &ORGANIZATION)
            }
            Self::Create { name, sender, settings } => {
                body.insert("name".to_owned(), name.into());
                body.insert("senderPhone".to_owned(), sender.into());
                settings.put_in(&mut body);
                let organization = api.post("/v1/organizations", &body.into()).await?;
                output.one(&organization, &ORGANIZATION)?;
                output.note("Next: volley keys create NAME --role sender --organization ID");
                Ok(())
            }
            Self::Delete { id, confirm } => {
                let path = under(&id, &[]);
                let query = [("confirm", confirm)];
                let deleted = api.call(Method::DELETE, &path, &query, Body::None).await?;
                output.one(&deleted, &ORGANIZATION)?;
                output.note("It is gone for everyone. Its data is removed within the hour.");
                Ok(())
            }
            Self::Report(period) => period.run(context).await,
            Self::Audit(limit) => context.list(&["audit"], &[], &limit, &AUDITED).await,
            Self::Set { name, sender, prices, keywords, opt_out_list, currency, settings } => {
                put(&mut body, "name", name);
                put(&mut body, "senderPhone", sender);
                put(&mut body, "keywords", keywords);
                put(&mut body, "optOutList", opt_out_list);
                settings.put_in(&mut body);
                if !prices.is_empty() {
                    let prices: Map<_, _> =
                        prices.into_iter().map(|(name, value)| (name, value.into())).collect();
                    let prices = json!({"currency": currency, "perPart": prices});
                    body.insert("prices".to_owned(), prices);
                }
                if body.is_empty() {
                    return Err(Failure::usage(
                        "name a setting to change; see `volley org set --help`",
                    ));
                }
                let path = api.path(&[]).await?;
                output.one(&api.patch(&path, &body.into()).await?, &ORGANIZATION)
            }
        }
    }
}
