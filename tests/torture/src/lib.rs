//! `torture [--seeds N | --seed N | --minutes N]`: many runs on one local stack, each with faults
//! that its seed plans. Some also have an outage, and once in a series the provider is down for
//! all.
//!
//! The functions are the real ones, deployed to the emulator. A proxy between them and everything
//! else throttles, fails, loses, delays and kills. Each run belongs to one organization, and many
//! run at once. The provider's simulator knows who got which text.
//!
//! A seed plans the same faults at the same requests each time. The order of concurrent events
//! differs, and a process that is killed for one run is killed for all runs that it was working
//! for.

pub mod answers;
pub mod arguments;
pub mod aws;
pub mod blackout;
pub mod caller;
pub mod chance;
pub mod client;
mod controls;
pub mod copies;
pub mod door;
mod erasing;
pub mod expected;
pub mod fault;
pub mod hours;
mod imports;
pub mod judge;
pub mod ledger;
mod listening;
pub mod operation;
pub mod outage;
pub mod partial;
pub mod people;
pub mod phones;
pub mod plan;
pub mod proxy;
pub mod receiver;
mod report;
mod resending;
pub mod runs;
pub mod scenario;
pub mod series;
pub mod settling;
pub mod site;
