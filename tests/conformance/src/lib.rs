//! What the conformance tests stand on: programs of others, which judge what ours say.
//!
//! None of them shares code with Volley: Twilio's own SDK, the calculator that Twilio publishes for
//! message segments, a validator of requests that is given Twilio's description of its API, and
//! botocore, from which AWS's SDK for Python is made.

pub mod bodies;
pub mod chance;
pub mod clusters;
pub mod recorder;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Who runs a judge.
#[derive(Clone, Copy, Debug)]
pub enum Runner {
    Node,
    Python,
    /// Python where botocore is, which the local AWS needs too.
    Botocore,
}

/// Where programs of others are installed.
fn environment(name: &str) -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../.venv")).join(name)
}

/// Gives `input` to the script of this name among the tests, and answers what it says.
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
        // The scripts are part of the project's folder, which is not to be littered.
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a judge");
    let input = serde_json::to_vec(input).expect("JSON");
    // A script reads all before it says anything, so neither waits for the other. One that ended
    // early has said why on its standard error.
    let _ = child.stdin.take().expect("a pipe").write_all(&input);
    let output = child.wait_with_output().expect("an answer");
    assert!(output.status.success(), "{script} failed: {}", output.status);
    serde_json::from_slice(&output.stdout).expect("the script's answer")
}

/// Tells the person at the terminal, whether or not the test succeeds.
pub fn say(line: &str) {
    // Where nobody listens, nobody misses it.
    let _ = writeln!(std::io::stdout(), "{line}");
}
