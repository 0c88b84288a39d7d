//! What the command line's tests share.

#![allow(dead_code, reason = "each test program uses a part")]

#[cfg(unix)]
pub(crate) mod aws;
pub(crate) mod cases;
pub(crate) mod example;
pub(crate) mod stub;
pub(crate) mod tenant;

use std::process::Command;

/// The ID of every example.
pub(crate) const ID: &str = "01930000-0000-7000-8000-000000000001";

/// The program with no settings but the API's URL and a key.
pub(crate) fn volley(url: &str) -> Command {
    let mut command = bare();
    command.env("VOLLEY_API_URL", url).env("VOLLEY_API_KEY", "key");
    command
}

/// The program without any settings.
pub(crate) fn bare() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_volley"));
    for name in ["VOLLEY_API_URL", "VOLLEY_API_KEY", "VOLLEY_ORGANIZATION", "VOLLEY_PROFILE"] {
        command.env_remove(name);
    }
    command.env("XDG_CONFIG_HOME", "/nonexistent").env("COLUMNS", "100");
    command
}
