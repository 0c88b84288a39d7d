//! The functions of a stack, each one process, and what they need around them.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crate::api::ADMIN_KEY_SHA256;
use crate::aws::{self, Aws, Meter};
use crate::function::Function;
use crate::gateway::Gateway;
use crate::template::Template;

pub(crate) const TABLE: &str = "bench";
pub(crate) const BUCKET: &str = "bench-files";
pub(crate) const PUBLIC_URL: &str = "https://abcdefghij.execute-api.us-east-1.amazonaws.com";
pub(crate) const ACCOUNT: &str = "AC0123456789abcdef0123456789abcdef";
pub(crate) const TOKEN: &str = "0123456789abcdef0123456789abcdef";

/// A function's name in the template, its program, and how many seconds it may run.
const FUNCTIONS: [(&str, &str, u64); 6] = [
    ("Api", "api", 29),
    ("Send", "send", 300),
    ("Dispatch", "dispatch", 110),
    ("PollStatus", "poll-status", 300),
    ("Webhooks", "webhooks", 15),
    ("Receipts", "webhooks", 55),
];

/// Where the functions' programs are, and how they are to be run.
#[derive(Clone, Debug)]
pub(crate) struct Programs {
    pub(crate) folder: PathBuf,
    /// Where the functions log.
    pub(crate) log: Arc<File>,
    /// Whether each invocation logs what it used, as the deployed ones do not.
    pub(crate) report_usage: bool,
}

/// Around the functions: AWS and the provider.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) aws: Arc<Aws>,
    pub(crate) gateway: Arc<Gateway>,
    pub(crate) gateway_url: String,
    pub(crate) template: Template,
}

pub(crate) struct Stack {
    pub(crate) world: World,
    pub(crate) send: Function,
    pub(crate) dispatch: Function,
    pub(crate) poll_status: Function,
    pub(crate) webhooks: Function,
    pub(crate) receipts: Function,
}

impl World {
    pub(crate) async fn open(template: Template) -> anyhow::Result<Self> {
        let gateway = Arc::<Gateway>::default();
        let gateway_url = gateway.open().await?;
        Ok(Self { aws: Arc::default(), gateway, gateway_url, template })
    }

    /// Starts a function's process.
    pub(crate) async fn start(&self, programs: &Programs, name: &str) -> anyhow::Result<Function> {
        let found = FUNCTIONS.into_iter().find(|(known, ..)| *known == name);
        let (name, program, seconds) =
            found.ok_or_else(|| anyhow::anyhow!("there is no function {name}"))?;
        let meter = Arc::<Meter>::default();
        let endpoint = aws::endpoint(Arc::clone(&self.aws), Arc::clone(&meter)).await?;
        let variables = variables(&endpoint, &self.gateway_url, programs.report_usage);
        let program = programs.program(program);
        let timeout = Duration::from_secs(seconds);
        Function::start(name, &program, &variables, &programs.log, timeout, meter).await
    }
}

impl Programs {
    /// Where a function's program is: as cargo builds it, or as it is packed for Lambda.
    fn program(&self, name: &str) -> PathBuf {
        let packed = self.folder.join(name).join("bootstrap");
        if packed.is_file() { packed } else { self.folder.join(name) }
    }

    pub(crate) fn check(&self) -> anyhow::Result<()> {
        for (_, program, _) in FUNCTIONS {
            let path: &Path = &self.program(program);
            anyhow::ensure!(path.is_file(), "there is no {}: build the functions", path.display());
        }
        Ok(())
    }
}

impl Stack {
    pub(crate) async fn start(world: &World, programs: &Programs) -> anyhow::Result<Self> {
        Ok(Self {
            send: world.start(programs, "Send").await?,
            dispatch: world.start(programs, "Dispatch").await?,
            poll_status: world.start(programs, "PollStatus").await?,
            webhooks: world.start(programs, "Webhooks").await?,
            receipts: world.start(programs, "Receipts").await?,
            world: world.clone(),
        })
    }

    pub(crate) fn functions(&self) -> [&Function; 5] {
        [&self.send, &self.dispatch, &self.poll_status, &self.webhooks, &self.receipts]
    }
}

/// What the template and Lambda would set. A function takes what it knows of it.
fn variables(endpoint: &str, gateway: &str, reports: bool) -> Vec<(&'static str, String)> {
    let queue = |name: &str| format!("https://sqs.us-east-1.amazonaws.com/000000000000/{name}");
    let arn = |name: &str| format!("arn:aws:sqs:us-east-1:000000000000:{name}");
    vec![
        ("AWS_ENDPOINT_URL", endpoint.to_owned()),
        ("AWS_REGION", "us-east-1".to_owned()),
        ("AWS_ACCESS_KEY_ID", "ASIABENCHBENCHBENCH0".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "bench/bench/bench/bench/bench/bench/bench".to_owned()),
        // As long as those of a role.
        ("AWS_SESSION_TOKEN", "b".repeat(800)),
        ("TABLE_NAME", TABLE.to_owned()),
        ("BUCKET_NAME", BUCKET.to_owned()),
        ("JOBS_QUEUE_URL", queue("jobs")),
        ("JOBS_QUEUE_ARN", arn("jobs")),
        ("DISPATCH_QUEUE_URL", queue("dispatch")),
        ("DISPATCH_QUEUE_ARN", arn("dispatch")),
        ("POLLS_QUEUE_URL", queue("polls")),
        ("POLLS_QUEUE_ARN", arn("polls")),
        ("RECEIPTS_QUEUE_URL", queue("receipts")),
        ("DEAD_LETTER_QUEUE_URL", queue("dead")),
        ("SCHEDULE_GROUP", "bench".to_owned()),
        ("SCHEDULE_ROLE_ARN", "arn:aws:iam::000000000000:role/bench".to_owned()),
        ("PROVIDER_URL", gateway.to_owned()),
        ("PROVIDER_ACCOUNT_SID", ACCOUNT.to_owned()),
        ("PROVIDER_CREDENTIALS", "ssm:/volley/bench/provider".to_owned()),
        ("PUBLIC_URL", PUBLIC_URL.to_owned()),
        ("CLAIM_TIMEOUT_SECONDS", "120".to_owned()),
        ("GATEWAY_TIMEOUT_SECONDS", "10".to_owned()),
        ("REARM_AFTER_SECONDS", "120".to_owned()),
        ("LOOKUP_AFTER_SECONDS", "600".to_owned()),
        ("POLL_SCHEDULE_SECONDS", "30,300,600,900,1200,1500,1800".to_owned()),
        ("ADMIN_KEY_SHA256", ADMIN_KEY_SHA256.to_owned()),
        // Without a limit per key: the store has no counters, and sending makes no API requests.
        ("REQUESTS_PER_MINUTE", "0".to_owned()),
        ("USAGE_REPORT", if reports { "on" } else { "off" }.to_owned()),
        ("RUST_LOG", "warn".to_owned()),
        ("MIMALLOC_ALLOW_THP", "0".to_owned()),
    ]
}
