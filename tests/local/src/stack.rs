//! The local stack: emulator, simulator, and the real template deployed with the SAM CLI.

use std::collections::HashMap;
use std::fs::{self, File, TryLockError};
use std::process::Command;

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::environment::{self, Variables};
use crate::process;
use crate::{folder, root};

/// As in samconfig.toml.
const STACK: &str = "volley";
const API_ID: &str = "volley";
const EMULATOR: &str = "emulator.py";
const SIMULATOR: &str = "simulator";

/// The secret with the provider's credentials, as the template's parameter names it.
const CREDENTIALS: &str = "ssm:/volley/volley/twilio";

/// Times that are minutes on AWS are seconds here, so that no one waits for repairs and counts, and a
/// fan-out splits after hundreds of contacts instead of many thousands. The functions report their
/// usage, callbacks use the function URL, and the emulator has no configuration sets. Each event
/// source gets the concurrency that the emulator would give it without a limit.
const PARAMETERS: [(&str, &str); 16] = [
    (
        "PollScheduleSeconds",
        "2,5,9,13,17,22,27,32,38,44,52,60,75,90,120,180,240,300,420,540,660,780,900",
    ),
    ("RearmAfterSeconds", "10"),
    ("ClaimTimeoutSeconds", "8"),
    ("GatewayTimeoutSeconds", "3"),
    ("LookupAfterSeconds", "15"),
    ("SplitAfterContacts", "500"),
    ("JobsConcurrency", "5"),
    ("DispatchConcurrency", "10"),
    ("PollsConcurrency", "5"),
    ("ReceiptsConcurrency", "5"),
    ("InboundConcurrency", "5"),
    ("CallbacksByFunctionUrl", "on"),
    ("EndUserMessaging", "on"),
    ("ConfigurationSetName", "volley-local"),
    ("UsageReport", "on"),
    ("LogLevel", "info"),
];

/// The emulator takes one request after the other, so more callbacks at once would only have more
/// processes wait, each started cold. On AWS as few are at once, since each takes milliseconds.
const CALLBACKS_AT_ONCE: &str = "4";

/// A stack that runs. Its processes live on until [`Stack::down`].
#[derive(Serialize, Deserialize)]
pub struct Stack {
    emulator: u32,
    simulator: Option<u32>,
    pub variables: Variables,
}

/// What stands between the functions and everything that they talk to, for tests that disturb it.
/// Everybody else talks directly.
#[derive(Clone, Debug, Default)]
pub struct Between {
    /// The URL under which the functions find AWS, if it is not the emulator's own.
    pub aws: Option<String>,
    /// The URL under which the functions find the provider.
    pub provider: Option<String>,
    /// More variables for the emulator; see `emulator.py`.
    pub emulator: Variables,
    /// More variables for the simulator.
    pub simulator: Variables,
    /// Parameters of the template in place of the local stack's.
    pub parameters: Variables,
}

