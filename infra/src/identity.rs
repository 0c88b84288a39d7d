//! The team's identity provider: where its keys are published (`OpenID` Connect Discovery 1.0).

use std::str::FromStr;
use std::sync::OnceLock;
use std::time::Duration;

use reqwest::{Client, Url};
use serde::Deserialize;

use crate::http;

/// The time limit for one document. A person is waiting.
const TIMEOUT: Duration = Duration::from_secs(3);
/// Providers publish a few keys of a kilobyte each.
const MAX_BYTES: usize = 256 * 1_024;

/// The issuer's URL, exactly as its tokens name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issuer(String);

#[derive(Debug, thiserror::Error)]
#[error("must be an https:// URL without a query or a fragment")]
pub struct InvalidIssuer;

#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    #[error("failed to reach the identity provider")]
    Request(#[from] reqwest::Error),
    #[error("the identity provider's document is larger than {MAX_BYTES} bytes")]
    TooLarge,
    #[error("the identity provider's configuration is malformed")]
    Malformed(#[from] serde_json::Error),
    #[error("the identity provider's configuration names another issuer")]
    OtherIssuer,
    #[error("the identity provider's keys are not at an https:// URL")]
    Insecure,
}

/// What Volley needs of the provider's configuration.
#[derive(Deserialize)]
struct Configuration {
    issuer: String,
    jwks_uri: String,
}

pub struct IdentityProvider {
    issuer: Issuer,
    /// Created at the first use: most requests carry an API key.
    http: OnceLock<Client>,
}

impl Issuer {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Issuer {
    type Err = InvalidIssuer;

    fn from_str(text: &str) -> Result<Self, InvalidIssuer> {
        let url: Url = text.parse().map_err(|_| InvalidIssuer)?;
        let is_plain = url.query().is_none() && url.fragment().is_none();
        if is_safe(&url) && is_plain { Ok(Self(text.to_owned())) } else { Err(InvalidIssuer) }
    }
}

impl IdentityProvider {
    #[must_use]
    pub fn new(issuer: Issuer) -> Self {
        Self { issuer, http: OnceLock::new() }
    }

    #[must_use]
    pub fn issuer(&self) -> &Issuer {
        &self.issuer
    }

    /// The provider's public keys, a JSON Web Key Set.
    pub async fn keys(&self) -> Result<String, IdentityError> {
        let issuer = self.issuer.as_str();
        let place = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
        let configuration: Configuration = serde_json::from_str(&self.document(&place).await?)?;
        if configuration.issuer != issuer {
            return Err(IdentityError::OtherIssuer);
        }
        let is_secure = configuration.jwks_uri.parse().is_ok_and(|url| is_safe(&url));
        if !is_secure {
            return Err(IdentityError::Insecure);
        }
        self.document(&configuration.jwks_uri).await
    }

    async fn document(&self, url: &str) -> Result<String, IdentityError> {
        let client = if let Some(client) = self.http.get() {
            client
        } else {
            let client = http::client()?;
            self.http.get_or_init(|| client)
        };
        let request = client.get(url).header("accept", "application/json").timeout(TIMEOUT);
        let mut response = request.send().await?.error_for_status()?;
        let mut body = Vec::new();
        while let Some(part) = response.chunk().await? {
            body.extend_from_slice(&part);
            if body.len() > MAX_BYTES {
                return Err(IdentityError::TooLarge);
            }
        }
        Ok(String::from_utf8_lossy(&body).into_owned())
    }
}

/// Only a provider on this machine, as tests run one, may do without TLS.
fn is_safe(url: &Url) -> bool {
    let is_local = matches!(url.host_str(), Some("127.0.0.1" | "localhost"));
    url.scheme() == "https" || (url.scheme() == "http" && is_local)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_is_a_secure_url() {
        for issuer in
            ["https://id.example", "https://id.example/tenant/", "http://127.0.0.1:8000/oidc"]
        {
            assert_eq!(issuer.parse::<Issuer>().expect("valid").as_str(), issuer);
        }
        for refused in
            ["", "id.example", "http://id.example", "https://id.example?a", "https://id.example#a"]
        {
            assert!(refused.parse::<Issuer>().is_err(), "{refused}");
        }
    }
}
