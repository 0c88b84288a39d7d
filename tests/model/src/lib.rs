//! A model of how a campaign is sent, in which everything that can happen happens.

pub mod ask;
pub mod explore;
pub mod kept;
pub mod liveness;
pub mod process;
pub mod programs;
pub mod protocol;
pub mod provider;
pub mod queue;
pub mod safety;
pub mod scenario;
pub mod table;
pub mod world;

mod happen;
