//! The proxy between the functions and the rest of the world, which makes requests go wrong.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use anyhow::Context;
use http::header::{CONNECTION, CONTENT_LENGTH, EXPECT, HOST, TRANSFER_ENCODING};
use http::request::Parts;
use http::{HeaderValue, Method, Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::answers::{self, Answer};
use crate::caller::{self, Caller, Callers};
use crate::chance::Chance;
use crate::fault::{self, Fault};
use crate::ledger::Ledger;
use crate::operation::Operation;
use crate::outage::Outage;
use crate::plan::Planned;
use crate::runs::{Run, Runs};
use crate::{copies, partial, site};

/// The service behind the proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Aws,
    Provider,
}

/// What the proxies share.
#[derive(Clone)]
pub struct World {
    pub callers: Arc<Callers>,
    pub runs: Arc<Runs>,
    pub ledger: Arc<Ledger>,
}

pub struct Proxy {
    side: Side,
    world: World,
    http: Client<HttpConnector, Full<Bytes>>,
    upstream: OnceLock<String>,
    /// Whether the proxy refuses connections.
    pub(crate) is_down: watch::Sender<bool>,
}

/// The connection is cut without a response.
#[derive(Debug, thiserror::Error)]
#[error("cut")]
pub(crate) struct Cut;

/// A request whose body was read completely.
struct Whole {
    parts: Parts,
    body: Bytes,
}

