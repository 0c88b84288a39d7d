//! Volley's edges: AWS and the providers.
//!
//! Everything here does I/O for the decisions of the `shared` crate. There is one table, one set of
//! queues and one scheduler, so they are concrete types: a fake would only hide how AWS behaves.

pub mod arming;
pub mod aws;
pub mod batch;
pub mod bus;
pub mod clock;
pub mod config;
pub mod endpoints;
pub mod erasure_keys;
pub mod files;
pub mod gateway;
pub mod halts;
pub mod http;
pub mod identity;
pub mod lookup;
pub mod metrics;
pub mod outbox;
pub mod queues;
pub mod schedules;
pub mod sealing;
pub mod secrets;
mod signed_call;
pub mod table;
pub mod telemetry;
#[cfg(test)]
mod testing;
pub mod trace;
pub mod turns;
pub mod usage;

/// A function makes many small allocations. The system's allocator takes twice as long for them.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
