//! Volley's edges: AWS and the providers.
//!
//! Everything here does I/O for decisions that the `shared` crate makes. There is one table, one
//! set of queues and one scheduler, so they are concrete; a fake would only hide what AWS does.

pub mod arming;
pub mod aws;
pub mod batch;
pub mod clock;
pub mod config;
pub mod files;
pub mod gateway;
pub mod http;
pub mod lookup;
pub mod queues;
pub mod schedules;
pub mod secrets;
pub mod table;
pub mod telemetry;
#[cfg(test)]
mod testing;
pub mod turns;
pub mod usage;

/// A function's work is many small allocations: the system's own allocator takes twice the time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
