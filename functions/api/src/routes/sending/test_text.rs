//! The text of a test message.

use shared::body::Body;
use shared::contact::Contact;
use shared::organization::Organization;

use super::super::contacts;
use crate::problem::Problem;
use crate::state::Volley;

/// The text that the contact would get. Without a contact, merge fields have their defaults.
pub(super) async fn test_text(
    app: &Volley,
    organization: &Organization,
    body: &Body,
    contact: Option<&str>,
) -> Result<Body, Problem> {
    let contact = match contact {
        Some(written) => Some(named(app, organization, written).await?),
        None => None,
    };
    let Some(template) = body.template() else {
        return Ok(body.clone());
    };
    let template = template.map_err(|error| Problem::field("/body", error.to_string()))?;
    let text = template.render(&body.fields_of(template, contact.as_ref())).map_err(|error| {
        let detail = match &contact {
            Some(_) => format!("the contact {error}"),
            None => format!("a test without a contact {error}; name a contact"),
        };
        Problem::field("/contactId", detail)
    })?;
    Ok(Body::from(text))
}

async fn named(
    app: &Volley,
    organization: &Organization,
    written: &str,
) -> Result<Contact, Problem> {
    let missing = || Problem::field("/contactId", "must name a contact of the organization");
    contacts::named(app, organization, written).await?.ok_or_else(missing)
}
