//! A function as Lambda runs it: a process that asks the Runtime API for one event after another.

use std::fs::File;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use hyper::body::Bytes;
use tokio::process::{Child, Command};
use tokio::sync::{Mutex, mpsc, oneshot};

use crate::aws::{Asked, Meter, locked};
use crate::process;
use crate::time;
use bench::server::{self, Request, Response};

/// How long an event may take before the bench gives up.
const EVENT_WITHIN: Duration = Duration::from_mins(15);
const START_WITHIN: Duration = Duration::from_secs(20);

struct Event {
    payload: Vec<u8>,
    answer: oneshot::Sender<Result<Bytes, String>>,
    deadline_millis: i64,
}

/// The Runtime API of one process.
struct Runtime {
    events: Mutex<mpsc::Receiver<Event>>,
    pending: std::sync::Mutex<Option<oneshot::Sender<Result<Bytes, String>>>>,
    ready: std::sync::Mutex<Option<oneshot::Sender<(Instant, f64)>>>,
    process: std::sync::OnceLock<u32>,
}

pub(crate) struct Function {
    pub(crate) name: &'static str,
    child: Child,
    id: u32,
    events: mpsc::Sender<Event>,
    pub(crate) meter: Arc<Meter>,
    timeout: Duration,
    pub(crate) invocations: u64,
    pub(crate) start: Start,
}

/// What a start took.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Start {
    pub(crate) wall: Duration,
    pub(crate) cpu_seconds: f64,
}

/// What a function used so far.
#[derive(Clone, Debug)]
pub(crate) struct Used {
    pub(crate) cpu_seconds: f64,
    pub(crate) invocations: u64,
    pub(crate) asked: Asked,
}

impl Function {
    /// Starts a process and waits until it asks for its first event.
    pub(crate) async fn start(
        name: &'static str,
        program: &Path,
        variables: &[(&str, String)],
        log: &File,
        timeout: Duration,
        meter: Arc<Meter>,
    ) -> anyhow::Result<Self> {
        let (events, taken) = mpsc::channel(1);
        let (ready, is_ready) = oneshot::channel();
        let runtime = Arc::new(Runtime {
            events: Mutex::new(taken),
            pending: std::sync::Mutex::default(),
            ready: std::sync::Mutex::new(Some(ready)),
            process: std::sync::OnceLock::new(),
        });
        let told = Arc::clone(&runtime);
        let address = server::serve(move |request| {
            let runtime = Arc::clone(&told);
            async move { runtime.answer(request).await }
        });
        let address = address.await?;
        let began = Instant::now();
        let mut command = Command::new(program);
        command
            .env_clear()
            .envs(variables.iter().map(|(name, value)| (*name, value.as_str())))
            .env("AWS_LAMBDA_RUNTIME_API", address.to_string())
            .env("AWS_LAMBDA_FUNCTION_NAME", name)
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256")
            .env("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand")
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log.try_clone()?)
            .kill_on_drop(true);
        let child =
            command.spawn().with_context(|| format!("failed to start {}", program.display()))?;
        let id = child.id().context("it has ended")?;
        let _ = runtime.process.set(id);
        let started = tokio::time::timeout(START_WITHIN, is_ready).await;
        let (ready_at, cpu_seconds) =
            started.with_context(|| format!("{name} asks for no event"))??;
        let start = Start { wall: ready_at - began, cpu_seconds };
        Ok(Self { name, child, id, events, meter, timeout, invocations: 0, start })
    }

    /// Hands an event over and waits for the answer.
    pub(crate) async fn invoke(&mut self, payload: Vec<u8>) -> anyhow::Result<Bytes> {
        let (answer, answered) = oneshot::channel();
        let timeout = i64::try_from(self.timeout.as_millis())?;
        let deadline_millis = time::now_millis() + timeout;
        let event = Event { payload, answer, deadline_millis };
        self.events.send(event).await.ok().context("the function has ended")?;
        self.invocations += 1;
        match tokio::time::timeout(EVENT_WITHIN, answered).await {
            Ok(Ok(Ok(answer))) => Ok(answer),
            Ok(Ok(Err(error))) => bail!("{} failed: {error}", self.name),
            _ => bail!("{} gave no answer: {:?}", self.name, self.child.try_wait()),
        }
    }

    pub(crate) fn used(&self) -> Used {
        Used {
            cpu_seconds: process::cpu_seconds(self.id),
            invocations: self.invocations,
            asked: self.meter.read(),
        }
    }

    pub(crate) fn process(&self) -> u32 {
        self.id
    }

    pub(crate) fn resident_peak_mib(&self) -> f64 {
        process::resident_peak_mib(self.id)
    }
}

impl Runtime {
    async fn answer(&self, request: Request) -> Response {
        let path = request.head.uri.path();
        if path.ends_with("/invocation/next") {
            return self.next().await;
        }
        let told = match path.rsplit('/').next() {
            Some("response") => Ok(request.body),
            _ => Err(format!("{path}: {}", String::from_utf8_lossy(&request.body))),
        };
        if let Some(answer) = locked(&self.pending).take() {
            let _ = answer.send(told);
        }
        server::response(202, "application/json", Vec::new())
    }

    async fn next(&self) -> Response {
        if let Some(ready) = locked(&self.ready).take() {
            let cpu = self.process.get().map_or(0.0, |id| process::cpu_seconds(*id));
            let _ = ready.send((Instant::now(), cpu));
        }
        let Some(event) = self.events.lock().await.recv().await else {
            // The bench is over: the process is ended while it waits.
            return std::future::pending().await;
        };
        *locked(&self.pending) = Some(event.answer);
        let mut response = server::response(200, "application/json", event.payload);
        let deadline = event.deadline_millis.to_string();
        for (name, value) in [
            ("lambda-runtime-aws-request-id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd"),
            (
                "lambda-runtime-invoked-function-arn",
                "arn:aws:lambda:us-east-1:000000000000:function:bench",
            ),
            ("lambda-runtime-trace-id", "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=0"),
            ("lambda-runtime-deadline-ms", deadline.as_str()),
        ] {
            if let Ok(value) = value.parse() {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}
