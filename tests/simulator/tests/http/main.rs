//! The simulator asked over HTTP, as its clients ask it.

mod api;
mod behaviour;
mod fates;
mod support;
