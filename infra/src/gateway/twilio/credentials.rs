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
    const FORM: &'static str = "an auth token or a JSON object with authToken, and each token and \
                                signing key must have at least 16 characters";

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
        // A blank key was never set: anyone could sign with it.
        let is_set = |key: &String| !key.trim().is_empty();
        let credentials = Self {
            auth_token,
            previous_auth_token: previous_auth_token.filter(is_set),
            signing_keys: signing_keys.into_iter().filter(is_set).collect(),
        };
        let Self { auth_token, previous_auth_token, signing_keys } = &credentials;
        let mut keys = previous_auth_token.iter().chain(signing_keys);
        let is_valid = is_token(auth_token) && keys.all(|key| is_long(key));
        is_valid.then_some(credentials)
    }
}

/// What is shorter is a placeholder, and anyone could sign with it. Twilio's tokens have 32
/// characters.
const MIN_KEY_LENGTH: usize = 16;

fn is_long(key: &str) -> bool {
    key.trim().chars().count() >= MIN_KEY_LENGTH
}

fn is_token(text: &str) -> bool {
    is_long(text) && text.bytes().all(|b| b.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "0123456789abcdef";

    #[test]
    fn a_secret_is_a_token_or_an_object() {
        let token =
            |value: &str| Credentials::parse(value).map(|credentials| credentials.auth_token);
        assert_eq!(token(&format!(" {TOKEN} \n")), Some(TOKEN.to_owned()));
        let object = format!(r#"{{"authToken":"{TOKEN}","signingKeys":["{TOKEN}"]}}"#);
        assert_eq!(token(&object), Some(TOKEN.to_owned()));
        for value in [
            "",
            "two words of a sentence",
            "{}",
            r#"{"authToken":""}"#,
            r#"{"authToken":" "}"#,
            r#"{"token":"0123456789abcdef"}"#,
            "{",
        ] {
            assert_eq!(Credentials::parse(value), None, "{value}");
        }
    }

    #[test]
    fn a_placeholder_is_no_key() {
        for value in [
            "changeme",
            "0123456789abcde",
            r#"{"authToken":"changeme"}"#,
            r#"{"authToken":"0123456789abcdef","signingKeys":["x"]}"#,
            r#"{"authToken":"0123456789abcdef","signingKeys":["x               "]}"#,
            r#"{"authToken":"0123456789abcdef","previousAuthToken":"old"}"#,
        ] {
            assert_eq!(Credentials::parse(value), None, "{value}");
        }
        assert!(Credentials::FORM.contains(&MIN_KEY_LENGTH.to_string()), "the error says so");
    }

    #[test]
    fn blank_keys_are_not_set() {
        let secret = format!(
            r#"{{"authToken":"{TOKEN}","previousAuthToken":"","signingKeys":[""," ","{TOKEN}"]}}"#
        );
        let credentials = Credentials::parse(&secret).expect("credentials");
        assert_eq!(credentials.previous_auth_token, None);
        assert_eq!(credentials.signing_keys, [TOKEN]);
    }

    #[test]
    fn secrets_are_not_printed() {
        let credentials = Credentials::parse(TOKEN).expect("a token");
        assert!(!format!("{credentials:?}").contains(TOKEN));
    }
}
