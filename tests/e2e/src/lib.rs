//! What the end-to-end tests share: an organization per test on the deployed local stack, the
//! simulator's records, and direct access to the functions.
//!
//! Each test creates its own organization, so all of them can run at once. Tests wait for a
//! condition with a deadline; they never sleep for a fixed time.

pub mod callbacks;
pub mod erasing;
mod functions;
pub mod imports;
pub mod logs;
pub mod people;
pub mod receiver;
pub mod staging;
mod tenant;

pub use functions::{ALIVE, Functions};
pub use tenant::Tenant;

use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use local::environment::Variables;
use serde_json::Value;

/// How long to wait for a condition. Repairs take seconds here (minutes on AWS), a busy machine slows them
/// down, and a function that another test kills may leave a lease of more than five minutes behind.
pub const PATIENCE: Duration = Duration::from_mins(8);

/// Environment variables that describe the running stack.
///
/// # Panics
/// If the tests were not started on a stack.
#[must_use]
pub fn variables() -> Variables {
    assert!(
        std::env::var("VOLLEY_STACK").is_ok(),
        "these tests need the local stack: run `make test`, or `target/release/local with -- cargo test`"
    );
    // Another test may have installed it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    std::env::vars().collect()
}

/// A number between 0 and 2^32.
///
/// # Panics
/// If the system has no source of randomness.
#[must_use]
pub fn random() -> u32 {
    getrandom::u32().expect("the system gives randomness")
}

/// Area codes of the United States.
const AREAS: [u32; 60] = [
    201, 202, 205, 206, 209, 210, 212, 213, 214, 215, 216, 217, 218, 219, 224, 225, 228, 229, 231,
    234, 239, 240, 248, 251, 252, 253, 254, 256, 260, 262, 267, 269, 270, 276, 281, 301, 302, 303,
    304, 305, 307, 308, 309, 310, 312, 313, 314, 315, 316, 317, 318, 319, 320, 321, 323, 325, 330,
    334, 336, 337,
];

/// No exchange ends in 11.
const EXCHANGES: usize = 76 * 8;
/// Last four digits from 9000 on script a fate in the simulator.
const LINES: usize = 9_000;
const PHONES: usize = AREAS.len() * EXCHANGES * LINES;
/// Has no factor in common with [`PHONES`], so multiples of it take all phones in turn.
const STRIDE: usize = 100_000_007;

/// A number that libphonenumber considers valid and that no other call returns. The tests use thousands, of
/// which two would often be the same if each was random.
#[must_use]
pub fn phone() -> String {
    static NEXT: LazyLock<AtomicUsize> = LazyLock::new(|| AtomicUsize::new(random() as usize));
    let number = NEXT.fetch_add(1, Ordering::Relaxed) * STRIDE % PHONES;
    let (line, rest) = (number % LINES, number / LINES);
    let (exchange, area) = (rest % EXCHANGES, AREAS[rest / EXCHANGES]);
    let exchange = (22 + exchange / 8) * 10 + 2 + exchange % 8;
    format!("+1{area}{exchange}{line:04}")
}

/// A string in a response, or "" if the value is not a string. No test expects "".
#[must_use]
pub fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
