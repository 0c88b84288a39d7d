//! Bodies as clients write them, in campaigns and templates.

use std::collections::BTreeMap;

use infra::table::ContactFilter;
use shared::body::{Body, Defaults, Format, InvalidBody, MAX_CHARACTERS};
use shared::organization::Organization;
use shared::template::MergeField;
use shared::text;

use crate::checks::Checks;
use crate::problem::Problem;
use crate::state::Volley;

/// The contacts that are searched for the fields that a body names.
const SAMPLED_CONTACTS: usize = 100;

/// The bytes of all defaults of a body. A recipient without own values is stored with them.
const MAX_DEFAULTS_BYTES: usize = 2 * 1_024;

/// A body with what says how to read it. `before` is the body that it replaces.
pub(super) struct Written<'a> {
    pub(super) body: &'a str,
    pub(super) format: Option<Format>,
    pub(super) defaults: Option<&'a BTreeMap<String, String>>,
    pub(super) before: Option<&'a Body>,
}

impl Written<'_> {
    /// An unchanged body keeps its format, and its defaults stay if none are given.
    pub(super) fn checked(&self, checks: &mut Checks) -> Option<Body> {
        let body = checks.take("/body", self.parsed());
        let defaults = match self.defaults {
            Some(written) => checks.take("/defaults", defaults(written)),
            None => Some(self.before.map(Body::defaults).unwrap_or_default()),
        };
        Some(body?.with_defaults(defaults?))
    }

    fn parsed(&self) -> Result<Body, String> {
        let unchanged = self.before.filter(|body| body.as_str() == self.body).map(Body::format);
        let format = self.format.or(unchanged).unwrap_or_else(|| Format::guess(self.body));
        Body::parse(self.body, format).map_err(|error| match (&error, self.format) {
            (InvalidBody::Template(_), None) => {
                format!("{error}; to send braces as they are, set bodyFormat to text")
            }
            (InvalidBody::Template(_) | InvalidBody::Text(_), _) => error.to_string(),
        })
    }
}

