//! `torture [--seeds N | --seed N | --minutes N]`: many runs on one local stack, each with faults
//! that its seed has planned. Some have an outage besides, and once in a series the provider is down
//! for all of them.
//!
//! The functions are the real ones, deployed to the emulator; between them and everything else
//! stands a proxy that throttles, fails, loses, delays and kills. A run is one organization's;
//! many are under way at once. The provider's simulator judges who got which text. A seed plans
//! the same faults at the same requests each time it runs; what the kernel does first of what
//! happens at once is its own affair, and in company a process that is killed for one run is
//! killed for others too.

pub mod answers;
pub mod arguments;
pub mod aws;
pub mod blackout;
pub mod caller;
pub mod chance;
pub mod client;
pub mod copies;
pub mod door;
pub mod fault;
pub mod hours;
pub mod judge;
pub mod ledger;
pub mod operation;
pub mod outage;
pub mod partial;
pub mod people;
pub mod phones;
pub mod plan;
pub mod proxy;
pub mod runs;
pub mod scenario;
pub mod series;
pub mod settling;
pub mod site;
