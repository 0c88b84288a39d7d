//! The texts that contacts would get.

use clap::Args;
use serde_json::{Map, Value};

use super::Context;
use crate::api::count;
use crate::commands::org::put;
use crate::failure::Failure;
use crate::output::{Format, Output, TEXT};

/// Show the texts that contacts would get
///
/// Without --contact, contacts of the target are sampled, and the shortest, the longest and the costliest
/// text are shown, with the contacts that get none.
#[derive(Debug, Args)]
pub(crate) struct Preview {
    /// The draft's ID
    id: String,
    /// Show the text of this contact. May be repeated
    #[arg(long = "contact", value_name = "ID")]
    contacts: Vec<String>,
    /// How many contacts to sample
    #[arg(long, value_name = "N", conflicts_with = "contacts")]
    samples: Option<u32>,
}

impl Preview {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        let Context { api, output } = context;
        let mut body = Map::new();
        if !self.contacts.is_empty() {
            body.insert("contacts".to_owned(), self.contacts.into());
        }
        put(&mut body, "samples", self.samples);
        let path = api.path(&["campaigns", &self.id, "preview"]).await?;
        let preview = api.post(&path, &body.into()).await?;
        if output.format() == Format::Json && output.is_whole() {
            return Output::json(&preview);
        }
        output.rows(&texts(&preview), &TEXT)?;
        output.note(&format!(
            "Rendered for {} contacts; {} of them would get no text.",
            count(&preview["contacts"]),
            count(&preview["failed"])
        ));
        Ok(())
    }
}

/// Each text once.
fn texts(preview: &Value) -> Vec<Value> {
    let named = preview["texts"].as_array().into_iter().flatten();
    let extremes = ["shortest", "longest", "mostParts"].map(|name| &preview[name]);
    let failing = preview["failing"].as_array().into_iter().flatten();
    let mut texts: Vec<Value> = Vec::new();
    for text in named.chain(extremes).chain(failing).filter(|text| text.is_object()) {
        if !texts.iter().any(|shown| shown["contactId"] == text["contactId"]) {
            texts.push(text.clone());
        }
    }
    texts
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_text_is_shown_once() {
        let text = |id: &str| json!({"contactId": id});
        let preview = json!({
            "texts": [],
            "shortest": text("1"),
            "longest": text("2"),
            "mostParts": text("2"),
            "failing": [text("3")],
        });
        assert_eq!(texts(&preview), [text("1"), text("2"), text("3")]);
        assert!(texts(&json!({"shortest": null})).is_empty());
    }
}
