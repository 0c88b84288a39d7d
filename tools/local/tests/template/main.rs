//! What `template.yaml` must ensure by itself, because the emulator doesn't show it. The tests read
//! the output of the SAM transform.

mod access;
mod alarms;
mod console;
mod events;
mod logs;
mod parameters;
mod quotas;
mod storage;

use std::process::Command;
use std::sync::LazyLock;

use serde_json::{Map, Value};

pub(crate) static TEMPLATE: LazyLock<Value> = LazyLock::new(|| {
    let output = Command::new(local::root().join(".venv/sam/bin/python"))
        .arg(local::root().join("tools/python/transformed.py"))
        .arg(local::root().join("template.yaml"))
        .output()
        .expect("the SAM CLI is installed: run `make check`");
    let errors = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {errors}"))
});

pub(crate) fn section(name: &str) -> &'static Map<String, Value> {
    TEMPLATE[name].as_object().unwrap_or_else(|| panic!("the template has {name}"))
}

/// The properties of the resources of a type, by logical name.
pub(crate) fn resources(kind: &str) -> Vec<(&'static String, &'static Value)> {
    let all = section("Resources").iter();
    all.filter(|(_, resource)| resource["Type"] == kind)
        .map(|(name, resource)| (name, &resource["Properties"]))
        .collect()
}
