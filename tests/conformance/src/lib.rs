//! What the conformance tests share: they run other people's programs to judge Volley's output.
//!
//! None of these shares code with Volley: Twilio's SDK, the calculator that Twilio publishes for
//! message segments, a request validator that reads Twilio's description of its API, and botocore,
//! on which AWS's SDK for Python is built.

pub mod bodies;
pub mod chance;
pub mod clusters;
pub mod recorder;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::Serialize;
use serde::de::DeserializeOwned;

/// The interpreter that runs a judge.
#[derive(Clone, Copy, Debug)]
pub enum Runner {
    Node,
    Python,
    /// The Python environment with botocore, which the local AWS also needs.
    Botocore,
}

/// The folder where other people's programs are installed.
fn environment(name: &str) -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../.venv")).join(name)
}

/// Passes `input` to one of the tests' scripts and returns its output.
///
/// # Panics
/// If the judges are not installed, or if the script fails.
pub fn ask<T: DeserializeOwned>(runner: Runner, script: &str, input: &impl Serialize) -> T {
    let judges = environment("conformance");
    let installed = judges.join("npm/ready");
    assert!(installed.exists(), "{} is missing: run `make test`", installed.display());
    let program = match runner {
        Runner::Node => judges.join("bin/node"),
        Runner::Python => judges.join("bin/python"),
        Runner::Botocore => environment("emulator").join("bin/python"),
    };
    let mut child = Command::new(program)
        .arg(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests")).join(script))
        .env("NODE_PATH", judges.join("npm/node_modules"))
        // The scripts are in the source tree, which should stay clean.
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a judge");
    let input = serde_json::to_vec(input).expect("JSON");
    // A script reads all of its input before it writes, so this can't deadlock. If it ends early,
    // it has explained why on standard error.
    let _ = child.stdin.take().expect("a pipe").write_all(&input);
    let output = child.wait_with_output().expect("an answer");
    assert!(output.status.success(), "{script} failed: {}", output.status);
    serde_json::from_slice(&output.stdout).expect("the script's answer")
}

/// Prints a line to the terminal, whether or not the test succeeds.
pub fn say(line: &str) {
    // An error means that no one is reading.
    let _ = writeln!(std::io::stdout(), "{line}");
}
