//! Volley on one machine: the emulated AWS, the simulated provider, and the deployed template.

pub mod accounting;
pub mod balance;
pub mod books;
pub mod client;
pub mod demo;
pub mod deployment;
pub mod environment;
pub mod identity;
pub mod process;
pub mod progress;
pub mod stack;

use std::path::PathBuf;

/// The project's root.
#[must_use]
pub fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// The folder for everything of the local stack that is not installed.
#[must_use]
pub fn folder() -> PathBuf {
    root().join("target/local")
}

/// Prints a line to the terminal.
#[expect(clippy::print_stdout, reason = "this is the one place that speaks to a person")]
pub fn say(line: &str) {
    println!("{line}");
}
