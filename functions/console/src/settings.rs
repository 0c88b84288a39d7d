//! The identity provider that people sign in with, and the bucket that large files are uploaded to, as
//! the console and its content security policy learn them.

use serde_json::json;

/// Only this origin, with exceptions: Mantine adds `<style>` elements, an image may be part of a style
/// sheet, signing in asks the identity provider, and large files go to the bucket.
const CONTENT_SECURITY_POLICY: [&str; 2] = [
    "default-src 'self'; connect-src 'self'",
    "; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; \
     base-uri 'self'; form-action 'none'; frame-ancestors 'none'",
];

pub(crate) struct Settings {
    pub(crate) content_security_policy: String,
    /// The content of `/console/config.json`.
    pub(crate) document: String,
}

impl Settings {
    /// Reads the environment. The template checks the values' form.
    pub(crate) fn read(variable: impl Fn(&str) -> Option<String>) -> Self {
        let text = |name| variable(name).filter(|value| !value.is_empty());
        let issuer = text("OIDC_ISSUER").zip(text("OIDC_CLIENT_ID"));
        // Some providers have their token endpoint elsewhere.
        let provider =
            [issuer.as_ref().map(|(issuer, _)| origin(issuer)), text("OIDC_ENDPOINT_ORIGIN")];
        let provider = provider.into_iter().filter(|_| issuer.is_some());
        let sources = provider.chain([text("FILES_URL")]).flatten();
        let sources = sources.map(|source| format!(" {source}"));
        let sources: String = sources.collect();
        let [before, after] = CONTENT_SECURITY_POLICY;
        let document = json!({
            "issuer": issuer.as_ref().map(|(issuer, _)| issuer),
            "clientId": issuer.as_ref().map(|(_, client)| client),
        });
        Self {
            content_security_policy: format!("{before}{sources}{after}"),
            document: document.to_string(),
        }
    }
}

/// The scheme, host and port of a URL.
fn origin(url: &str) -> String {
    url.splitn(4, '/').take(3).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(variables: &[(&str, &str)]) -> Settings {
        let value = |name: &str| variables.iter().find(|(known, _)| *known == name);
        Settings::read(|name| value(name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn only_a_configured_provider_is_reachable() {
        let none = settings(&[("OIDC_ISSUER", ""), ("OIDC_CLIENT_ID", "")]);
        assert!(none.content_security_policy.contains("connect-src 'self';"));
        assert_eq!(none.document, r#"{"clientId":null,"issuer":null}"#);
        let issuer = ("OIDC_ISSUER", "https://id.example:8443/tenant/");
        let some = settings(&[issuer, ("OIDC_CLIENT_ID", "console")]);
        let policy = &some.content_security_policy;
        assert!(policy.contains("connect-src 'self' https://id.example:8443;"), "{policy}");
        assert!(some.document.contains("https://id.example:8443/tenant/"), "{}", some.document);
        let elsewhere = ("OIDC_ENDPOINT_ORIGIN", "https://token.example");
        let two = settings(&[issuer, ("OIDC_CLIENT_ID", "console"), elsewhere]);
        let policy = &two.content_security_policy;
        assert!(policy.contains("https://id.example:8443 https://token.example;"), "{policy}");
    }

    /// The source has a path, so that it does not allow other buckets.
    #[test]
    fn files_are_uploaded_to_one_bucket() {
        let url = "https://s3.us-east-1.amazonaws.com/volley-files";
        let policy = settings(&[("FILES_URL", url)]).content_security_policy;
        assert!(policy.contains(&format!("connect-src 'self' {url};")), "{policy}");
    }
}
