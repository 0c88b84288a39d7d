//! A Twilio account's credentials, as stored in a secret.

use std::fmt;

use serde::Deserialize;

use crate::secrets::Secret;

/// A secret's content: an auth token, or a JSON object with these fields.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Credentials {
    /// Sends messages and signs webhooks.
    pub auth_token: String,
    /// The previous token. During a rotation, webhooks may still be signed with it.
    pub previous_auth_token: Option<String>,
    /// Shared keys that sign webhooks instead of the token, if the account has any.
    #[serde(default)]
    pub signing_keys: Vec<String>,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials")
    }
}

impl Secret for Credentials {
    const FORM: &'static str = "an auth token or a JSON object with authToken, and no placeholder";

    fn parse(value: &str) -> Option<Self> {
        let value = value.trim();
        let credentials = if value.starts_with('{') {
            serde_json::from_str::<Self>(value).ok()?
        } else {
            Self {
                auth_token: value.to_owned(),
                previous_auth_token: None,
                signing_keys: Vec::new(),
            }
        };
        let Self { auth_token, previous_auth_token, signing_keys } = credentials;
        // Anyone could sign with a key that was never set.
        let is_set = |key: &String| !key.trim().is_empty();
        let mut others = previous_auth_token.iter().chain(&signing_keys);
        let is_valid = is_token(&auth_token) && !others.any(|key| is_placeholder(key));
        is_valid.then(|| Self {
            auth_token,
            previous_auth_token: previous_auth_token.filter(is_set),
            signing_keys: signing_keys.into_iter().filter(is_set).collect(),
        })
    }
}

/// What people write into a secret until they have its value.
const PLACEHOLDERS: [&str; 14] = [
    "changeme",
    "change",
    "placeholder",
    "dummy",
    "todo",
    "tbd",
    "none",
    "null",
    "undefined",
    "empty",
    "unset",
    "password",
    "authtoken",
    "yourauthtoken",
];

/// Whether a key is a word in the place of one, in any case and between any marks, or something crossed
/// out.
fn is_placeholder(key: &str) -> bool {
    let letters: String = key.chars().filter(char::is_ascii_alphanumeric).collect();
    let letters = letters.to_ascii_lowercase();
    let is_crossed_out = key.trim().len() > 1 && key.trim().chars().all(|c| "xX.*_-?".contains(c));
    PLACEHOLDERS.contains(&letters.as_str()) || is_crossed_out
}

fn is_token(text: &str) -> bool {
    !text.is_empty() && !is_placeholder(text) && text.bytes().all(|b| b.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_a_token_or_an_object() {
        let token = |value| Credentials::parse(value).map(|credentials| credentials.auth_token);
        assert_eq!(token(" abc \n"), Some("abc".to_owned()));
        assert_eq!(token(r#"{"authToken":"abc","signingKeys":["k"]}"#), Some("abc".to_owned()));
        for value in [
            "",
            "two words",
            "{}",
            r#"{"authToken":""}"#,
            r#"{"authToken":" "}"#,
            r#"{"token":"abc"}"#,
            "{",
        ] {
            assert_eq!(Credentials::parse(value), None, "{value}");
        }
    }

    #[test]
    fn a_placeholder_is_no_key() {
        for value in [
            "changeme",
            "CHANGE-ME",
            "<your-auth-token>",
            "xxxxxxxx",
            "...",
            r#"{"authToken":"changeme"}"#,
            r#"{"authToken":"abc","signingKeys":["TODO"]}"#,
            r#"{"authToken":"abc","previousAuthToken":"null"}"#,
        ] {
            assert_eq!(Credentials::parse(value), None, "{value}");
        }
    }

    #[test]
    fn blank_keys_are_not_set() {
        let secret = r#"{"authToken":"abc","previousAuthToken":"","signingKeys":[""," ","k"]}"#;
        let credentials = Credentials::parse(secret).expect("credentials");
        assert_eq!(credentials.previous_auth_token, None);
        assert_eq!(credentials.signing_keys, ["k"]);
    }

    #[test]
    fn secrets_are_not_printed() {
        let credentials = Credentials::parse("hush").expect("a token");
        assert!(!format!("{credentials:?}").contains("hush"));
    }
}
