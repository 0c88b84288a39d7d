//! The parameters of a webhook's body, which is a form or a JSON object.

use serde_json::{Map, Value};

use super::webhook::Request;

/// The parameters in their order.
pub(super) struct Parameters {
    pub(super) pairs: Vec<(String, String)>,
    pub(super) is_json: bool,
}

impl Parameters {
    /// Reads a body, or returns the status that refuses the request.
    pub(super) fn read(request: &Request) -> Result<Self, u16> {
        let content_type = request.header("content-type").unwrap_or_default();
        let media_type = content_type.split(';').next().unwrap_or_default().trim();
        if media_type.eq_ignore_ascii_case("application/json") {
            return Ok(Self { pairs: of_json(&request.body)?, is_json: true });
        }
        if media_type.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            let pairs = form_urlencoded::parse(&request.body).into_owned().collect();
            return Ok(Self { pairs, is_json: false });
        }
        Err(400)
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// The members of an object: texts as they are, and anything else in JSON.
fn of_json(body: &[u8]) -> Result<Vec<(String, String)>, u16> {
    let object: Map<String, Value> = serde_json::from_slice(body).map_err(|_| 400_u16)?;
    let parameter = |(name, value)| match value {
        Value::String(text) => (name, text),
        other => (name, other.to_string()),
    };
    Ok(object.into_iter().map(parameter).collect())
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::gateway::webhook::Endpoint;

    fn read(content_type: &str, body: &str) -> Result<Vec<(String, String)>, u16> {
        let headers = [("content-type".to_owned(), content_type.to_owned())];
        let request = Request {
            endpoint: Endpoint::Status,
            url: String::new(),
            query: String::new(),
            headers: HashMap::from(headers),
            body: body.as_bytes().to_vec(),
        };
        Parameters::read(&request).map(|parameters| parameters.pairs)
    }

    #[test]
    fn a_json_body_has_a_forms_parameters() {
        let pairs = |pairs: [(&str, &str); 2]| {
            Ok(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec())
        };
        let [json, form] = ["Application/JSON; charset=utf-8", "application/x-www-form-urlencoded"];
        for (content_type, body, expected) in [
            (json, r#"{"a":"x","b":30003}"#, pairs([("a", "x"), ("b", "30003")])),
            (form, "b=%26&a=x+y", pairs([("b", "&"), ("a", "x y")])),
            (form, "", Ok(Vec::new())),
            (json, "[]", Err(400)),
            (json, "{", Err(400)),
            ("text/plain", "a=x", Err(400)),
            ("", "a=x", Err(400)),
        ] {
            assert_eq!(read(content_type, body), expected, "{content_type} {body}");
        }
    }
}
