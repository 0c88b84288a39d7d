//! The table of the benchmark, for whatever else runs the functions' code without DynamoDB.

pub mod store;
