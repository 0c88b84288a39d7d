//! The local stack: emulator, simulator, and the real template deployed with the SAM CLI.

use std::fmt::Write;
use std::fs::{self, File, TryLockError};
use std::process::Command;

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::deployment::{self, API_ID, STACK};
use crate::environment::{self, Variables};
use crate::{folder, identity, process, root};

const EMULATOR: &str = "emulator.py";
const SIMULATOR: &str = "simulator";

/// The emulator handles one request at a time, so more concurrent callbacks would only make more
/// processes wait, each with a cold start. AWS is just as little concurrent, since each callback
/// takes milliseconds.
const CALLBACKS_AT_ONCE: &str = "4";

/// A running stack. Its processes run until [`Stack::down`].
#[derive(Serialize, Deserialize)]
pub struct Stack {
    emulator: u32,
    simulator: Option<u32>,
    pub variables: Variables,
}

/// What differs from the usual stack, and what to put between the functions and everything that they
/// talk to, for tests that inject faults. Other programs connect directly.
#[derive(Clone, Debug, Default)]
pub struct Between {
    /// The URL that the functions use for AWS, if not the emulator's.
    pub aws: Option<String>,
    /// The URL that the functions use for the provider.
    pub provider: Option<String>,
    /// More variables for the emulator; see `emulator.py`.
    pub emulator: Variables,
    /// More variables for the simulator.
    pub simulator: Variables,
    /// Parameters of the template that override the local stack's.
    pub parameters: Variables,
}

/// A Twilio-compatible server that the user runs instead of the simulator.
#[derive(Clone)]
struct Provider {
    url: String,
    account_sid: String,
    auth_token: String,
}

impl Provider {
    fn from_process() -> anyhow::Result<Option<Self>> {
        let Ok(url) = std::env::var("PROVIDER_URL") else {
            return Ok(None);
        };
        let read = |name| std::env::var(name).with_context(|| format!("PROVIDER_URL needs {name}"));
        let (account_sid, auth_token) =
            (read("PROVIDER_ACCOUNT_SID")?, read("PROVIDER_AUTH_TOKEN")?);
        Ok(Some(Self { url, account_sid, auth_token }))
    }
}

