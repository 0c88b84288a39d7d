//! Capacity on paper: simulates Volley's use of AWS quotas, second by second.
//!
//! It knows only the limits that AWS documents, and what Volley's steps cost (`cost`) and how long
//! they take (`pace`). Its output is in docs/capacity.md.

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
