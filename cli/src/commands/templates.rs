//! Texts that are kept for campaigns.

use clap::Subcommand;
use serde_json::{Map, Value};

use super::Context;
use super::body::Text;
use super::org::put;
use crate::api::Body;
use crate::arguments::{Limit, Yes};
use crate::ask::confirm;
use crate::failure::Failure;
use crate::output::TEMPLATE;

#[derive(Debug, Subcommand)]
pub(crate) enum Templates {
    /// List templates
    List(Limit),
    /// Show a template
    Show {
        /// The template's ID
        id: String,
        /// Show this version instead of the newest
        #[arg(long, value_name = "N")]
        version: Option<u32>,
    },
    /// Create a template
    Create {
        /// The template's name
        name: String,
        #[command(flatten)]
        text: Text,
    },
    /// Change a template; drafts that copied it stay as they are
    Edit {
        /// The template's ID
        id: String,
        /// The template's new name
        #[arg(long)]
        name: Option<String>,
        #[command(flatten)]
        text: Text,
    },
    /// Delete a template; drafts that copied it stay as they are
    Delete {
        /// The template's ID
        id: String,
        #[command(flatten)]
        yes: Yes,
    },
}

impl Templates {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let Context { api, output } = context;
        match self {
            Self::List(limit) => context.list(&["templates"], &[], &limit, &TEMPLATE).await,
            Self::Show { id, version } => {
                let query: Vec<_> =
                    version.into_iter().map(|version| ("version", version.to_string())).collect();
                let path = api.path(&["templates", &id]).await?;
                output.one(&api.get(&path, &query).await?, &TEMPLATE)
            }
            Self::Create { name, text } => {
                let mut body = Map::new();
                body.insert("name".to_owned(), name.into());
                text.put_in(&mut body)?;
                if !body.contains_key("body") {
                    return Err(Failure::usage("add --body TEXT or --body-file FILE"));
                }
                let template = api.post(&api.path(&["templates"]).await?, &body.into()).await?;
                output.one(&template, &TEMPLATE)
            }
            Self::Edit { id, name, text } => edit(context, &id, name, text).await,
            Self::Delete { id, yes } => {
                confirm(&format!("Delete template {id}?"), yes.yes)?;
                api.delete(&api.path(&["templates", &id]).await?, Body::None).await?;
                output.note(&format!("Deleted template {id}."));
                Ok(())
            }
        }
    }
}

/// The API replaces a template as a whole, so what is not changed is read first.
async fn edit(
    context: &Context,
    id: &str,
    name: Option<String>,
    text: Text,
) -> Result<(), Failure> {
    let Context { api, output } = context;
    let path = api.path(&["templates", id]).await?;
    let template = api.get(&path, &[]).await?;
    let mut body = Map::new();
    // Without a format and defaults, the API keeps those of the template.
    put(&mut body, "name", Some(name.map_or_else(|| template["name"].clone(), Value::from)));
    put(&mut body, "body", Some(template["body"].clone()));
    text.put_in(&mut body)?;
    output.one(&api.put(&path, Body::Json(&body.into())).await?, &TEMPLATE)
}
