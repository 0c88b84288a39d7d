//! The domain of Volley: phones, contacts, campaigns, messages and every decision about them.
//!
//! Decisions are functions of (state, event, now). This crate has no access to AWS, the
//! environment, a clock or randomness: times and new ids are passed in as values, so that tests
//! control them and replays decide the same.

// A new variant of a domain enum must not compile until each match says what it means there.
#![cfg_attr(
    not(test),
    deny(clippy::match_wildcard_for_single_variants, clippy::wildcard_enum_match_arm)
)]

pub mod access;
pub mod actor;
pub mod audience;
pub mod audit;
pub mod body;
pub mod breaker;
pub mod campaign;
pub mod chunk;
pub mod chunk_state;
pub mod contact;
pub mod cursor;
pub mod decimal;
pub mod deletion;
pub mod erasure;
pub mod estimate;
pub mod event;
pub mod export;
pub mod grace;
pub mod ids;
pub mod import;
pub mod inbound;
pub mod job;
pub mod keyword;
pub mod library;
pub mod member;
pub mod message;
pub mod organization;
pub mod pace;
pub mod parts;
pub mod phone;
pub mod poll;
pub mod price;
pub mod quote;
pub mod rate;
pub mod reason;
pub mod receipt;
pub mod recipient;
pub mod reconciliation;
pub mod report;
pub mod resend;
pub mod retention;
pub mod segment;
pub mod sender;
pub mod shard;
pub mod status;
pub mod target;
pub mod template;
pub mod text;
pub mod time;
pub mod trace;
pub mod trial;
pub mod unsubscribe;
pub mod webhook;
pub mod zone;
