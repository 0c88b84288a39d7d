//! Signing in with the team's identity provider: who a bearer token says that the caller is.

mod keys;
mod token;

use infra::identity::IdentityProvider;
use shared::member::Person;
use shared::time::Timestamp;
use tokio::sync::Mutex;

use self::keys::{KeySet, Next};
use self::token::{Expected, Token};
use crate::problem::{Code, Problem};

/// The issuer that the deployment trusts, and its keys.
pub(crate) struct Identity {
    provider: IdentityProvider,
    expected: Expected,
    keys: Mutex<KeySet>,
}

impl Identity {
    pub(crate) fn new(provider: IdentityProvider, client_id: String) -> Self {
        let issuer = provider.issuer().as_str().to_owned();
        let keys = Mutex::new(KeySet::default());
        Self { provider, expected: Expected { issuer, client_id }, keys }
    }

    /// The person whom the token names.
    pub(crate) async fn person(&self, text: &str, now: Timestamp) -> Result<Person, Problem> {
        let refused = |refusal: token::Refusal| Problem::signed_out(refusal.detail());
        // Nothing is fetched for a token that would be refused anyway.
        let token = Token::read(text, &self.expected, now).map_err(refused)?;
        let mut keys = self.keys.lock().await;
        if keys.next(token.key_id(), now) == Next::Fetch {
            match self.provider.keys().await {
                Ok(document) => keys.renew(&document, now),
                Err(error) => {
                    keys.missed(now);
                    let error = anyhow::Error::new(error);
                    tracing::warn!(error = %format!("{error:#}"), "failed to fetch the identity provider's keys");
                }
            }
        }
        let known = keys.known(now).ok_or_else(unavailable)?;
        token.verified(known).map_err(refused)
    }
}

fn unavailable() -> Problem {
    let detail = "the identity provider does not respond; retry, or use an API key";
    Problem::new(Code::TryAgain, detail)
}
