//! The names of secrets.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The name of a secret: `ssm:/path` of a parameter, or `secretsmanager:name` of a secret. Volley
/// never stores the secret itself.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SecretName(String);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a name such as ssm:/volley/NAME or secretsmanager:volley/NAME")]
pub struct InvalidSecretName;

impl FromStr for SecretName {
    type Err = InvalidSecretName;

    /// Only names under `volley` are allowed, so that a tenant can't use the deployment's other
    /// secrets.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let path = text.strip_prefix("ssm:/").or(text.strip_prefix("secretsmanager:"));
        let known = |b: u8| b.is_ascii_alphanumeric() || b"_-./".contains(&b);
        let is_name = path.and_then(|path| path.strip_prefix("volley/")).is_some_and(|name| {
            (1..=200).contains(&name.len()) && name.bytes().all(known) && !name.contains("..")
        });
        if is_name { Ok(Self(text.to_owned())) } else { Err(InvalidSecretName) }
    }
}

impl TryFrom<String> for SecretName {
    type Error = InvalidSecretName;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<SecretName> for String {
    fn from(SecretName(name): SecretName) -> Self {
        name
    }
}

impl fmt::Display for SecretName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_below_volley_are_secrets() {
        for name in ["ssm:/volley/acme/twilio", "secretsmanager:volley/acme"] {
            assert!(name.parse::<SecretName>().is_ok(), "{name}");
        }
        for name in
            ["", "ssm:/other", "ssm:/volley/", "ssm:volley/a", "ssm:/volley/../a", "x:volley/a"]
        {
            assert_eq!(name.parse::<SecretName>(), Err(InvalidSecretName), "{name}");
        }
    }
}
