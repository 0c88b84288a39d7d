//! Creating and editing a draft.

use clap::Args;
use serde_json::{Map, Value, json};

use super::Context;
use crate::api::{Body, text};
use crate::commands::body::Text;
use crate::commands::org::put;
use crate::failure::Failure;
use crate::output::CAMPAIGN;

/// Create a draft
#[derive(Debug, Args)]
pub(crate) struct Create {
    /// The draft's name
    name: String,
    #[command(flatten)]
    content: Content,
    #[command(flatten)]
    target: Target,
    /// Label the campaign. May be repeated
    #[arg(long = "tag", value_name = "TAG")]
    tags: Vec<String>,
}

/// Change a draft
#[derive(Debug, Args)]
pub(crate) struct Edit {
    /// The draft's ID
    id: String,
    /// The draft's new name
    #[arg(long)]
    name: Option<String>,
    #[command(flatten)]
    content: Content,
    #[command(flatten)]
    target: Target,
    /// Send to all contacts again
    #[arg(long, conflicts_with_all = ["include", "exclude"])]
    everyone: bool,
    /// Add a tag. May be repeated
    #[arg(long = "tag", value_name = "TAG")]
    add: Vec<String>,
    /// Remove a tag. May be repeated
    #[arg(long = "untag", value_name = "TAG")]
    remove: Vec<String>,
}

/// Where a campaign's text comes from.
#[derive(Debug, Args)]
struct Content {
    #[command(flatten)]
    text: Text,
    /// Copy the text of this template
    #[arg(
        long,
        value_name = "ID",
        conflicts_with_all = ["body", "body_file", "plain", "defaults"]
    )]
    template: Option<String>,
}

/// Whom a campaign is for: all contacts, unless there are segments.
#[derive(Debug, Args)]
struct Target {
    /// Send to this segment. May be repeated
    #[arg(long, value_name = "SEGMENT")]
    include: Vec<String>,
    /// Leave out everyone in this segment. May be repeated
    #[arg(long, value_name = "SEGMENT")]
    exclude: Vec<String>,
}

impl Target {
    fn body(self) -> Option<Value> {
        let is_given = !self.include.is_empty() || !self.exclude.is_empty();
        is_given.then(|| json!({"include": self.include, "exclude": self.exclude}))
    }
}

impl Create {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        let Context { api, output } = context;
        let mut body = Map::new();
        body.insert("name".to_owned(), self.name.into());
        self.content.text.put_in(&mut body)?;
        put(&mut body, "templateId", self.content.template);
        put(&mut body, "target", self.target.body());
        if !self.tags.is_empty() {
            body.insert("tags".to_owned(), self.tags.into());
        }
        let campaign = api.post(&api.path(&["campaigns"]).await?, &body.into()).await?;
        output.one(&campaign, &CAMPAIGN)?;
        let id = text(&campaign["id"]);
        output.note(&format!("Next: volley campaigns test {id} --to PHONE"));
        Ok(())
    }
}

impl Edit {
    /// The API replaces a draft as a whole, so what is not changed is read first.
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        let Context { api, output } = context;
        let path = api.path(&["campaigns", &self.id]).await?;
        let draft = api.get(&path, &[]).await?;
        let mut body = Map::new();
        body.insert(
            "name".to_owned(),
            self.name.map_or_else(|| draft["name"].clone(), Value::from),
        );
        match self.content.template {
            Some(template) => put(&mut body, "templateId", Some(template)),
            None => put(&mut body, "body", Some(draft["body"].clone())),
        }
        self.content.text.put_in(&mut body)?;
        // The API keeps the target and the tags of a draft that is replaced without them.
        let target = if self.everyone { Some(Value::Null) } else { self.target.body() };
        put(&mut body, "target", target);
        if !self.add.is_empty() || !self.remove.is_empty() {
            let tags = changed(&draft["tags"], self.add, &self.remove);
            body.insert("tags".to_owned(), tags.into());
        }
        output.one(&api.put(&path, Body::Json(&body.into())).await?, &CAMPAIGN)
    }
}

/// The tags after adding and removing some.
fn changed(tags: &Value, add: Vec<String>, remove: &[String]) -> Vec<String> {
    let mut tags: Vec<String> =
        tags.as_array().into_iter().flatten().map(|tag| text(tag).to_owned()).collect();
    for tag in add {
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    tags.retain(|tag| !remove.contains(tag));
    tags
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_added_once_and_removed() {
        let of = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let tags = changed(&json!(["a", "b"]), of(&["b", "c"]), &of(&["a"]));
        assert_eq!(tags, of(&["b", "c"]));
    }
}
