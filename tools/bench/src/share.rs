//! A share of a processor, as Lambda gives one to a function of little memory.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;

const PERIOD_MICROS: u64 = 100_000;
/// Lambda gives a whole processor to 1,769 MB.
const MB_A_PROCESSOR: u64 = 1_769;

/// A control group whose processes get a share of one processor. It stays for the next run, empty, since
/// it cannot be removed before the last of them is gone.
pub(crate) struct Share {
    folder: PathBuf,
}

impl Share {
    /// The share of a function with this memory. Only root can make one.
    pub(crate) fn of_memory(mb: u64) -> anyhow::Result<Self> {
        let quota = PERIOD_MICROS * mb / MB_A_PROCESSOR;
        let (root, settings) = if Path::new("/sys/fs/cgroup/cgroup.controllers").exists() {
            ("/sys/fs/cgroup", vec![("cpu.max", format!("{quota} {PERIOD_MICROS}"))])
        } else {
            let period = ("cpu.cfs_period_us", PERIOD_MICROS.to_string());
            ("/sys/fs/cgroup/cpu", vec![period, ("cpu.cfs_quota_us", quota.to_string())])
        };
        let share = Self { folder: Path::new(root).join("volley-bench") };
        fs::create_dir_all(&share.folder)
            .context("failed to limit the processor: run it as root")?;
        for (name, value) in settings {
            share.write(name, &value)?;
        }
        Ok(share)
    }

    /// Limits a process, with all of its threads.
    pub(crate) fn limit(&self, process: u32) -> anyhow::Result<()> {
        self.write("cgroup.procs", &process.to_string())
    }

    fn write(&self, name: &str, value: &str) -> anyhow::Result<()> {
        let path = self.folder.join(name);
        fs::write(&path, value).with_context(|| format!("failed to write {}", path.display()))
    }
}
