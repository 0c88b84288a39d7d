//! Receiving events on this machine.

use std::convert::Infallible;
use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use chrono::Utc;
use clap::Args;
use http_body_util::{BodyExt, Empty, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};

use super::signature::{Claims, Secret, verify};
use crate::ask;
use crate::failure::Failure;
use crate::output::{EVENT, Output};

/// An event has at most 200 KB.
const MAX_BODY: usize = 1024 * 1024;
/// Requests that wait to be printed. Volley makes two at once.
const MAX_WAITING: usize = 16;
/// How long the last responses may take once enough was printed.
const GRACE: Duration = Duration::from_secs(1);

/// Receive events on this machine, and print those that are signed with the secret
///
/// Volley calls public https:// addresses only, so let a tunnel lead from one to this port. A request whose
/// signature is missing, wrong or older than five minutes is refused with 401, and said on standard error.
/// Ends with Ctrl-C. Exits with 4 if requests were refused.
#[derive(Debug, Args)]
pub(crate) struct Listen {
    /// The port on 127.0.0.1; 0 takes a free one
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// The webhook's secret; it is asked for by default, or read from VOLLEY_WEBHOOK_SECRET
    #[arg(
        long,
        value_name = "whsec_…",
        env = "VOLLEY_WEBHOOK_SECRET",
        hide_env = true,
        hide_env_values = true
    )]
    secret: Option<String>,
    /// End after this many events
    #[arg(long, value_name = "N")]
    count: Option<usize>,
}

/// A request, once its signature was checked.
type Checked = Result<Value, String>;

/// A request that has to be printed before it is responded to.
struct Arrived {
    checked: Checked,
    printed: oneshot::Sender<()>,
}

impl Listen {
    pub(crate) async fn run(&self, output: &Output) -> Result<(), Failure> {
        let secret = match &self.secret {
            Some(secret) => secret.clone(),
            None => ask::secret("Secret of the webhook")?,
        };
        let secret = Arc::new(Secret::read(&secret).map_err(Failure::Usage)?);
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port));
        let listener = TcpListener::bind(address).await.map_err(|error| {
            Failure::usage(format!("cannot listen on {address}: {error}; choose another --port"))
        })?;
        // Scripts read the port from it, so it is said even if no person sees it.
        say(&format!("Listening on http://{}", listener.local_addr()?));
        let (sender, mut receiver) = mpsc::channel(MAX_WAITING);
        let refused = tokio::select! {
            never = accept(&listener, &secret, &sender) => match never? {},
            refused = print(&mut receiver, output, self.count) => refused?,
        };
        // Each connection has a sender, so the channel ends once the last response was sent.
        drop(sender);
        let responded = async { while receiver.recv().await.is_some() {} };
        let _ = tokio::time::timeout(GRACE, responded).await;
        ended(refused)
    }
}

fn ended(refused: usize) -> Result<(), Failure> {
    match refused {
        0 => Ok(()),
        1 => Err(Failure::Incomplete("1 request was refused".to_owned())),
        refused => Err(Failure::Incomplete(format!("{refused} requests were refused"))),
    }
}

/// A line on standard error that must be seen, though it is not part of the result.
fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// Prints events until there are enough or a person stops it. Returns how many requests were refused.
async fn print(
    receiver: &mut mpsc::Receiver<Arrived>,
    output: &Output,
    count: Option<usize>,
) -> Result<usize, Failure> {
    let (mut shown, mut refused) = (0, 0);
    while count.is_none_or(|count| shown < count) {
        let arrived = tokio::select! {
            arrived = receiver.recv() => arrived,
            _ = tokio::signal::ctrl_c() => None,
        };
        let Some(Arrived { checked, printed }) = arrived else { break };
        match checked {
            Ok(event) => {
                output.line(&event, &EVENT, shown == 0)?;
                shown += 1;
            }
            Err(reason) => {
                refused += 1;
                let label = console::style("Refused").for_stderr().red().bold();
                say(&format!("{label} a request: {reason}"));
            }
        }
        let _ = printed.send(());
    }
    Ok(refused)
}

async fn accept(
    listener: &TcpListener,
    secret: &Arc<Secret>,
    sender: &mpsc::Sender<Arrived>,
) -> Result<Infallible, Failure> {
    loop {
        let (connection, _) = listener.accept().await?;
        tokio::spawn(serve(connection, Arc::clone(secret), sender.clone()));
    }
}

async fn serve(connection: TcpStream, secret: Arc<Secret>, sender: mpsc::Sender<Arrived>) {
    let service = service_fn(|request| respond(request, &secret, &sender));
    // A client that goes away concerns no one.
    let _ = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .keep_alive(false)
        .serve_connection(TokioIo::new(connection), service)
        .await;
}

/// An event is printed before the response, so that none is lost whose sender heard a 2xx.
async fn respond(
    request: Request<Incoming>,
    secret: &Secret,
    sender: &mpsc::Sender<Arrived>,
) -> Result<Response<Empty<Bytes>>, Infallible> {
    let checked = check(request, secret).await;
    let status = match &checked {
        Ok(_) => StatusCode::NO_CONTENT,
        Err(_) => StatusCode::UNAUTHORIZED,
    };
    let (printed, is_printed) = oneshot::channel();
    let _ = sender.send(Arrived { checked, printed }).await;
    // What arrives after the last event that was asked for is not printed.
    let status = match is_printed.await {
        Ok(()) => status,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE,
    };
    let mut response = Response::new(Empty::new());
    *response.status_mut() = status;
    Ok(response)
}

async fn check(request: Request<Incoming>, secret: &Secret) -> Checked {
    let (parts, body) = request.into_parts();
    let header = |name: &str| {
        let value = parts.headers.get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default()
    };
    let body = Limited::new(body, MAX_BODY).collect().await;
    let body = body.map_err(|_| "its body is cut short or over 1 MB".to_owned())?.to_bytes();
    let claims = Claims {
        id: header("webhook-id"),
        at: header("webhook-timestamp"),
        signatures: header("webhook-signature"),
    };
    let now = u64::try_from(Utc::now().timestamp()).unwrap_or_default();
    verify(secret, &claims, &body, now)?;
    serde_json::from_slice(&body).map_err(|_| "its body is not JSON".to_owned())
}
