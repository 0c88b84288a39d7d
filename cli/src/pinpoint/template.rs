//! Pinpoint's message templates (Handlebars) as Volley's (Jinja). A template is translated as a whole or
//! refused with the part that has no equal.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::Value;

use super::template_path::field;
use super::values::Values;

/// A template that was translated.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Translated {
    pub(crate) body: String,
}

/// The text of `SMSTemplateResponse`, and its default substitutions: JSON within a string.
pub(super) fn translate(template: &Value, values: &Values) -> Result<Translated, String> {
    let body = template["Body"].as_str().ok_or("it has no text; save it with get-sms-template")?;
    let defaults = match &template["DefaultSubstitutions"] {
        Value::String(text) if !text.trim().is_empty() => serde_json::from_str(text)
            .map_err(|_| "its default substitutions are not valid JSON".to_owned())?,
        _ => BTreeMap::new(),
    };
    translate_body(body, &defaults, values)
}

pub(super) fn translate_body(
    body: &str,
    defaults: &BTreeMap<String, String>,
    values: &Values,
) -> Result<Translated, String> {
    let mut translation = Translation { defaults, values, body: String::new(), open: 0 };
    let mut rest = body;
    while let Some(start) = rest.find("{{") {
        translation.literal(&rest[..start]);
        let (opening, closing) =
            if rest[start..].starts_with("{{{") { ("{{{", "}}}") } else { ("{{", "}}") };
        let inner = &rest[start + opening.len()..];
        let end = inner.find(closing).ok_or("a {{ is never closed")?;
        translation.tag(inner[..end].trim().trim_matches('~').trim())?;
        rest = &inner[end + closing.len()..];
    }
    translation.literal(rest);
    if translation.open > 0 {
        return Err("an {{#if}} is never closed".to_owned());
    }
    Ok(Translated { body: translation.body })
}

struct Translation<'t> {
    defaults: &'t BTreeMap<String, String>,
    values: &'t Values,
    body: String,
    /// How many conditions are open.
    open: u32,
}

impl Translation<'_> {
    /// Text that is sent as it is, though Jinja would read it otherwise.
    fn literal(&mut self, text: &str) {
        let mut rest = text;
        while let Some(place) = ["{%", "{#"].iter().filter_map(|mark| rest.find(mark)).min() {
            self.body += &rest[..place];
            let _ = write!(self.body, "{{{{ \"{}\" }}}}", &rest[place..place + 2]);
            rest = &rest[place + 2..];
        }
        self.body += rest;
    }

    fn tag(&mut self, tag: &str) -> Result<(), String> {
        if tag.starts_with('!') {
            return Ok(());
        }
        if let Some(condition) = tag.strip_prefix("#if ") {
            let field = field(one(condition)?, self.values)?;
            let _ = write!(self.body, "{{% if {field} %}}");
            self.open += 1;
            return Ok(());
        }
        if matches!(tag, "else" | "/if") {
            let is_end = tag == "/if";
            self.open = self
                .open
                .checked_sub(u32::from(is_end))
                .filter(|_| self.open > 0)
                .ok_or_else(|| format!("{{{{{tag}}}}} has no {{{{#if}}}}"))?;
            self.body += if is_end { "{% endif %}" } else { "{% else %}" };
            return Ok(());
        }
        if let Some(block) = tag.strip_prefix(['#', '/', '^', '>', '&']) {
            let name = block.split_whitespace().next().unwrap_or_default();
            return Err(format!("the helper {name:?} has no equal"));
        }
        let variable = one(tag)?;
        let field = field(variable, self.values)?;
        // A missing value without a default showed nothing.
        let name = variable.rsplit_once(".[").map_or(variable, |(name, _)| name);
        let default = self.defaults.get(variable).or_else(|| self.defaults.get(name));
        let default = default.map(String::as_str).unwrap_or_default();
        let default = default.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
        let _ = write!(self.body, "{{{{ {field} | default(\"{default}\") }}}}");
        Ok(())
    }
}

/// A variable alone. With arguments, it is the name of a helper.
fn one(tag: &str) -> Result<&str, String> {
    let tag = tag.trim();
    // A name may have spaces, but then it begins with a known group.
    let is_variable = ["User.", "Attributes.", "Metrics.", "Location.", "Demographic."]
        .iter()
        .any(|group| tag.starts_with(group));
    match tag.split_once(char::is_whitespace) {
        Some((helper, _)) if !is_variable => Err(format!("the helper {helper:?} has no equal")),
        _ if tag.contains(['(', ')', '=', '"']) => Err(format!("{tag:?} has no equal")),
        _ => Ok(tag),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(body: &str, expected: Result<&str, &str>) {
        let defaults = json!({"User.UserAttributes.FirstName": "\"friend\""}).to_string();
        let mut values = Values::default();
        values.note(&json!({"Attributes": {"Interests": ["bread", "cake"], "Plan": ["gold"]}}));
        let template = json!({"Body": body, "DefaultSubstitutions": defaults});
        let translated = translate(&template, &values).map(|translated| translated.body);
        match (translated, expected) {
            (Ok(body), Ok(expected)) => assert_eq!(body, expected),
            (Err(reason), Err(expected)) => assert!(reason.contains(expected), "{reason}"),
            (translated, expected) => panic!("{body}: {translated:?}, not {expected:?}"),
        }
    }

    #[test]
    fn variables_and_conditions_are_translated() {
        check("Open today", Ok("Open today"));
        check(
            "Hi {{User.UserAttributes.FirstName}}!",
            Ok(r#"Hi {{ attributes["User.UserAttributes.FirstName"] | default("\"friend\"") }}!"#),
        );
        check(
            "{{Attributes.Plan.[0]}} {{{ Metrics.Orders }}}{{! a note }} {{Address}}",
            Ok(
                r#"{{ attributes["Attributes.Plan"] | default("") }} {{ attributes["Metrics.Orders"] | default("") }} {{ phone | default("") }}"#,
            ),
        );
        check(
            "{{#if Attributes.Plan}}a{{else}}b{{/if}}",
            Ok(r#"{% if attributes["Attributes.Plan"] %}a{% else %}b{% endif %}"#),
        );
        check("50 {% off {# now", Ok(r#"50 {{ "{%" }} off {{ "{#" }} now"#));
        check(
            "{{Attributes.Home Store}}",
            Ok(r#"{{ attributes["Attributes.Home Store"] | default("") }}"#),
        );
    }

    #[test]
    fn what_has_no_equal_is_refused_by_name() {
        check("{{Attributes.Interests.[0]}}", Err("one of several values"));
        check("{{Attributes.Plan.[2]}}", Err("a later value"));
        check("{{#each Attributes.Interests}}{{this}}{{/each}}", Err("the helper \"each\""));
        check("{{uppercase User.UserAttributes.FirstName}}", Err("the helper \"uppercase\""));
        check("{{RecommendationItems.[0]}}", Err("no merge field for"));
        check("{{Recommendations.Offer}}", Err("no merge field for"));
        check("{{Demographic.Make}}", Err("no merge field for"));
        check("{{#if Attributes.Plan}}a", Err("never closed"));
        check("a{{/if}}", Err("has no {{#if}}"));
        check("{{else}}", Err("has no {{#if}}"));
        check("{{Attributes.Plan", Err("never closed"));
        check("{{> partial}}", Err("the helper \"partial\""));
        let broken = json!({"Body": "a", "DefaultSubstitutions": "{"});
        assert!(translate(&broken, &Values::default()).is_err());
    }
}
