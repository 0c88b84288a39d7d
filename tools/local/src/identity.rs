//! The identity provider of the local stack.

use crate::environment::Variables;
use crate::process;

/// The template's parameters and the environment variables that set them.
const PARAMETERS: [(&str, &str); 3] = [
    ("OidcIssuer", "OIDC_ISSUER"),
    ("OidcClientId", "OIDC_CLIENT_ID"),
    ("OidcEndpointOrigin", "OIDC_ENDPOINT_ORIGIN"),
];

/// The parameters that the process's environment sets.
#[must_use]
pub fn from_process() -> Variables {
    let set = PARAMETERS.iter().filter_map(|(parameter, variable)| {
        Some(((*parameter).to_owned(), std::env::var(variable).ok()?))
    });
    set.collect()
}

/// Like [`from_process`], but with an issuer on this machine if there is none. The tests that sign in
/// run it.
pub fn for_tests() -> anyhow::Result<Variables> {
    let set = from_process();
    if !set.is_empty() {
        return Ok(set);
    }
    let issuer = format!("http://127.0.0.1:{}", process::free_port()?);
    let parameters = [("OidcIssuer", issuer), ("OidcClientId", "volley-console".to_owned())];
    Ok(parameters.map(|(name, value)| (name.to_owned(), value)).into())
}

/// The same as environment variables, for the tests.
pub(crate) fn variables(parameters: &Variables) -> Variables {
    let set = PARAMETERS.iter().filter_map(|(parameter, variable)| {
        Some(((*variable).to_owned(), parameters.get(*parameter)?.clone()))
    });
    set.collect()
}
