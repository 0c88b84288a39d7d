//! What happens in a run: an organization, an audience, campaigns, and people who interfere.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use anyhow::{Context, ensure};
use local::books::Books;
use local::environment::Variables;
use reqwest::{Client, Method};
use serde_json::{Value, json};
use tokio::sync::Mutex;

use crate::aws::Aws;
use crate::chance::Chance;
use crate::client::{Body, Insistent};
use crate::hours::Hours;
use crate::ledger::Ledger;
use crate::outage::Outage;
use crate::phones::phone;
use crate::proxy::Proxy;
use crate::receiver::Receiver;
use crate::runs::{Run, Runs};

/// The deadline for a run to settle. Repairs take seconds here, but a clock that is minutes behind
/// delays them by as much.
pub(crate) const SETTLED_WITHIN: Duration = Duration::from_mins(12);
/// Numbers from here on don't belong to contacts at first.
const TESTED: u64 = 58;
const SENDER: u64 = 63;

/// What all runs share.
#[derive(Clone)]
pub struct Grounds {
    pub http: Client,
    pub variables: Variables,
    pub runs: Arc<Runs>,
    pub ledger: Arc<Ledger>,
    /// The proxy in front of the provider.
    pub provider: Arc<Proxy>,
    pub books: Books,
    pub aws: Aws,
    /// The endpoint of the runs' webhooks.
    pub receiver: Arc<Receiver>,
    /// The phones that may get a text twice, because a person sent it again.
    pub resent: Arc<Mutex<BTreeSet<String>>>,
    /// Whether some of the functions' clocks are off.
    pub is_skewed: bool,
    /// The number of messages that the provider has although their status stayed unknown.
    pub unknown: Arc<AtomicU64>,
}

impl Grounds {
    pub(crate) fn variable(&self, name: &str) -> anyhow::Result<&str> {
        Ok(self.variables.get(name).with_context(|| format!("{name} is not set"))?)
    }
}

pub(crate) struct Scenario<'a> {
    pub(crate) grounds: &'a Grounds,
    pub(crate) run: &'a Arc<Run>,
    /// Distinguishes the run's phones and keys from those of other runs.
    pub(crate) number: u64,
    pub(crate) chance: Chance,
    pub(crate) api: Insistent,
    organization: String,
    pub(crate) sender: String,
    pub(crate) is_aws: bool,
    pub(crate) outage: Option<Outage>,
    pub(crate) hours: Option<Arc<Hours>>,
    /// Whether it has a webhook.
    pub(crate) is_heard: bool,
    /// Phones that opted out while it had one, other than by a file.
    pub(crate) opted_out: BTreeSet<String>,
    seed: u64,
    asked: u32,
}

/// Runs a seed to the end, under a number that is unique to the run. Returns the first violation as
/// an error. If hours are to pass, the provider throttles the run until then.
pub async fn play(
    grounds: &Grounds,
    run: &Arc<Run>,
    (seed, number): (u64, u64),
    hours: Option<Arc<Hours>>,
) -> anyhow::Result<()> {
    let mut scenario = Scenario::open(grounds, run, seed, number).await?;
    if hours.is_some() {
        (scenario.outage, scenario.hours) = (Some(Outage::ProviderThrottles), hours);
    }
    let result = scenario.play().await;
    run.end_outage();
    run.calm();
    grounds.runs.forget(run);
    result.with_context(|| format!("organization {}", scenario.organization))
}

impl<'a> Scenario<'a> {
    /// Creates an organization with its key, its provider and its number of shards.
    async fn open(
        grounds: &'a Grounds,
        run: &'a Arc<Run>,
        seed: u64,
        number: u64,
    ) -> anyhow::Result<Self> {
        let mut chance = Chance::of(seed, "scenario");
        let url = grounds.variable("API_URL")?;
        let admin = Insistent::new(&grounds.http, url, grounds.variable("ADMIN_KEY")?);
        let sender = phone(number, SENDER);
        let body = json!({"name": format!("Torture {number}"), "senderPhone": sender});
        let once = format!("torture-{number}");
        let organization = admin.post("/v1/organizations", &body, &once).await?;
        let organization = text(&organization["id"])?;
        grounds.runs.mark(&organization, run);
        grounds.runs.mark(&sender, run);
        let path = format!("/v1/organizations/{organization}");
        let key = json!({"name": "torture", "role": "admin"});
        let mut keys = 0;
        let key = loop {
            // A repeated request does not return the secret again.
            keys += 1;
            let once = format!("torture-{number}-key-{keys}");
            let key = admin.post(&format!("{path}/api-keys"), &key, &once).await?;
            if let Some(secret) = key["secret"].as_str() {
                break secret.to_owned();
            }
        };
        let provider = chance.below(6);
        let settings = match provider {
            0 => json!({"partsPerSecond": 100_000, "provider": {"kind": "aws"}}),
            1 => {
                let name = format!("/volley/volley/{organization}");
                let token = grounds.variable("PROVIDER_AUTH_TOKEN")?;
                grounds.aws.put_parameter(&name, token).await?;
                json!({"partsPerSecond": 100_000, "provider": {"kind": "twilio", "account": {
                    "accountSid": grounds.variable("PROVIDER_ACCOUNT_SID")?,
                    "credentials": format!("ssm:{name}"),
                }}})
            }
            _ => json!({"partsPerSecond": 100_000}),
        };
        admin.must(Method::PATCH, &path, &Body::Json(&settings), "").await?;
        // A few shards meet as many faults as thirty-two, in less time.
        let shards = *chance.of_these(&[1, 2, 3, 4, 4, 32]);
        grounds.aws.set_shards(grounds.variable("TABLE_NAME")?, &organization, shards).await?;
        Ok(Self {
            api: Insistent::new(&grounds.http, url, &key),
            grounds,
            run,
            number,
            chance,
            organization,
            sender,
            is_aws: provider == 0,
            outage: Outage::of_seed(seed),
            hours: None,
            is_heard: false,
            opted_out: BTreeSet::new(),
            seed,
            asked: 0,
        })
    }

