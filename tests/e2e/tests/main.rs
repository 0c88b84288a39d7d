//! End-to-end tests: through HTTP, queues and schedules of the deployed local stack.

mod cancelling;
mod contract;
mod crashes;
mod events;
mod fates;
mod immediate;
mod imports;
mod opt_outs;
mod polling;
mod scheduled;
mod tenancy;
mod test_messages;
