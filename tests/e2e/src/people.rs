//! People who sign in with the identity provider that the local stack trusts.
//!
//! Its keys and its configuration are served by this process; see tests/console for a real provider.

use std::net::TcpListener;
use std::sync::OnceLock;
use std::thread;

use axum::Router;
use axum::routing::get;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use local::client::Api;
use reqwest::Url;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use serde_json::{Value, json};
use shared::time::Timestamp;

use crate::{Tenant, random};

const KEY: &str = include_str!("../../fixtures/identity/key.json");

/// Someone with an address that no other test uses.
pub struct Person {
    pub name: &'static str,
    pub subject: String,
    pub email: String,
}

impl Person {
    #[must_use]
    pub fn new(name: &'static str) -> Self {
        let subject = format!("{}.{:08x}{:08x}", name.to_lowercase(), random(), random());
        let email = format!("{subject}@example.com");
        Self { name, subject, email }
    }

    /// The API as this person uses it.
    pub fn api(&self, tenant: &Tenant, now: Timestamp) -> anyhow::Result<Api> {
        Ok(tenant.api.with_key(&self.token(tenant, now, &json!({}))?))
    }

    /// A token that the provider gives this person, with some claims changed.
    pub fn token(
        &self,
        tenant: &Tenant,
        now: Timestamp,
        changes: &Value,
    ) -> anyhow::Result<String> {
        serve(&tenant.variables["OIDC_ISSUER"])?;
        let now = now.unix_seconds();
        let mut claims = json!({
            "iss": tenant.variables["OIDC_ISSUER"], "aud": tenant.variables["OIDC_CLIENT_ID"],
            "sub": self.subject, "iat": now, "exp": now + 600, "name": self.name,
            "email": self.email, "email_verified": true,
        });
        for (name, value) in changes.as_object().into_iter().flatten() {
            claims[name] = value.clone();
        }
        signed(&claims)
    }
}

fn signed(claims: &Value) -> anyhow::Result<String> {
    let key: Value = serde_json::from_str(KEY)?;
    let part = |name: &str| BASE64_URL_SAFE_NO_PAD.decode(key[name].as_str().unwrap_or_default());
    let public = [vec![4], part("x")?, part("y")?].concat();
    let random = SystemRandom::new();
    let pair = EcdsaKeyPair::from_private_key_and_public_key(
        &ECDSA_P256_SHA256_FIXED_SIGNING,
        &part("d")?,
        &public,
        &random,
    );
    let pair = pair.map_err(|error| anyhow::anyhow!("the test's key is malformed: {error}"))?;
    let header = json!({"alg": "ES256", "kid": key["kid"]});
    let [header, claims] =
        [&header, claims].map(|part| BASE64_URL_SAFE_NO_PAD.encode(part.to_string()));
    let message = format!("{header}.{claims}");
    let signature = pair.sign(&random, message.as_bytes());
    let signature = signature.map_err(|_| anyhow::anyhow!("the token was not signed"))?;
    Ok(format!("{message}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature)))
}

/// Serves the provider's documents until the process ends. Each test has a runtime, so this needs its own.
fn serve(issuer: &str) -> anyhow::Result<()> {
    static SERVED: OnceLock<()> = OnceLock::new();
    let port = issuer.parse::<Url>()?.port().unwrap_or_default();
    let configuration = json!({"issuer": issuer, "jwks_uri": format!("{issuer}/jwks")}).to_string();
    SERVED.get_or_init(|| {
        let mut key: Value = serde_json::from_str(KEY).expect("the test's key is JSON");
        key.as_object_mut().expect("a key").remove("d");
        let keys = json!({"keys": [key]}).to_string();
        let routes = Router::new()
            .route("/.well-known/openid-configuration", get(async move || configuration))
            .route("/jwks", get(async move || keys));
        let listener = TcpListener::bind(("127.0.0.1", port)).expect("the issuer's port is free");
        listener.set_nonblocking(true).expect("a socket");
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).expect("a socket");
                axum::serve(listener, routes).await.expect("it serves");
            });
        });
    });
    Ok(())
}
