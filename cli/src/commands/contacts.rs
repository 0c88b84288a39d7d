//! Contacts.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::{Map, Value, json};

use super::Context;
use super::org::{pair, put};
use crate::api::Body;
use crate::arguments::{Limit, Yes};
use crate::ask::confirm;
use crate::failure::Failure;
use crate::output::CONTACT;

mod export;

/// The most contacts that one request deletes.
const MAX_DELETED: usize = 100;

#[derive(Debug, Subcommand)]
pub(crate) enum Contacts {
    /// List contacts
    List(Limit),
    /// Show a contact
    Show { id: String },
    /// Add a contact
    Add(Profile),
    /// Delete contacts
    Delete {
        #[arg(required = true)]
        ids: Vec<String>,
        #[command(flatten)]
        yes: Yes,
    },
    /// Export all contacts, as a file that `volley import` reads
    ///
    /// The file is CSV, or JSON lines if its name ends in .jsonl or `--output json` is given.
    Export {
        /// The file to write; standard output by default
        #[arg(long, value_name = "FILE")]
        to: Option<PathBuf>,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Profile {
    /// In E.164, or in national format of the organization's region
    #[arg(long)]
    phone: Option<String>,
    #[arg(long, value_name = "NAME")]
    first_name: Option<String>,
    #[arg(long, value_name = "NAME")]
    last_name: Option<String>,
    #[arg(long)]
    email: Option<String>,
    /// May be repeated
    #[arg(long = "attribute", value_name = "NAME=VALUE", value_parser = pair)]
    attributes: Vec<(String, String)>,
}

impl Profile {
    fn body(self) -> Map<String, Value> {
        let mut body = Map::new();
        put(&mut body, "phone", self.phone);
        put(&mut body, "firstName", self.first_name);
        put(&mut body, "lastName", self.last_name);
        put(&mut body, "email", self.email);
        if !self.attributes.is_empty() {
            let attributes = self.attributes.into_iter();
            let attributes: Map<_, _> =
                attributes.map(|(name, value)| (name, value.into())).collect();
            body.insert("attributes".to_owned(), attributes.into());
        }
        body
    }
}

impl Contacts {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let Context { api, output } = context;
        match self {
            Self::List(limit) => context.list(&["contacts"], &[], &limit, &CONTACT).await,
            Self::Show { id } => {
                let path = api.path(&["contacts", &id]).await?;
                output.one(&api.get(&path, &[]).await?, &CONTACT)
            }
            Self::Add(profile) => {
                let path = api.path(&["contacts"]).await?;
                output.one(&api.post(&path, &profile.body().into()).await?, &CONTACT)
            }
            Self::Delete { ids, yes } => {
                confirm(&format!("Delete {} contacts?", ids.len()), yes.yes)?;
                let path = api.path(&["contacts"]).await?;
                for some in ids.chunks(MAX_DELETED) {
                    api.delete(&path, Body::Json(&json!({"ids": some}))).await?;
                }
                output.note(&format!("Deleted {} contacts.", ids.len()));
                Ok(())
            }
            Self::Export { to } => export::run(context, to.as_deref()).await,
        }
    }
}
