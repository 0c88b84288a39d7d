//! What tests share with the benchmark: its table, to run the functions' code without DynamoDB, and its
//! HTTP server.

pub mod server;
pub mod store;
