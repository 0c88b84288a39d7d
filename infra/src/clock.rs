//! The only module that reads the clock and draws random numbers.

use chrono::Utc;
use shared::campaign::Salt;
use shared::ids::Entropy;
use shared::time::Timestamp;

#[must_use]
pub fn now() -> Timestamp {
    #[expect(clippy::disallowed_methods, reason = "this is the place that reads the clock")]
    Utc::now().into()
}

#[must_use]
pub fn entropy() -> Entropy {
    random()
}

/// The random part of a new API key.
#[must_use]
pub fn secret() -> [u8; 32] {
    random()
}

/// What the ids of a new broadcast's messages are derived with.
#[must_use]
pub fn salt() -> Salt {
    Salt::new(random())
}

/// The random part of what is encrypted.
#[must_use]
pub fn nonce() -> [u8; 12] {
    random()
}

/// A token that no other worker can have.
#[must_use]
pub fn token() -> String {
    format!("{:032x}", u128::from_le_bytes(random()))
}

/// The bytes of a new trace ID.
#[must_use]
pub fn trace() -> [u8; 16] {
    random()
}

/// A number below 1,000, to spread out what would otherwise happen at the same time.
#[must_use]
pub fn jitter() -> u16 {
    u16::from_le_bytes(random()) % 1_000
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    // Without randomness, ids and claims would not be unique, so nothing could continue safely.
    getrandom::fill(&mut bytes).expect("the operating system gives randomness");
    bytes
}
