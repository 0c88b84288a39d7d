//! Contacts.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use clap::{Args, Subcommand};
use serde_json::{Map, Value, json};

use super::Context;
use super::exports::{self, ExportFormat, To};
use super::org::{pair, put};
use crate::api::Body;
use crate::arguments::{Limit, Yes};
use crate::ask::confirm;
use crate::failure::Failure;
use crate::output::CONTACT;

/// The most contacts that one request deletes.
const MAX_DELETED: usize = 100;

#[derive(Debug, Subcommand)]
pub(crate) enum Contacts {
    /// List contacts
    List {
        #[command(flatten)]
        filters: Filters,
        #[command(flatten)]
        limit: Limit,
    },
    /// Show a contact
    Show {
        /// Its ID, or `ext:` and its external ID
        id: String,
    },
    /// Add a contact
    Add(Profile),
    /// Change fields of a contact; the others stay
    Edit {
        /// The contact's ID
        id: String,
        #[command(flatten)]
        profile: Profile,
    },
    /// Add tags to contacts, or remove them
    Tag {
        /// The contacts' IDs
        #[arg(required = true)]
        ids: Vec<String>,
        /// A tag to add. May be repeated
        #[arg(long, value_name = "TAG", required_unless_present = "remove")]
        add: Vec<String>,
        /// A tag to remove. May be repeated
        #[arg(long, value_name = "TAG")]
        remove: Vec<String>,
    },
    /// Delete contacts
    Delete {
        /// The contacts' IDs
        #[arg(required = true)]
        ids: Vec<String>,
        #[command(flatten)]
        yes: Yes,
    },
    /// Export all contacts, as a file that `volley import` reads
    ///
    /// The same as `volley exports create contacts`.
    Export {
        /// csv for spreadsheets, or jsonl for programs: one JSON object a line
        #[arg(
            long,
            value_enum,
            default_value_t,
            value_name = "csv|jsonl",
            hide_possible_values = true
        )]
        format: ExportFormat,
        #[command(flatten)]
        to: To,
    },
}

/// Which contacts to list.
#[derive(Debug, Args)]
pub(crate) struct Filters {
    /// Only those with this tag
    #[arg(long)]
    tag: Option<String>,
    /// Only those of this segment
    #[arg(long, value_name = "ID")]
    segment: Option<String>,
    /// Only those with this phone
    #[arg(long)]
    phone: Option<String>,
    /// Only the one with this external ID
    #[arg(long, value_name = "ID")]
    external_id: Option<String>,
    /// Only active or inactive ones
    #[arg(long)]
    status: Option<String>,
    /// Only those whose phone, email, external ID or name begins with this
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
}

impl Filters {
    fn query(self) -> Vec<(&'static str, String)> {
        let filters = [
            ("tag", self.tag),
            ("segment", self.segment),
            ("phone", self.phone),
            ("externalId", self.external_id),
            ("status", self.status),
            ("q", self.search),
        ];
        filters.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }
}

#[derive(Debug, Args)]
pub(crate) struct Profile {
    /// The phone, in E.164 or in national format of the organization's region
    #[arg(long)]
    phone: Option<String>,
    /// The contact's first name
    #[arg(long, value_name = "NAME")]
    first_name: Option<String>,
    /// The contact's last name
    #[arg(long, value_name = "NAME")]
    last_name: Option<String>,
    /// The contact's email address
    #[arg(long)]
    email: Option<String>,
    /// The contact's ID in another system
    #[arg(long, value_name = "ID")]
    external_id: Option<String>,
    /// Campaigns skip inactive contacts
    #[arg(long, value_name = "active|inactive")]
    status: Option<String>,
    /// The contact's time zone, such as `America/New_York`
    #[arg(long, value_name = "ZONE")]
    time_zone: Option<String>,
    /// The contact's language, such as es-419
    #[arg(long, value_name = "TAG")]
    language: Option<String>,
    /// An attribute. May be repeated
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
        put(&mut body, "externalId", self.external_id);
        put(&mut body, "status", self.status);
        put(&mut body, "timeZone", self.time_zone);
        put(&mut body, "language", self.language);
        if !self.attributes.is_empty() {
            let attributes = self.attributes.into_iter();
            let attributes: Map<_, _> =
                attributes.map(|(name, value)| (name, value.into())).collect();
            body.insert("attributes".to_owned(), attributes.into());
        }
        body
    }
}

/// A contact as a path names it. Gateways decode a slash in an external ID, so that is sent in base64url.
fn named(id: &str) -> String {
    match id.strip_prefix("ext:") {
        Some(external) => format!("extb:{}", URL_SAFE_NO_PAD.encode(external)),
        None => id.to_owned(),
    }
}

impl Contacts {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let Context { api, output } = context;
        match self {
            Self::List { filters, limit } => {
                context.list(&["contacts"], &filters.query(), &limit, &CONTACT).await
            }
            Self::Show { id } => {
                let path = api.path(&["contacts", &named(&id)]).await?;
                output.one(&api.get(&path, &[]).await?, &CONTACT)
            }
            Self::Add(profile) => {
                let path = api.path(&["contacts"]).await?;
                output.one(&api.post(&path, &profile.body().into()).await?, &CONTACT)
            }
            Self::Edit { id, profile } => {
                let path = api.path(&["contacts", &named(&id)]).await?;
                output.one(&api.patch(&path, &profile.body().into()).await?, &CONTACT)
            }
            Self::Tag { ids, add, remove } => {
                let body = json!({"tags": {"add": add, "remove": remove}});
                let mut contacts = Vec::new();
                for id in &ids {
                    let path = api.path(&["contacts", &named(id)]).await?;
                    contacts.push(api.patch(&path, &body).await?);
                }
                output.rows(&contacts, &CONTACT)
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
            Self::Export { format, to } => exports::contacts(context, format, to).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn external_ids_survive_a_path() {
        assert_eq!(named("ext:a/b+"), "extb:YS9iKw");
        assert_eq!(named("01930000-0000-7000-8000-000000000001").len(), 36);
    }
}
