//! End-to-end tests: through HTTP, queues and schedules of the deployed local stack.

mod accounts;
mod api_keys;
mod aws;
mod cancelling;
mod contacts;
mod contract;
mod controls;
mod crashes;
mod drafts;
mod events;
mod fan_outs;
mod fates;
mod immediate;
mod imports;
mod migrating;
mod opt_outs;
mod pacing;
mod poison;
mod polling;
mod quotes;
mod retries;
mod scheduled;
mod starts;
mod tenancy;
mod test_messages;
mod webhooks;
