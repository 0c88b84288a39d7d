//! Capacity on paper: a simulator of what Volley does to AWS's quotas, second by second.
//!
//! It knows nothing of AWS but the limits that AWS states, and nothing of Volley but what its steps
//! cost (`cost`) and take (`pace`). What it prints stands in docs/capacity.md.

pub mod account;
pub mod bucket;
pub mod campaign;
pub mod cost;
pub mod demand;
pub mod growth;
pub mod hash;
pub mod limits;
pub mod mapping;
pub mod pace;
pub mod picture;
pub mod queue;
pub mod quotas;
pub mod report;
pub mod scenarios;
pub mod table;
pub mod world;
