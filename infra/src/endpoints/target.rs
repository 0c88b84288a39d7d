//! The URLs of endpoints.

use std::net::IpAddr;
use std::str::FromStr;

use reqwest::Url;
use shared::webhook::{MAX_URL, is_public};

/// A URL that may be called, as far as it shows itself. The addresses of its host decide when it is
/// called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target(Url);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidTarget {
    #[error("must be an https:// URL on port 443, without a user name, a password or a fragment")]
    Form,
    #[error("must be at most {MAX_URL} characters")]
    TooLong,
    #[error("must be at a public address")]
    NotPublic,
}

/// The hosts of the deployment itself, which must not call itself in circles.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnHosts(Vec<(String, u16)>);

impl Target {
    pub fn parse(text: &str, is_local_allowed: bool) -> Result<Self, InvalidTarget> {
        if text.chars().count() > MAX_URL {
            return Err(InvalidTarget::TooLong);
        }
        let url: Url = text.parse().map_err(|_| InvalidTarget::Form)?;
        let address = literal(&url);
        if is_local_allowed && address.is_some_and(|address| address.is_loopback()) {
            return Ok(Self(url));
        }
        let is_plain =
            url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
        // `port` is `None` for the default of the scheme.
        if url.scheme() != "https" || url.port().is_some() || !is_plain {
            return Err(InvalidTarget::Form);
        }
        let host = url.host_str().unwrap_or_default().trim_end_matches('.');
        let is_name = address.is_none() && host.contains('.') && !is_local_name(host);
        if is_name || address.is_some_and(is_public) {
            Ok(Self(url))
        } else {
            Err(InvalidTarget::NotPublic)
        }
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    pub(super) fn into_url(self) -> Url {
        self.0
    }
}

/// The address that a URL names in place of a host name. The parser has normalized forms such as
/// `0x7f.1` and `2130706433`.
fn literal(url: &Url) -> Option<IpAddr> {
    let host = url.host_str()?;
    host.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

/// Names that can't be public: RFC 6761 and RFC 8375, and what clouds use within.
fn is_local_name(host: &str) -> bool {
    ["localhost", "local", "internal", "home.arpa", "test", "invalid", "example"].iter().any(
        |end| host.strip_suffix(end).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')),
    )
}

impl OwnHosts {
    pub(super) fn contains(&self, Target(url): &Target) -> bool {
        place(url).is_some_and(|place| self.0.contains(&place))
    }
}

fn place(url: &Url) -> Option<(String, u16)> {
    let host = url.host_str()?.trim_end_matches('.').to_owned();
    Some((host, url.port_or_known_default()?))
}

/// URLs of the deployment, separated by spaces.
impl FromStr for OwnHosts {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let urls = text.split_whitespace().filter_map(|url| url.parse().ok());
        Ok(Self(urls.filter_map(|url| place(&url)).collect()))
    }
}
