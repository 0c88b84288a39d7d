//! Saved filters over contacts.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::Context;
use super::counting;
use crate::api::Body;
use crate::arguments::{Limit, Yes};
use crate::ask::confirm;
use crate::failure::Failure;
use crate::output::{PREVIEW, SEGMENT};

#[derive(Debug, Subcommand)]
pub(crate) enum Segments {
    /// List segments
    List(Limit),
    /// Show a segment with its filter
    Show {
        /// The segment's ID
        id: String,
    },
    /// Save a filter
    Create {
        /// The segment's name
        name: String,
        #[command(flatten)]
        filter: Filter,
    },
    /// Replace a segment's filter
    Edit {
        /// The segment's ID
        id: String,
        /// The segment's new name
        #[arg(long)]
        name: Option<String>,
        #[command(flatten)]
        filter: Filter,
    },
    /// Show how many people a segment or a filter reaches
    Preview {
        /// The segment
        #[arg(required_unless_present_any = ["filter", "filter_file"])]
        id: Option<String>,
        #[command(flatten)]
        filter: Filter,
        /// Count everyone, even if that takes minutes
        #[arg(long)]
        exact: bool,
    },
    /// Show why a contact belongs to a segment or not
    Explain {
        /// The segment's ID
        id: String,
        /// The contact
        contact: String,
    },
    /// Delete a segment
    Delete {
        /// The segment's ID
        id: String,
        #[command(flatten)]
        yes: Yes,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Filter {
    #[arg(
        long,
        value_name = "JSON",
        help = r#"The filter, such as '{"field": "tags", "op": "in", "value": ["vip"]}'"#
    )]
    filter: Option<String>,
    /// Read the filter from this file
    #[arg(long, value_name = "FILE", conflicts_with = "filter")]
    filter_file: Option<PathBuf>,
}

impl Filter {
    fn read(self) -> Result<Option<Value>, Failure> {
        let text = match (self.filter, self.filter_file) {
            (Some(text), _) => text,
            (None, Some(path)) => std::fs::read_to_string(&path).map_err(Failure::file(&path))?,
            (None, None) => return Ok(None),
        };
        let filter = serde_json::from_str(&text);
        filter
            .map(Some)
            .map_err(|error| Failure::usage(format!("the filter is not valid JSON: {error}")))
    }

    fn required(self) -> Result<Value, Failure> {
        self.read()?.ok_or_else(|| Failure::usage("add --filter JSON or --filter-file FILE"))
    }
}

impl Segments {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let Context { api, output } = context;
        match self {
            Self::List(limit) => context.list(&["segments"], &[], &limit, &SEGMENT).await,
            Self::Show { id } => {
                let path = api.path(&["segments", &id]).await?;
                output.one(&api.get(&path, &[]).await?, &SEGMENT)
            }
            Self::Create { name, filter } => {
                let body = json!({"name": name, "filter": filter.required()?});
                output.one(&api.post(&api.path(&["segments"]).await?, &body).await?, &SEGMENT)
            }
            Self::Edit { id, name, filter } => {
                let path = api.path(&["segments", &id]).await?;
                let segment = api.get(&path, &[]).await?;
                let body = json!({
                    "name": name.map_or_else(|| segment["name"].clone(), Value::from),
                    "filter": filter.read()?.unwrap_or_else(|| segment["filter"].clone()),
                });
                output.one(&api.put(&path, Body::Json(&body)).await?, &SEGMENT)
            }
            Self::Preview { id, filter, exact } => {
                let (path, body) = match (id, filter.read()?) {
                    (Some(id), None) => {
                        (api.path(&["segments", &id, "preview"]).await?, json!({"exact": exact}))
                    }
                    (_, Some(filter)) => (
                        api.path(&["segments", "preview"]).await?,
                        json!({"filter": filter, "exact": exact}),
                    ),
                    (None, None) => return Err(Failure::usage("name a segment or a filter")),
                };
                output.one(&counting::preview(context, &path, &body).await?, &PREVIEW)
            }
            Self::Explain { id, contact } => {
                let path = api.path(&["segments", &id, "explain"]).await?;
                crate::output::Output::json(&api.get(&path, &[("contact", contact)]).await?)
            }
            Self::Delete { id, yes } => {
                confirm(&format!("Delete segment {id}?"), yes.yes)?;
                api.delete(&api.path(&["segments", &id]).await?, Body::None).await?;
                output.note(&format!("Deleted segment {id}."));
                Ok(())
            }
        }
    }
}
