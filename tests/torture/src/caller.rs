//! Identifies the function process that sent a request, and kills it.

use std::collections::HashMap;
use std::fs;
use std::process::{Command, Stdio};
use std::sync::{Mutex, OnceLock, PoisonError};

use crate::plan::FUNCTIONS;

/// A function's process.
#[derive(Clone, Copy, Debug)]
pub struct Caller {
    pub process: u32,
    pub function: &'static str,
}

/// Callers by the names in their environments.
#[derive(Default)]
pub struct Callers {
    emulator: OnceLock<u32>,
    known: Mutex<HashMap<String, Caller>>,
}

impl Callers {
    pub fn are_children_of(&self, emulator: u32) {
        // Called only once.
        let _ = self.emulator.set(emulator);
    }

    /// The process with this name. New processes are looked up in `/proc`.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<Caller> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if !known.contains_key(name) {
            // Names are never reused, and dead processes send no requests.
            known.extend(self.children());
        }
        known.get(name).copied()
    }

    /// Kills every running process of the functions.
    pub fn kill_all(&self) {
        self.children().into_values().for_each(kill);
    }

    /// The running processes of the functions.
    fn children(&self) -> HashMap<String, Caller> {
        let Some(emulator) = self.emulator.get() else { return HashMap::new() };
        let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
        processes
            .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
            .filter(|process| parent(*process) == Some(*emulator))
            .filter_map(caller)
            .collect()
    }
}

/// The name in an AWS client's user agent.
#[must_use]
pub fn of_agent(agent: &str) -> Option<&str> {
    agent.split(' ').find_map(|part| part.strip_prefix("app/"))
}

/// The name at the beginning of a path, and the rest of the path.
#[must_use]
pub fn of_path(path: &str) -> Option<(&str, &str)> {
    let name = path.strip_prefix('/')?.split('/').next()?;
    name.starts_with("process-").then(|| (name, &path[1 + name.len()..]))
}

/// Kills a process, as a crash would.
pub fn kill(caller: Caller) {
    // It may have exited already.
    let _ = Command::new("kill")
        .args(["-KILL", &caller.process.to_string()])
        .stderr(Stdio::null())
        .status();
}

fn parent(process: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    stat.rsplit(") ").next()?.split(' ').nth(1)?.parse().ok()
}

fn caller(process: u32) -> Option<(String, Caller)> {
    let environment = fs::read(format!("/proc/{process}/environ")).ok()?;
    let variable = |name: &str| {
        let mut variables = environment.split(|byte| *byte == 0);
        variables.find_map(|v| std::str::from_utf8(v).ok()?.strip_prefix(name)?.strip_prefix('='))
    };
    let deployed = variable("AWS_LAMBDA_FUNCTION_NAME")?;
    let function = FUNCTIONS.into_iter().find(|f| deployed.split('-').any(|word| word == *f))?;
    Some((variable("AWS_SDK_UA_APP_ID")?.to_owned(), Caller { process, function }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found() {
        assert_eq!(of_agent("aws-sdk-rust/1.5 os/linux app/process-7 md/x"), Some("process-7"));
        assert_eq!(of_agent("reqwest"), None);
        let path = "/process-7/2010-04-01/Accounts";
        assert_eq!(of_path(path), Some(("process-7", "/2010-04-01/Accounts")));
        assert_eq!(of_path("/2010-04-01"), None);
    }
}
