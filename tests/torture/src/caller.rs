//! Which function's process a connection is from, and killing it.

use std::collections::HashMap;
use std::fs;
use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::sync::{Mutex, OnceLock, PoisonError};

use crate::plan::FUNCTIONS;

/// A process of a function.
#[derive(Clone, Copy, Debug)]
pub struct Caller {
    pub process: u32,
    pub function: &'static str,
}

/// Finds callers among the emulator's children.
#[derive(Default)]
pub struct Callers {
    emulator: OnceLock<u32>,
    known: Mutex<HashMap<u32, &'static str>>,
}

impl Callers {
    pub fn are_children_of(&self, emulator: u32) {
        // It is told once.
        let _ = self.emulator.set(emulator);
    }

    /// Who has the other end of a connection from `peer`. It reads much of `/proc`.
    #[must_use]
    pub fn find(&self, peer: SocketAddr) -> Option<Caller> {
        let socket = format!("socket:[{}]", inode(peer)?);
        let has_it = |process: &u32| {
            let descriptors = fs::read_dir(format!("/proc/{process}/fd")).into_iter().flatten();
            descriptors.flatten().any(|descriptor| {
                fs::read_link(descriptor.path()).is_ok_and(|to| to.as_os_str() == socket.as_str())
            })
        };
        let known: Vec<(u32, &'static str)> = self.known().iter().map(|(p, f)| (*p, *f)).collect();
        let found = known.into_iter().find(|(process, _)| has_it(process));
        let (process, function) = if let Some(found) = found {
            found
        } else {
            let children = self.children();
            self.known().clone_from(&children);
            children.into_iter().find(|(process, _)| has_it(process))?
        };
        Some(Caller { process, function })
    }

    fn known(&self) -> std::sync::MutexGuard<'_, HashMap<u32, &'static str>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The functions' processes that live now.
    fn children(&self) -> HashMap<u32, &'static str> {
        let Some(emulator) = self.emulator.get() else { return HashMap::new() };
        let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
        processes
            .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
            .filter(|process| parent(*process) == Some(*emulator))
            .filter_map(|process| Some((process, function(process)?)))
            .collect()
    }
}

/// Kills a process as a crash would.
pub fn kill(caller: Caller) {
    // It may be gone already.
    let _ = Command::new("kill")
        .args(["-KILL", &caller.process.to_string()])
        .stderr(Stdio::null())
        .status();
}

/// The socket whose own address is `peer`.
fn inode(peer: SocketAddr) -> Option<String> {
    let port = format!(":{:04X}", peer.port());
    let table = fs::read_to_string("/proc/net/tcp").ok()?;
    table.lines().skip(1).find_map(|line| {
        let fields: Vec<&str> = line.split_ascii_whitespace().collect();
        let is_it = fields.get(1)?.ends_with(&port) && *fields.get(3)? == "01";
        is_it.then(|| fields.get(9).map(|inode| (*inode).to_owned()))?
    })
}

fn parent(process: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    stat.rsplit(") ").next()?.split(' ').nth(1)?.parse().ok()
}

fn function(process: u32) -> Option<&'static str> {
    let environment = fs::read(format!("/proc/{process}/environ")).ok()?;
    let name = environment
        .split(|byte| *byte == 0)
        .find_map(|variable| variable.strip_prefix(b"AWS_LAMBDA_FUNCTION_NAME="))?;
    let name = std::str::from_utf8(name).ok()?;
    FUNCTIONS.iter().map(|(known, _)| *known).find(|known| name.split('-').any(|w| w == *known))
}