    pub(crate) fn path(&self, rest: &str) -> String {
        format!("/v1/organizations/{}/{rest}", self.organization)
    }

    /// The path of a phone in a list.
    pub(crate) fn path_of(&self, list: &str, phone: &str) -> String {
        self.path(&format!("{list}/{}", phone.replace('+', "%2B")))
    }

    pub(crate) fn once(&mut self) -> String {
        self.asked += 1;
        format!("torture-{}-{}", self.number, self.asked)
    }

    pub(crate) async fn post(&mut self, path: &str, body: &Value) -> anyhow::Result<(u16, Value)> {
        let once = self.once();
        self.run.tell(format!("POST {path} {body}"));
        let (status, answer) =
            self.api.ask(Method::POST, &self.path(path), &Body::Json(body), &once).await?;
        self.run.tell(format!("  POST {path} was answered {status}"));
        Ok((status, answer))
    }

    pub(crate) async fn post_well(&mut self, path: &str, body: &Value) -> anyhow::Result<Value> {
        let (status, answer) = self.post(path, body).await?;
        ensure!(status < 300, "{path} answered {status}: {answer}");
        Ok(answer)
    }

    pub(crate) async fn a_moment(&mut self, most_millis: u64) {
        let millis = self.chance.below(most_millis);
        tokio::time::sleep(Duration::from_millis(millis)).await;
    }

    /// Whether this happens in the run, independently of everything else that does.
    pub(crate) fn also(&self, what: &str, per_mille: u64) -> bool {
        Chance::of(self.seed, what).hits(per_mille)
    }

    async fn play(&mut self) -> anyhow::Result<()> {
        if self.also("webhook", 400) {
            self.run.at("adds a webhook");
            self.listen().await?;
        }
        self.run.at("imports its audience");
        let mut expected = self.audience().await?;
        self.run.at("adds and unsubscribes contacts");
        let contacts = self.contacts_by_hand(&mut expected).await?;
        self.unsubscribe_some(&mut expected).await?;
        if self.outage == Some(Outage::TableDown) {
            self.stop_while_the_table_is_down(&mut expected).await?;
        }
        self.call_one_off().await?;

        expected.body = format!("Our spring sale no. {} starts on Friday.", self.number);
        let draft = json!({"name": "Spring sale", "body": expected.body});
        let campaign = text(&self.post_well("campaigns", &draft).await?["id"])?;
        self.grounds.runs.mark(&campaign, self.run);
        if self.chance.hits(300) {
            let to = phone(self.number, TESTED);
            let path = format!("campaigns/{campaign}/send-test");
            self.post_well(&path, &json!({"to": to})).await?;
            expected.tested.insert(to);
        }
        let outage = self.outage.filter(|outage| *outage != Outage::TableDown);
        if let Some(outage) = outage {
            self.run.begin_outage(outage);
        }
        self.run.at("sends");
        self.send(&campaign, &mut expected).await?;
        self.run.at("interferes");
        self.interfere(&campaign, &contacts, &mut expected).await?;

        // So far, the faults mostly hit the API. Now they hit the other functions.
        self.run.at("lets faults happen");
        let trouble = 4 + self.chance.below(12);
        if self.chance.hits(500) {
            self.api.list(&self.path(&format!("campaigns/{campaign}/messages"))).await?;
        }
        tokio::time::sleep(Duration::from_secs(trouble)).await;
        if let Some(outage) = outage {
            if let Some(hours) = self.hours.clone() {
                self.run.at("waits for the hours to pass");
                hours.pass().await?;
            }
            self.outlast(outage, &campaign).await?;
        }
        self.run.calm();
        self.run.tell("calm");
        self.forget(&mut expected).await?;
        self.settle(&campaign, &expected).await?;
        self.hear_opt_outs().await?;
        if self.hours.is_some() {
            // The next polls are hours away.
            return Ok(());
        }
        self.agree(&campaign).await?;
        if self.also("resend", 300) {
            self.resend(&campaign, &expected).await?;
        }
        Ok(())
    }
}

pub(crate) fn text(value: &Value) -> anyhow::Result<String> {
    Ok(value.as_str().with_context(|| format!("{value} is no text"))?.to_owned())
}