impl Stack {
    /// The lock on the folder's stack. It is released when dropped or when the process ends.
    pub fn alone() -> anyhow::Result<File> {
        fs::create_dir_all(folder())?;
        let file = File::create(folder().join("lock"))?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => {
                bail!("another run uses this folder's stack: wait for its end")
            }
            Err(TryLockError::Error(error)) => Err(error).context("failed to lock the stack"),
        }
    }

    /// Starts everything on free ports and deploys the template. First ends what is left of an
    /// earlier stack.
    pub async fn up_with(between: &Between) -> anyhow::Result<Self> {
        // Another part of the process may have installed it already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self::down()?;
        let mut stack = Self { emulator: 0, simulator: None, variables: Variables::new() };
        let started = stack.start(between).await;
        stack.remember()?;
        if let Err(error) = started {
            Self::down()?;
            return Err(error);
        }
        environment::write(&stack.variables)?;
        Ok(stack)
    }

    async fn start(&mut self, between: &Between) -> anyhow::Result<()> {
        let provider = match Provider::from_process()? {
            Some(provider) => provider,
            None => self.start_simulator(&between.simulator).await?,
        };
        let seen = between.provider.as_ref().unwrap_or(&provider.url).clone();
        let port = self.start_emulator(&seen, between).await?;
        let endpoint = format!("http://127.0.0.1:{port}");
        let public_url = format!("{endpoint}/_aws/execute-api/{API_ID}/$default");
        let admin_key = random_hex()?;
        let aws = aws_variables(&endpoint);
        let credentials = deployment::put_credentials(&aws, STACK, &provider.auth_token)?;
        let webhooks_key = deployment::put_webhooks_key(&aws, STACK)?;
        let parameters = [
            ("WebhooksEncryption", webhooks_key),
            ("PublicUrl", public_url.clone()),
            ("ProviderUrl", seen),
            ("ProviderAccountSid", provider.account_sid.clone()),
            ("ProviderCredentials", credentials),
            ("ErasureKeys", deployment::put_erasure_keys(&aws, STACK)?),
            ("AdminKeySha256", sha256(admin_key.as_bytes())),
        ];
        deployment::deploy(&aws, parameters.into(), &between.parameters)?;
        let outputs = deployment::outputs(&aws, STACK)?;
        if self.simulator.is_some() {
            publish_to(&provider, &endpoint, &outputs).await?;
        }
        self.variables = outputs;
        self.variables.extend(aws);
        self.variables.extend(identity::variables(&between.parameters));
        self.variables.extend(
            [
                ("API_URL", public_url),
                ("ADMIN_KEY", admin_key),
                ("PROVIDER_URL", provider.url),
                ("PROVIDER_ACCOUNT_SID", provider.account_sid),
                ("PROVIDER_AUTH_TOKEN", provider.auth_token),
                ("FUNCTIONS_LOG", functions_log()),
            ]
            .map(|(name, value)| (name.to_owned(), value)),
        );
        Ok(())
    }

    async fn start_simulator(&mut self, variables: &Variables) -> anyhow::Result<Provider> {
        let port = process::free_port()?;
        let provider = Provider {
            url: format!("http://127.0.0.1:{port}"),
            account_sid: format!("AC{}", &random_hex()?[..32]),
            auth_token: random_hex()?[..32].to_owned(),
        };
        let log = folder().join("simulator.log");
        let mut command = Command::new(root().join("target/release/simulator"));
        command
            .env("SIMULATOR_PORT", port.to_string())
            .env("SIMULATOR_ACCOUNT_SID", &provider.account_sid)
            .env("SIMULATOR_AUTH_TOKEN", &provider.auth_token)
            .env("SIMULATOR_CALLBACKS_AT_ONCE", CALLBACKS_AT_ONCE)
            .envs(variables);
        self.simulator = Some(process::start(command, &log)?);
        process::ready(&format!("{}/_simulator/health", provider.url), &log).await?;
        Ok(provider)
    }

    async fn start_emulator(
        &mut self,
        provider_url: &str,
        between: &Between,
    ) -> anyhow::Result<u16> {
        let port = process::free_port()?;
        let endpoint = format!("http://127.0.0.1:{port}");
        let log = folder().join("emulator.log");
        fs::write(functions_log(), "")?;
        let mut command = Command::new(root().join(".venv/emulator/bin/python"));
        // Functions inherit the emulator's environment, so start with an empty one.
        command
            .arg(root().join("tools/python").join(EMULATOR))
            .arg(functions_log())
            .env_clear()
            .envs(aws_variables(&endpoint))
            // The emulator can't send SMS, so the simulator also plays End User Messaging.
            .env("AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2", provider_url)
            .envs(&between.emulator)
            .envs(between.aws.iter().map(|url| ("FUNCTIONS_ENDPOINT_URL", url)))
            .env("PATH", std::env::var("PATH").unwrap_or_default())
            .env("HOME", folder())
            .env("GATEWAY_PORT", port.to_string())
            .env("BIND_HOST", "127.0.0.1")
            .env("MINISTACK_HOST", "127.0.0.1")
            .env("IOT_MTLS_ENABLED", "0")
            .env("SFTP_ENABLED", "0")
            .env("LOG_LEVEL", "WARNING")
            .current_dir(folder());
        self.emulator = process::start(command, &log)?;
        process::ready(&format!("{endpoint}/_ministack/health"), &log).await?;
        Ok(port)
    }

    /// Whether the provider is the simulator, not a server that the user runs.
    #[must_use]
    pub fn has_simulator(&self) -> bool {
        self.simulator.is_some()
    }

    /// The emulator's process, which is the parent of the functions.
    #[must_use]
    pub fn emulator(&self) -> u32 {
        self.emulator
    }

    fn remember(&self) -> anyhow::Result<()> {
        Ok(fs::write(folder().join("stack.json"), serde_json::to_vec_pretty(self)?)?)
    }

    /// The stack that was left running.
    #[must_use]
    pub fn remembered() -> Option<Self> {
        serde_json::from_slice(&fs::read(folder().join("stack.json")).ok()?).ok()
    }

    /// Ends what an earlier [`Stack::up_with`] started, and nothing else.
    pub fn down() -> anyhow::Result<()> {
        let Some(stack) = Self::remembered() else {
            return Ok(());
        };
        process::end(stack.emulator, EMULATOR);
        if let Some(simulator) = stack.simulator {
            process::end(simulator, SIMULATOR);
        }
        Ok(fs::remove_file(folder().join("stack.json"))?)
    }
}

/// Sets where the simulator publishes receipts and inbound texts as AWS would.
async fn publish_to(
    provider: &Provider,
    endpoint: &str,
    outputs: &Variables,
) -> anyhow::Result<()> {
    let topics = serde_json::json!({
        "endpoint": endpoint,
        "events": outputs.get("SMS_EVENTS_TOPIC"),
        "inbound": outputs.get("SMS_INBOUND_TOPIC"),
    });
    let url = format!("{}/_simulator/aws/topics", provider.url);
    let told = reqwest::Client::new().put(url).json(&topics).send().await?;
    told.error_for_status().context("the simulator takes no topics")?;
    Ok(())
}

fn functions_log() -> String {
    folder().join("functions.log").to_string_lossy().into_owned()
}

fn aws_variables(endpoint: &str) -> Variables {
    [
        ("AWS_ENDPOINT_URL", endpoint),
        ("AWS_REGION", "us-east-1"),
        ("AWS_DEFAULT_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into()
}

fn random_hex() -> anyhow::Result<String> {
    let mut bytes = [0_u8; 24];
    getrandom::fill(&mut bytes).context("the system gives no randomness")?;
    Ok(sha256(&bytes))
}

/// In hexadecimal digits.
fn sha256(bytes: &[u8]) -> String {
    let mut digits = String::with_capacity(64);
    for byte in Sha256::digest(bytes) {
        // A `String` takes everything that is written.
        let _ = write!(digits, "{byte:02x}");
    }
    digits
}
