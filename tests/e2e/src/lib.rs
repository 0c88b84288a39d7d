//! What the end-to-end tests stand on: an organisation of their own on the deployed local stack,
//! the simulator's books, and the functions themselves.
//!
//! Each test makes its own organisation, so that all of them can run at once. They wait on
//! conditions with a deadline and never for a time.

mod books;
mod functions;
mod tenant;

pub use books::Books;
pub use functions::Functions;
pub use tenant::Tenant;

use std::time::Duration;

use local::environment::Variables;

/// Long enough for repairs that take seconds here and minutes on AWS, on a busy machine.
pub const PATIENCE: Duration = Duration::from_mins(3);

/// The running stack's variables.
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
/// If the system gives no randomness.
#[must_use]
pub fn random() -> u32 {
    getrandom::u32().expect("the system gives randomness")
}

/// A number that libphonenumber takes for a real one of California.
#[must_use]
pub fn phone() -> String {
    // The last four digits are a fate's only from 9000 on.
    let (exchange, line) = (220 + random() % 280, random() % 9_000);
    let area = ["213", "310", "408", "415", "510", "619", "650", "707", "818", "916"];
    format!("+1{}{exchange}{line:04}", area[random() as usize % area.len()])
}
