//! Runs a function's code against a table in memory, and writes down the requests that it makes.
//!
//! The functions' own tests compare them with those of the function's program in `tests/model`
//! ([`model::sequence`]). A changed order in a function or in `infra` then fails a test until the
//! model follows.
//!
//! What the model leaves out on purpose is not written down: reads of the organization, the bucket
//! that gives a sender its turns, reports, which decide nothing, and secrets.

mod aws;
mod bucket;
mod death;
mod naming;
mod opt_outs;
mod outage;
mod provider;
mod scene;
mod uploads;

use std::sync::{Arc, Mutex, PoisonError};

use aws_config::SdkConfig;
use infra::table::Table;
use infra::usage::Usage;
use model::protocol;
use model::sequence::Case;
use runtime::Start;

use crate::aws::Aws;
pub use crate::death::Death;

/// Requests, in their order.
#[derive(Clone, Debug, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    fn add(&self, request: String) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(request);
    }

    fn len(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// What is around a function: AWS and the provider, in the state of one of the model's worlds.
pub struct Stage {
    memory: Aws,
    aws: SdkConfig,
    provider: String,
    log: Log,
}

impl Stage {
    async fn set(case: &Case<'_>) -> Self {
        let log = Log::default();
        let memory = Aws::new(&log);
        let aws = memory.config().await;
        scene::write(&aws, case.world).await;
        let provider = provider::open(&log, case.world, case.moods).await;
        // What was written so far is not the function's.
        log.take();
        memory.race(case.race);
        Self { memory, aws, provider, log }
    }

    /// A stage with an empty table and an empty bucket, and without a provider.
    #[must_use]
    pub async fn empty() -> Self {
        let log = Log::default();
        let memory = Aws::new(&log);
        let aws = memory.config().await;
        Self { memory, aws, provider: "http://nowhere".to_owned(), log }
    }

    /// The table, as the function sees it.
    #[must_use]
    pub fn table(&self) -> Table {
        Table::new(&self.aws, scene::TABLE.to_owned(), Usage::default())
    }

    /// Puts an object into the bucket, and returns its tag.
    #[must_use]
    pub fn put_object(&self, key: &str, content: &[u8]) -> String {
        self.memory.bucket.put(key, content)
    }

    #[must_use]
    pub fn object(&self, key: &str) -> Option<Vec<u8>> {
        self.memory.bucket.get(key)
    }

    /// The printed items that `found` accepts.
    #[must_use]
    pub fn items_with(&self, found: impl Fn(&str) -> bool) -> Vec<String> {
        self.memory.items_with(found)
    }

    /// Writes an item with these texts, even one that the functions can't read.
    pub fn put_item(&self, texts: &[(&str, &str)]) {
        self.memory.put(texts);
    }

    /// Sets the entries of the provider's opt-out list that has this name: each a phone, when it opted
    /// out in seconds, and whether the person did.
    pub fn list_opt_outs(&self, list: &str, entries: &[(&str, i64, bool)]) {
        self.memory.opt_outs.set(list, entries);
    }

    /// Whether the table refuses every request.
    pub fn refuse_table(&self, is_refused: bool) {
        self.memory.outage.set_table(is_refused);
    }

    /// Whether the queue of receipts refuses every message.
    pub fn refuse_receipts(&self, is_refused: bool) {
        self.memory.outage.set_receipts(is_refused);
    }

    /// The number of multipart uploads that are neither complete nor abandoned.
    #[must_use]
    pub fn open_uploads(&self) -> usize {
        self.memory.bucket.open_uploads()
    }

    /// Runs a process to its end, or to its death, which is `None`.
    pub async fn live<T>(
        &self,
        death: Option<Death>,
        process: impl Future<Output = T>,
    ) -> Option<T> {
        self.memory.life.live(death, process).await
    }

    /// The number of requests of the last process.
    #[must_use]
    pub fn requests(&self) -> usize {
        self.memory.life.requests()
    }

    /// Builds a function against the stage, the way it is built when it starts.
    ///
    /// # Panics
    /// If it cannot be built.
    pub fn build<A>(&self, build: impl FnOnce(&mut Start<'_>) -> anyhow::Result<A>) -> A {
        let variable = |name: &str| self.variable(name);
        let mut start = Start::new(&variable, self.aws.clone(), Usage::default());
        let app = build(&mut start).expect("a function");
        start.environment.finish(app).expect("its environment")
    }

    /// The environment. Times that it leaves out have defaults that are the model's.
    fn variable(&self, name: &str) -> Option<String> {
        let value = match name {
            "TABLE_NAME" => scene::TABLE,
            "BUCKET_NAME" => "files",
            "POLL_SCHEDULE_SECONDS" => protocol::POLLS,
            "PROVIDER_URL" => &self.provider,
            "PROVIDER_ACCOUNT_SID" => "AC0123456789abcdef0123456789abcdef",
            "ERASURE_KEYS" => "ssm:/volley/model/erasure",
            "PROVIDER_CREDENTIALS" => "ssm:/volley/model/provider",
            "PUBLIC_URL" => "https://example.com",
            "GATEWAY_TIMEOUT_SECONDS" => "10",
            // The log names the job instead of its queue or schedule.
            "JOBS_QUEUE_URL"
            | "DISPATCH_QUEUE_URL"
            | "POLLS_QUEUE_URL"
            | "JOBS_QUEUE_ARN"
            | "DISPATCH_QUEUE_ARN"
            | "POLLS_QUEUE_ARN"
            | "RECEIPTS_QUEUE_URL"
            | "DEAD_LETTER_QUEUE_URL"
            | "SCHEDULE_GROUP"
            | "SCHEDULE_ROLE_ARN" => "https://sqs.us-east-1.amazonaws.com/000000000000/queue",
            _ => return None,
        };
        Some(value.to_owned())
    }
}

/// Runs a function in a world of the model, and requires that it makes the requests of its program.
///
/// # Panics
/// If the requests differ.
pub async fn compare(name: &str, case: &Case<'_>, run: impl AsyncFnOnce(&Stage)) {
    let expected = model::sequence::requests(case);
    let stage = Stage::set(case).await;
    run(&stage).await;
    let made = stage.log.take();
    let count = made.len().max(expected.len());
    let row = |place: usize| {
        let text = |requests: &[String]| requests.get(place).cloned().unwrap_or_default();
        let (made, expected) = (text(&made), text(&expected));
        let mark = if made == expected { ' ' } else { '!' };
        format!("{mark} {made:<60} {expected}")
    };
    let rows: Vec<String> = (0..count).map(row).collect();
    assert!(
        made == expected,
        "{name}: the function and its program in tests/model make other requests\n  {:<60} {}\n{}",
        "the function",
        "the model",
        rows.join("\n"),
    );
}