impl Proxy {
    /// Listens on a free port of the loopback address, and also returns its URL.
    pub async fn start(side: Side, world: World) -> anyhow::Result<(Arc<Self>, String)> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let http = Client::builder(TokioExecutor::new()).build_http();
        let is_down = watch::Sender::new(false);
        let proxy = Arc::new(Self { side, world, http, upstream: OnceLock::new(), is_down });
        tokio::spawn(Arc::clone(&proxy).listen(listener, address));
        Ok((proxy, format!("http://{address}")))
    }

    /// Sets the real service's address, as `http://host:port`.
    pub fn forward_to(&self, url: &str) -> anyhow::Result<()> {
        let host = url.strip_prefix("http://").context("the upstream is plain HTTP")?;
        // Called only once.
        let _ = self.upstream.set(host.to_owned());
        Ok(())
    }

    pub(crate) async fn handle(self: Arc<Self>, request: Request<Incoming>) -> Result<Answer, Cut> {
        let (mut parts, body) = request.into_parts();
        let caller = self.caller(&mut parts).await;
        let body = body.collect().await.map_err(|_| Cut)?.to_bytes();
        let whole = Whole { parts, body };
        let operation = match self.side {
            Side::Aws => Operation::to_aws(&whole.parts),
            Side::Provider => Operation::to_provider(&whole.parts),
        };
        let Some(operation) = operation else {
            let target = whole.parts.headers.get("x-amz-target");
            let (method, path) = (&whole.parts.method, whole.parts.uri.path());
            self.world.ledger.unknown(format!("{method} {path} {target:?}"));
            return self.forward(&whole, whole.body.clone()).await;
        };
        let run = self.world.runs.of([whole.parts.uri.path().as_bytes(), &whole.body]);
        let function = caller.map_or("?", |caller| caller.function);
        let invocation = whole.parts.headers.get("amz-sdk-invocation-id");
        let invocation = invocation.and_then(|value| value.to_str().ok());
        let site = site::of(operation, &whole.body);
        self.world.ledger.call(function, operation, &site);
        if let Some((outage, planned)) = self.outage(&run, function, operation, &whole.body) {
            self.world.ledger.outage(outage);
            return self.go_wrong(whole, operation, caller, planned, None).await;
        }
        let decided = run.decide(function, operation, &site, invocation);
        let matter = format!("queue {function} {site} {}", decided.ordinal);
        let copying = run.seed.map(|seed| Chance::of(seed, &matter));
        let Some(planned) = decided.planned else {
            return self.work(&whole, operation, copying).await;
        };
        self.world.ledger.fault(function, operation, &site, planned.fault);
        self.go_wrong(whole, operation, caller, planned, copying).await
    }

    fn outage(
        &self,
        run: &Run,
        function: &'static str,
        operation: Operation,
        body: &[u8],
    ) -> Option<(Outage, Planned)> {
        if run.seed.is_some() {
            return run.outage(function, operation);
        }
        self.world.runs.of_sender(body)?.outage(function, operation)
    }

    /// Identifies the caller. If its name is in the path, it is removed from there.
    async fn caller(&self, parts: &mut Parts) -> Option<Caller> {
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        let of_path = caller::of_path(path).map(|(name, rest)| (name.to_owned(), rest.parse()));
        let name = if let Some((name, rest)) = of_path {
            parts.uri = rest.ok()?;
            name
        } else {
            let agent = |name| parts.headers.get(name).and_then(|agent| agent.to_str().ok());
            let agents = [agent("x-amz-user-agent"), agent("user-agent")];
            agents.into_iter().flatten().find_map(caller::of_agent)?.to_owned()
        };
        let callers = Arc::clone(&self.world.callers);
        tokio::task::spawn_blocking(move || callers.find(&name)).await.unwrap_or_default()
    }

    async fn go_wrong(
        self: Arc<Self>,
        whole: Whole,
        operation: Operation,
        caller: Option<Caller>,
        planned: Planned,
        copying: Option<Chance>,
    ) -> Result<Answer, Cut> {
        let Planned { fault, mut chance, .. } = planned;
        let patience = fault::patience(operation.service);
        match fault {
            Fault::Throttle => Ok(answers::throttle(operation, chance.below(6), &whole.body)),
            Fault::Error => Ok(answers::error(operation, chance.below(2))),
            Fault::Conflict => Ok(answers::conflict(operation, chance.below(100), &whole.body)),
            Fault::ErrorAfter => {
                self.work(&whole, operation, copying).await?;
                Ok(answers::error(operation, chance.below(2)))
            }
            Fault::Reset => Err(Cut),
            Fault::ResetAfter => {
                self.work(&whole, operation, copying).await?;
                Err(Cut)
            }
            Fault::Hold => {
                tokio::time::sleep(patience).await;
                Err(Cut)
            }
            Fault::HoldAfter => {
                self.work(&whole, operation, copying).await?;
                tokio::time::sleep(patience).await;
                Err(Cut)
            }
            Fault::Late => {
                let late = chance.below(1_500);
                let proxy = Arc::clone(&self);
                // A separate task, because the client hangs up, which would end this one.
                tokio::spawn(async move {
                    tokio::time::sleep(patience + Duration::from_millis(late)).await;
                    let _ = proxy.work(&whole, operation, copying).await;
                });
                tokio::time::sleep(patience).await;
                Err(Cut)
            }
            Fault::Partial => match partial::split(operation, &whole.body, &mut chance) {
                Some(split) => self.work_partly(&whole, split).await,
                None => self.work(&whole, operation, copying).await,
            },
            Fault::Kill => {
                end(caller).await;
                Err(Cut)
            }
            Fault::KillAfter => {
                let _ = self.work(&whole, operation, copying).await;
                end(caller).await;
                Err(Cut)
            }
            Fault::KillAnswered => {
                let answer = self.work(&whole, operation, copying).await;
                let soon = Duration::from_micros(300 + chance.below(4_000));
                tokio::spawn(async move {
                    tokio::time::sleep(soon).await;
                    end(caller).await;
                });
                answer
            }
        }
    }

    /// Forwards the request. Messages to a queue are sent twice.
    async fn work(
        self: &Arc<Self>,
        whole: &Whole,
        operation: Operation,
        copying: Option<Chance>,
    ) -> Result<Answer, Cut> {
        let copied =
            copying.and_then(|mut chance| copies::copy(operation, &whole.body, &mut chance));
        let Some(copied) = copied else {
            return self.forward(whole, whole.body.clone()).await;
        };
        let answer = self.forward(whole, copied.originals.to_string().into()).await?;
        if self.forward(whole, copied.copies.to_string().into()).await.is_ok() {
            self.world.ledger.copied();
        }
        Ok(answer)
    }

    async fn work_partly(&self, whole: &Whole, split: partial::Split) -> Result<Answer, Cut> {
        let answer = match &split.request {
            None => serde_json::json!({}),
            Some(request) => {
                let answer = self.forward(whole, request.to_string().into()).await?;
                if !answer.status().is_success() {
                    return Ok(answer);
                }
                let body = answer.into_body().collect().await.map_err(|_| Cut)?.to_bytes();
                serde_json::from_slice(&body).map_err(|_| Cut)?
            }
        };
        Ok(answers::json(200, &split.answer(answer)))
    }

    async fn forward(&self, whole: &Whole, body: Bytes) -> Result<Answer, Cut> {
        let answer = self.forwarded(whole, body).await;
        answer.map_err(|_| {
            self.world.ledger.unplanned();
            Cut
        })
    }

    async fn forwarded(&self, whole: &Whole, body: Bytes) -> anyhow::Result<Answer> {
        let host = self.upstream.get().context("nowhere to forward to yet")?;
        let path = whole.parts.uri.path_and_query().map_or("/", |path| path.as_str());
        let mut request = Request::builder()
            .method(whole.parts.method.clone())
            .uri(format!("http://{host}{path}"))
            .body(Full::new(body))?;
        *request.headers_mut() = whole.parts.headers.clone();
        for name in [CONTENT_LENGTH, CONNECTION, EXPECT, TRANSFER_ENCODING] {
            request.headers_mut().remove(name);
        }
        request.headers_mut().insert(HOST, HeaderValue::from_str(host)?);
        let (mut parts, body) = self.http.request(request).await?.into_parts();
        let body = body.collect().await?.to_bytes();
        for name in [CONNECTION, TRANSFER_ENCODING] {
            parts.headers.remove(name);
        }
        // Without a body, it is the length of the object.
        if whole.parts.method != Method::HEAD {
            parts.headers.remove(CONTENT_LENGTH);
        }
        // The message's own checksum covers its body, which is unchanged.
        parts.headers.remove("x-amz-crc32");
        Ok(Response::from_parts(parts, Full::new(body)))
    }
}

async fn end(caller: Option<Caller>) {
    if let Some(caller) = caller {
        // Starting a program blocks for a moment.
        let _ = tokio::task::spawn_blocking(move || caller::kill(caller)).await;
    }
}
