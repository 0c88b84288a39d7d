//! A model of how a campaign is sent, in which everything that can happen happens.
//!
//! The functions of Volley meet in one table, a few queues, schedules and a provider, and any
//! of them may die, run twice, come late or not hear the answer. Tests of single runs see a few of
//! the orders in which that can go. The model goes through all of them, for audiences of one to
//! three contacts, and says of each state that it reaches whether the promises of `ARCHITECTURE.md`
//! hold in it and whether the campaign still comes to its end from there.
//!
//! # What is modelled
//!
//! - **Decisions** are not modelled: they are those of `shared`, which the functions call
//!   ([`protocol`] is the one place that knows their signatures).
//! - **The table** ([`table`]) has the conditional writes of `infra::table`, one method for each
//!   request, and nothing else.
//! - **Programs** ([`programs`]) are the functions: begin, fan-out, dispatch, poll, drain, sweep, the
//!   receipts consumer, a person's pause, resume, stop or cancel, and a contact that changes its
//!   phone. Each is written like its original and goes on by one request at a time ([`ask`]).
//! - **Faults** ([`world`]): a worker dies before any of its requests, and what it had been handed is
//!   handed out again; a write fails, or seems to fail, or is made twice because its first answer
//!   was lost; a message is handed out twice; messages come in any order and as late as can be.
//!   Each scenario has a few of each, and all places at which they can strike are tried.
//! - **The provider** ([`provider`]) accepts, or does once each what its scenario lets it: it
//!   refuses, throttles, halts, cannot be reached, or accepts and is not heard. Its receipts lie on
//!   the queue from the moment at which it takes a message, so they come before its answer, after
//!   it, out of order, twice or never. Its books alone judge whether somebody was texted twice.
//! - **The sender** is fast, so that each chunk has its turn at once, or slow: then a chunk is on no
//!   queue until the drain gives it a turn, and goes out a message at a time. The bucket that says so
//!   is not modelled; it is one item, and decides nothing but when.
//! - **Time** is a clock that jumps, at any point of any program, to the next moment at which a
//!   decision may change: when a claim is too old, patience ends, a wait is over, a step is overdue.
//!   All else takes no time. So a worker may stall for minutes between any two requests, longer than
//!   a function's time limit would let it, and writes meet in one millisecond more often than they
//!   ever will: that is harder on the protocol than the world is. Only a request to the provider
//!   ends in its time, since the protocol relies on that.
//!
//! # What is judged
//!
//! [`safety`] names what must hold in each state and step. [`liveness`] runs two ways on from each
//! state, without faults: one on which everybody goes on, and one on which all workers die, all
//! messages are lost, and only the table is left. Both must end with the fan-out complete, the
//! dispatch done or stopped, an outcome for each recipient and counts that are true.
//!
//! `tests/scenarios/broken.rs` takes one condition of the protocol away at a time and shows that
//! each promise would be seen to break.
//!
//! # Why an own search
//!
//! The question "does a fair run from here end well" is one of each state, not of each path, and
//! the answer of one state is that of all on its way; the `eventually` of checkers such as
//! Stateright is about paths and misses those that meet again. Beside that a search over hashed
//! states is a queue and a set ([`explore`]). States are told apart by 64-bit hashes: in the largest
//! scenario of a million states two would be taken for one once in thirty million runs.
//!
//! One reduction is made: where a process is about to do what no other can see in any other way
//! (hand a message to a queue or to the provider, read what cannot change any more), it does so
//! before anything else is tried (`World::actions`).
//!
//! # What is not modelled
//!
//! - Within one worker, members and shards are taken one after the other, not side by side, and a
//!   batch of claims is many single ones: that allows more orders between workers and fewer within
//!   one, whose members do not touch the same items.
//! - A query is one read, though a long one is many pages; only the fan-out's pages are several.
//! - The clocks of workers do not differ. The protocol leaves seconds of leeway for that.
//! - A fan-out that stops for want of time is one that dies, since both leave the chain as it is.
//! - Jitter is none, prices are none, and tests, imports and deleted contacts are left out.
//! - A scenario says how long its clock runs while faults strike, at ticks of some seconds, and
//!   leaves out programs that it is not about; they run on the ways to the end. `MODEL_DEPTH=deep`
//!   takes the scenarios further.

pub mod ask;
pub mod explore;
pub mod kept;
pub mod liveness;
pub mod process;
pub mod programs;
pub mod protocol;
pub mod provider;
pub mod queue;
pub mod request;
pub mod safety;
pub mod scenario;
pub mod sequence;
pub mod table;
pub mod world;

mod happen;
