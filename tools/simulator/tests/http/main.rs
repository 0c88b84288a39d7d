//! The simulator asked over HTTP, as its clients ask it.

mod api;
mod aws;
mod behavior;
mod fates;
mod support;
