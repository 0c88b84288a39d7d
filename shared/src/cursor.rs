//! Cursors of lists, which clients keep but cannot make up.
//!
//! A cursor is authenticated with a code over its list: the organization, the path and the filters.
//! A forged cursor, or one from another list, is rejected and cannot read outside the list.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::Sha256;

use crate::access::SecretHash;

const SEAL_BYTES: usize = 16;

/// Seals and opens cursors.
pub struct Seals(Hmac<Sha256>);

impl Seals {
    /// # Panics
    /// Never: HMAC accepts keys of any length.
    #[must_use]
    pub fn new(key: SecretHash) -> Self {
        let mut code = Hmac::new_from_slice(&key.0).expect("HMAC accepts keys of any length");
        code.update(b"cursor");
        Self(code)
    }

    /// The cursor of a position. `scope` identifies the list among all organizations' lists, filters
    /// included.
    pub fn seal(&self, scope: &str, position: &impl Serialize) -> serde_json::Result<String> {
        let position = serde_json::to_vec(position)?;
        let code = self.code(scope, &position).finalize();
        let mut bytes = code.into_bytes()[..SEAL_BYTES].to_vec();
        bytes.extend(position);
        Ok(BASE64_URL_SAFE_NO_PAD.encode(bytes))
    }

    /// The position that a cursor of the list encodes. `None` if it is not a cursor of this list.
    #[must_use]
    pub fn open<P: DeserializeOwned>(&self, scope: &str, cursor: &str) -> Option<P> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let (seal, position) = bytes.split_at_checked(SEAL_BYTES)?;
        self.code(scope, position).verify_truncated_left(seal).ok()?;
        serde_json::from_slice(position).ok()
    }

    fn code(&self, scope: &str, position: &[u8]) -> Hmac<Sha256> {
        let mut code = self.0.clone();
        code.update(&(scope.len() as u64).to_be_bytes());
        code.update(scope.as_bytes());
        code.update(position);
        code
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_leads_on_in_its_own_list_only() {
        let seals = Seals::new(SecretHash([7; 32]));
        let cursor = seals.seal("a/contacts", &(3, "after")).expect("a cursor");
        let position = |scope: &str, cursor: &str| seals.open::<(u16, String)>(scope, cursor);
        assert_eq!(position("a/contacts", &cursor), Some((3, "after".to_owned())));
        assert_eq!(position("b/contacts", &cursor), None);
        for made_up in ["", "AAAA", "!", &format!("{cursor}A"), &cursor[1..]] {
            assert_eq!(position("a/contacts", made_up), None, "{made_up}");
        }
        let others = Seals::new(SecretHash([8; 32]));
        assert_eq!(others.open::<(u16, String)>("a/contacts", &cursor), None);
    }
}