/// A Twilio-compatible server of the user's own, instead of the simulator.
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
    /// The right to the folder's stack, until it is dropped or the process has ended.
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

    /// Starts everything on free ports and deploys the template. What was left of an earlier stack
    /// is ended first.
    pub async fn up() -> anyhow::Result<Self> {
        Self::up_with(&Between::default()).await
    }

    /// As [`Stack::up`], with something between the functions and the rest.
    pub async fn up_with(between: &Between) -> anyhow::Result<Self> {
        // Another part of the process may have installed it.
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
        let seen = Provider { url: seen, ..provider.clone() };
        put_credentials(&aws, &provider.auth_token)?;
        deploy(&aws, &public_url, &seen, &admin_key, &between.parameters)?;
        let outputs = outputs(&aws)?;
        if self.simulator.is_some() {
            publish_to(&provider, &endpoint, &outputs).await?;
        }
        self.variables = aws;
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
        for (output, value) in outputs {
            if output != "ApiUrl" {
                self.variables.insert(shouted(&output), value);
            }
        }
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
        // Functions inherit the emulator's environment, so it gets a clean one.
        command
            .arg(root().join("tests/local/python").join(EMULATOR))
            .arg(functions_log())
            .env_clear()
            .envs(aws_variables(&endpoint))
            // The emulator has no phones: the simulator stands in for End User Messaging too.
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

    /// Whether the provider is the simulator, and not a server of the user's own.
    #[must_use]
    pub fn has_simulator(&self) -> bool {
        self.simulator.is_some()
    }

    /// The emulator's process, whose children the functions are.
    #[must_use]
    pub fn emulator(&self) -> u32 {
        self.emulator
    }

    fn remember(&self) -> anyhow::Result<()> {
        Ok(fs::write(folder().join("stack.json"), serde_json::to_vec_pretty(self)?)?)
    }

    /// The stack that was left up.
    #[must_use]
    pub fn remembered() -> Option<Self> {
        serde_json::from_slice(&fs::read(folder().join("stack.json")).ok()?).ok()
    }

    /// Ends what an earlier [`Stack::up`] started, and only that.
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

/// Tells the simulator where AWS would publish receipts and what people write.
async fn publish_to(
    provider: &Provider,
    endpoint: &str,
    outputs: &HashMap<String, String>,
) -> anyhow::Result<()> {
    let topics = serde_json::json!({
        "endpoint": endpoint,
        "events": outputs.get("SmsEventsTopic"),
        "inbound": outputs.get("SmsInboundTopic"),
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

/// Stores the provider's auth token where the functions read it.
fn put_credentials(aws: &Variables, auth_token: &str) -> anyhow::Result<()> {
    let output = Command::new(root().join(".venv/emulator/bin/python"))
        .arg(root().join("tests/local/python/put_parameter.py"))
        .arg(CREDENTIALS.trim_start_matches("ssm:"))
        .env("VALUE", auth_token)
        .envs(aws)
        .output()
        .context("failed to start Python")?;
    if !output.status.success() {
        bail!("the secret was not stored: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}

fn deploy(
    aws: &Variables,
    public_url: &str,
    provider: &Provider,
    admin_key: &str,
    instead: &Variables,
) -> anyhow::Result<()> {
    let key_hash = format!("{:x}", Sha256::digest(admin_key));
    let architecture = if cfg!(target_arch = "aarch64") { "arm64" } else { "x86_64" };
    let own = |name: &str| instead.get(name).map(String::as_str);
    let parameters = PARAMETERS.map(|(name, value)| (name, own(name).unwrap_or(value)));
    let parameters = parameters.into_iter().chain([
        ("PublicUrl", public_url),
        ("ProviderUrl", &provider.url),
        ("ProviderAccountSid", &provider.account_sid),
        ("ProviderCredentials", CREDENTIALS),
        ("AdminKeySha256", &key_hash),
        ("Architecture", architecture),
    ]);
    let output = Command::new(root().join(".venv/sam/bin/sam"))
        .args(["deploy", "--config-env", "local", "--no-progressbar"])
        // The tag by which the emulator is told the API's id, so that its URL is known beforehand.
        .args(["--tags", &format!("ms-custom-id={API_ID}"), "--parameter-overrides"])
        .args(parameters.map(|(name, value)| format!("{name}={value}")))
        .envs(aws)
        .env("SAM_CLI_TELEMETRY", "0")
        .current_dir(root())
        .output()
        .context("failed to start the SAM CLI")?;
    let log = [output.stdout, output.stderr].concat();
    fs::write(folder().join("deploy.log"), &log)?;
    if !output.status.success() {
        bail!("the SAM CLI failed to deploy:\n{}", String::from_utf8_lossy(&log));
    }
    Ok(())
}

fn outputs(aws: &Variables) -> anyhow::Result<HashMap<String, String>> {
    let output = Command::new(root().join(".venv/emulator/bin/python"))
        .arg(root().join("tests/local/python/outputs.py"))
        .arg(STACK)
        .envs(aws)
        .output()
        .context("failed to read the stack's outputs")?;
    serde_json::from_slice(&output.stdout).with_context(|| {
        format!("the stack has no outputs: {}", String::from_utf8_lossy(&output.stderr))
    })
}

/// `DispatchQueueUrl` as `DISPATCH_QUEUE_URL`.
fn shouted(name: &str) -> String {
    let mut shouted = String::new();
    for (place, letter) in name.char_indices() {
        if letter.is_uppercase() && place > 0 {
            shouted.push('_');
        }
        shouted.push(letter.to_ascii_uppercase());
    }
    shouted
}

fn random_hex() -> anyhow::Result<String> {
    let mut bytes = [0_u8; 24];
    getrandom::fill(&mut bytes).context("the system gives no randomness")?;
    Ok(format!("{:x}", Sha256::digest(bytes)))
}
