//! libFuzzer's main program for the target that `FUZZ_TARGET` names.
#![no_main]

use std::sync::LazyLock;

use fuzz::{TARGETS, Target};
use libfuzzer_sys::fuzz_target;

static TARGET: LazyLock<&Target> = LazyLock::new(|| {
    let name = std::env::var("FUZZ_TARGET").unwrap_or_default();
    let names = TARGETS.each_ref().map(|target| target.name).join(", ");
    let target = TARGETS.iter().find(|target| target.name == name);
    target.unwrap_or_else(|| panic!("set FUZZ_TARGET to one of {names}"))
});

fuzz_target!(|input: &[u8]| (TARGET.check)(input));
