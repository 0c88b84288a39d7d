//! What tests share: a fake server for AWS and the providers, a log, a time and a message.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use serde_json::Value;
use shared::ids::{CampaignId, MessageId, OrganizationId};
use shared::message::Kind;
use shared::receipt::MessageRef;
use shared::time::Timestamp;
use uuid::Uuid;

use crate::telemetry::subscriber;

pub(crate) fn now() -> Timestamp {
    Timestamp::from_millis(1_800_000_000_000).expect("in range")
}

pub(crate) fn reference() -> MessageRef {
    MessageRef {
        organization_id: OrganizationId(Uuid::from_u128(1)),
        campaign_id: CampaignId(Uuid::from_u128(2)),
        message_id: MessageId(Uuid::from_u128(3)),
        kind: Kind::Campaign,
    }
}

/// Where a test's log lines go.
#[derive(Clone, Default)]
pub(crate) struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("not poisoned").extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Lines {
    /// The lines of what `work` logs at this level.
    pub(crate) fn of(level: &str, work: impl FnOnce()) -> Vec<Value> {
        let lines = Self::default();
        let writer = lines.clone();
        let subscriber = subscriber(Some(level), move || writer.clone());
        tracing::subscriber::with_default(subscriber, work);
        let bytes = lines.0.lock().expect("not poisoned").clone();
        let text = String::from_utf8(bytes).expect("UTF-8");
        text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
    }
}

/// Serves requests on a thread and records them. It runs until the process ends.
pub(crate) struct Server {
    pub(crate) url: String,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Starts a server whose responses (status and body) come from `respond`. A request is passed
    /// as one string with its head and body.
    pub(crate) fn start(respond: impl Fn(&str) -> (u16, String) + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let requests = Arc::<Mutex<Vec<String>>>::default();
        let kept = Arc::clone(&requests);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let request = read(&stream);
                let (status, body) = respond(&request);
                kept.lock().expect("not poisoned").push(request);
                write(stream, status, &body);
            }
        });
        Self { url, requests }
    }

    /// The number of requests that contained `mark`.
    pub(crate) fn count(&self, mark: &str) -> usize {
        let requests = self.requests.lock().expect("not poisoned");
        requests.iter().filter(|request| request.contains(mark)).count()
    }

    /// A configuration that makes AWS clients call this server.
    pub(crate) fn aws(&self) -> SdkConfig {
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .endpoint_url(&self.url)
            .credentials_provider(aws_credential_types::provider::SharedCredentialsProvider::new(
                Credentials::new("test", "test", None, None, "test"),
            ))
            .http_client(crate::aws::http_client())
            .retry_config(aws_config::retry::RetryConfig::disabled())
            .build()
    }
}

fn read(mut stream: &TcpStream) -> String {
    let mut request = Vec::new();
    let mut buffer = [0; 4_096];
    loop {
        let text = String::from_utf8_lossy(&request).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
            });
            if body.len() >= length.unwrap_or(0) {
                return text;
            }
        }
        match stream.read(&mut buffer) {
            Ok(count) if count > 0 => request.extend_from_slice(&buffer[..count]),
            _ => return text,
        }
    }
}

fn write(mut stream: TcpStream, status: u16, body: &str) {
    let head = format!(
        "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
         connection: close\r\n\r\n",
        body.len()
    );
    let _ = stream.write_all(head.as_bytes());
    let _ = stream.write_all(body.as_bytes());
}
