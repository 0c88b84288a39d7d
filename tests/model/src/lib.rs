//! A model of how a campaign is sent, in which everything that can happen does happen.
//!
//! Volley's functions share one table, a few queues, schedules and a provider. Any of them may die,
//! run twice, run late or miss a response. Tests of single runs see a few of the possible orders.
//! The model goes through all of them, for audiences of one to three contacts. In each state that
//! it reaches, it checks whether the promises of `ARCHITECTURE.md` hold, and whether the campaign
//! can still come to its end.
//!
//! # What is modeled
//!
//! - **Decisions** are not modeled: they are those of `shared`, which the functions call
//!   ([`protocol`] is the only module that knows their signatures).
//! - **The table** ([`table`]) has the conditional writes of `infra::table`, one method per
//!   request, and nothing else.
//! - **Programs** ([`programs`]) are the functions: begin, fan-out, dispatch, poll, drain, sweep,
//!   the receipts consumer, a person's pause, resume, stop or cancel, and a contact whose phone
//!   changes. Each is written like the original and advances one request at a time ([`ask`]). The
//!   functions' own tests require that both make the same requests ([`sequence`]).
//! - **Faults** ([`world`]): a worker dies before any of its requests, and its job is delivered
//!   again; a write fails, or seems to fail, or is repeated because its first response was lost; a
//!   message is delivered twice; messages arrive in any order and arbitrarily late. Each scenario
//!   has a few of each, and tries every place where they can strike.
//! - **The provider** ([`provider`]) accepts messages, but may do each thing that the scenario
//!   lists once: refuse, throttle, halt, be unreachable, or accept while its response is lost. It
//!   queues its receipts as soon as it accepts a message, so they arrive before its response, after
//!   it, out of order, twice or never. Only its records decide whether a person was texted twice.
//! - **The sender** is either fast, so that each chunk has its turn at once, or slow. A slow
//!   sender's chunk is not queued until the drain assigns it a turn, and is sent one message at a
//!   time. The bucket that assigns turns is not modeled: it is a single item, and only affects the
//!   timing.
//! - **Time** is a clock that jumps, at any point of any program, to the next time at which a
//!   decision may change: a claim expires, a timeout or a wait ends, a step is overdue. Nothing
//!   else takes time. So a worker may stall between any two requests for longer than its function's
//!   time limit allows, and writes share a millisecond more often than in reality. This is harder
//!   on the protocol than the real world. Only a request to the provider ends within its timeout,
//!   because the protocol relies on that.
//! # What is judged
//!
//! [`safety`] lists what must hold in each state and step. [`liveness`] continues from each state
//! without faults, in two ways: in one, everything continues; in the other, all workers die, all
//! messages are lost, and only the table is left. Both must end with the fan-out complete, the
//! dispatch done or stopped, an outcome for each recipient, and correct counts.
//!
//! `tests/scenarios/broken.rs` removes one condition of the protocol at a time, and shows that the
//! model notices the broken promise.
//!
//! # Why a custom search
//!
//! Whether a fair run from here ends well is a question about a state, not about a path, and the
//! answer for a state is the same for all states on the way. The `eventually` of checkers such as
//! Stateright is about paths, and misses those that join. Without that, a search over hashed states
//! is just a queue and a set ([`explore`]). States are identified by 64-bit hashes: in the largest
//! scenario, with a million states, two would be confused once in thirty million runs.
//!
//! There is one reduction. If a process is about to do something whose timing no other process can
//! observe (sending a message to a queue or the provider, or reading what can't change any more),
//! the model does that before it tries anything else (`World::actions`).
//!
//! # What is not modeled
//!
//! - Within a worker, members and shards are handled one after the other, not concurrently, and a
//!   batch of claims is many single ones. That allows more orders between workers and fewer within
//!   one, whose members don't touch the same items.
//! - A query is one read, even where a long one has many pages. Only the fan-out's reads have
//!   pages.
//! - The workers' clocks agree. The protocol leaves seconds of leeway for differences.
//! - A fan-out that runs out of time is modeled as one that dies, since both leave the chain as it
//!   is.
//! - There are no jitter, prices, tests or imports. Contacts are only deleted once they were read, because
//!   one that is deleted before that is not counted.
//! - A scenario limits how long its clock runs while faults strike, in ticks of a few seconds, and
//!   leaves out programs that it is not about. Those run on the ways to the end. `MODEL_DEPTH=deep`
//!   takes the scenarios further.

pub mod ask;
pub mod audience;
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