fn defaults(written: &BTreeMap<String, String>) -> Result<Defaults, String> {
    if written.values().map(String::len).sum::<usize>() > MAX_DEFAULTS_BYTES {
        return Err(format!("must have at most {MAX_DEFAULTS_BYTES} bytes in all"));
    }
    let read = |(name, value): (&String, &String)| {
        let field = MergeField::named(name).ok_or_else(|| {
            format!(r#""{name}" must be a merge field such as firstName or attributes["City"]"#)
        })?;
        let value = text::body(value, MAX_CHARACTERS).map_err(|error| format!("{name} {error}"))?;
        Ok((field, value))
    };
    written.iter().map(read).collect()
}

/// Rejects a plain body that the organization's provider would reject for every recipient. The texts
/// of a template are checked one by one when the audience is cut.
pub(super) fn check_body(organization: &Organization, body: Option<&Body>) -> Result<(), Problem> {
    let provider = &organization.sender.provider;
    let plain = body.filter(|body| body.format() == Format::Text);
    let checked = plain.map(|body| provider.check_body(body.as_str())).transpose();
    checked.map(drop).map_err(|error| Problem::field("/body", error.to_string()))
}

/// What a person should know about a body that they wrote: the defaults that it doesn't use, and the
/// fields without a default that none of the sampled contacts has.
pub(super) async fn warnings(
    app: &Volley,
    organization: &Organization,
    body: Option<&Body>,
    written: Option<&BTreeMap<String, String>>,
) -> Result<Vec<String>, Problem> {
    let mut warnings = body.map(|body| unused(body, written)).unwrap_or_default();
    warnings.extend(missing(app, organization, body).await?);
    Ok(warnings)
}

/// The defaults that a body doesn't use. They only warn, because a body may be changed before or
/// after its defaults, and a draft may get its fields later. A plain body keeps none.
fn unused(body: &Body, written: Option<&BTreeMap<String, String>>) -> Vec<String> {
    match body.template() {
        Some(Ok(template)) => {
            let defaults = body.defaults();
            let unused = defaults.keys().filter(|field| !template.fields().contains(field));
            unused.map(|field| format!("the body does not use the default of {field}")).collect()
        }
        None if written.is_some_and(|written| !written.is_empty()) => {
            vec!["the body has no merge fields, so its defaults were not saved".to_owned()]
        }
        None | Some(Err(_)) => Vec::new(),
    }
}

/// The fields without a default that none of the sampled contacts has.
async fn missing(
    app: &Volley,
    organization: &Organization,
    body: Option<&Body>,
) -> Result<Vec<String>, Problem> {
    let template = body.and_then(|body| Some((body, body.template()?.ok()?)));
    let Some((body, template)) = template.filter(|(_, it)| !it.fields().is_empty()) else {
        return Ok(Vec::new());
    };
    let all = ContactFilter::default();
    let (sampled, _) = app.table.contacts(organization, &all, SAMPLED_CONTACTS, None).await?;
    let defaults = body.defaults();
    let missing = template.fields().iter().filter(|field| {
        !defaults.contains_key(field) && sampled.iter().all(|contact| field.of(contact).is_none())
    });
    let count = sampled.len();
    let warn = |field: &MergeField| format!("none of {count} sampled contacts has {field}");
    Ok(if count == 0 { Vec::new() } else { missing.map(warn).collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(
        body: &str,
        format: Option<Format>,
        defaults: Option<&BTreeMap<String, String>>,
        before: Option<&Body>,
    ) -> Option<Body> {
        Written { body, format, defaults, before }.checked(&mut Checks::default())
    }

    /// Bodies with braces that were saved before there were templates stay as they are.
    #[test]
    fn a_body_keeps_its_format_until_it_changes() {
        let old = Body::from("{{ club }}".to_owned());
        let of = |body, format, before| checked(body, format, None, before).map(|it| it.format());
        assert_eq!(of("{{ club }}", None, Some(&old)), Some(Format::Text));
        assert_eq!(of("{{ club }}", None, None), None);
        assert_eq!(of("{{ club }}", Some(Format::Text), None), Some(Format::Text));
        assert_eq!(of("{{ firstName }}", None, Some(&old)), Some(Format::Template));
        assert_eq!(of("Hi", Some(Format::Template), None), Some(Format::Template));
    }

    #[test]
    fn defaults_that_a_body_does_not_use_are_named() {
        let written = |names: &[&str]| -> BTreeMap<String, String> {
            names.iter().map(|name| ((*name).to_owned(), "there".to_owned())).collect()
        };
        let warned = |body: &str, names: &[&str]| {
            let written = written(names);
            unused(&checked(body, None, Some(&written), None).expect("a body"), Some(&written))
        };
        assert!(warned("Hi {{ firstName }}", &["firstName"]).is_empty());
        assert_eq!(
            warned("Hi {{ firstName }}", &["firstName", "attributes.City"]),
            ["the body does not use the default of attributes[\"City\"]"]
        );
        let plain = "the body has no merge fields, so its defaults were not saved";
        assert_eq!(warned("Hi", &["firstName"]), [plain]);
        assert!(warned("Hi", &[]).is_empty());
        let kept = checked(
            "Hi {{ lastName }}",
            None,
            None,
            checked("Hi {{ firstName }}", None, Some(&written(&["firstName"])), None).as_ref(),
        );
        let kept = unused(&kept.expect("a body"), None);
        assert_eq!(kept, ["the body does not use the default of firstName"]);
    }

    #[test]
    fn defaults_are_kept_unless_others_are_given() {
        let written = |name: &str| BTreeMap::from([(name.to_owned(), "there".to_owned())]);
        let named = written("firstName");
        let before = checked("Hi {{ firstName }}", None, Some(&named), None).expect("a body");
        assert_eq!(before.defaults().len(), 1);
        let kept = checked("Dear {{ firstName }}", None, None, Some(&before)).expect("a body");
        assert_eq!(kept.defaults(), before.defaults());
        let none = checked("Hi {{ firstName }}", None, Some(&BTreeMap::new()), Some(&before));
        assert!(none.expect("a body").defaults().is_empty());
        assert_eq!(checked("Hi", None, Some(&written("nickname")), None), None);
        let defaults = |bytes: usize| {
            let fields = ["firstName", "lastName"].map(str::to_owned);
            fields.into_iter().map(|name| (name, "x".repeat(bytes))).collect()
        };
        assert!(checked("Hi {{ firstName }}", None, Some(&defaults(1_024)), None).is_some());
        assert_eq!(checked("Hi {{ firstName }}", None, Some(&defaults(1_025)), None), None);
    }
}
