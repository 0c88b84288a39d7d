//! What the move creates besides contacts, and the templates among it.

use std::fmt::Write;

use serde_json::{Value, json};

use super::Context;
use crate::api::{Pages, text};
use crate::failure::Failure;
use crate::pinpoint::Balance;

/// The outcome of the templates, segments or campaigns that can move.
#[derive(Debug, Default)]
pub(super) struct Moved {
    pub(super) created: usize,
    /// Those of an earlier move, which stay as they are.
    pub(super) known: usize,
    /// Names, and why they were not created.
    pub(super) refused: Vec<(String, String)>,
}

impl Moved {
    pub(super) fn text(&self, what: &str) -> String {
        let mut text = format!("created {} {what}; {} were there\n", self.created, self.known);
        for (name, reason) in &self.refused {
            let _ = writeln!(text, "  {name}: {reason}");
        }
        text
    }

    pub(super) fn json(&self) -> Value {
        let refused = self.refused.iter();
        let refused: Vec<_> =
            refused.map(|(name, reason)| json!({"name": name, "reason": reason})).collect();
        json!({"created": self.created, "known": self.known, "refused": refused})
    }

    /// Creates something. What the API refuses is noted and does not end the move.
    pub(super) async fn create(
        &mut self,
        context: &Context,
        path: &str,
        name: &str,
        body: &Value,
    ) -> Result<Option<Value>, Failure> {
        match context.api.post(path, body).await {
            Ok(created) => {
                self.created += 1;
                Ok(Some(created))
            }
            Err(Failure::Refused(problem)) if matches!(problem.status, 409 | 413 | 422) => {
                self.refused.push((name.to_owned(), problem.to_string()));
                Ok(None)
            }
            Err(failure) => Err(failure),
        }
    }
}

/// All that the organization has of a kind.
pub(super) async fn all(
    context: &Context,
    kind: &str,
    query: &[(&str, String)],
) -> Result<Vec<Value>, Failure> {
    let path = context.api.path(&[kind]).await?;
    let mut pages = Pages::new(&context.api, path, query, None);
    let mut all = Vec::new();
    while let Some(items) = pages.next().await? {
        all.extend(items);
    }
    Ok(all)
}

/// Creates the templates. One with the same name is left alone.
pub(super) async fn templates(context: &Context, balance: &Balance) -> Result<Moved, Failure> {
    let mut moved = Moved::default();
    let known = all(context, "templates", &[]).await?;
    let path = context.api.path(&["templates"]).await?;
    for (name, fate) in &balance.templates {
        let Ok(body) = fate else { continue };
        match known.iter().find(|known| text(&known["name"]) == name) {
            Some(known) if text(&known["body"]) == body => moved.known += 1,
            Some(_) => {
                let reason = "there is a template with this name and another text";
                moved.refused.push((name.clone(), reason.to_owned()));
            }
            None => {
                let template = json!({"name": name, "body": body});
                moved.create(context, &path, name, &template).await?;
            }
        }
    }
    Ok(moved)
}
