//! The table of the benchmark, for tests that run the functions' code without DynamoDB.

pub mod store;
