//! End-to-end tests: through HTTP, queues and schedules of the deployed local stack.

mod accounts;
mod aws;
mod cancelling;
mod contract;
mod controls;
mod crashes;
mod events;
mod fates;
mod immediate;
mod imports;
mod opt_outs;
mod pacing;
mod polling;
mod quotes;
mod scheduled;
mod tenancy;
mod test_messages;
mod webhooks;
