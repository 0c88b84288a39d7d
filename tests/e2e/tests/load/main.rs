//! Mixed load: two organizations import, send, list, quote and hear callbacks at once.
//!
//! `make load MINUTES=10` runs it. It fails on any error, since everything that it requests is valid, on
//! receipts that come late, and if a function's memory grows.

mod figures;

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use e2e::callbacks::call_back;
use e2e::{PATIENCE, Tenant, phone, text};
use figures::{Figures, memory};
use futures::future::join_all;
use local::client::wait;
use reqwest::Method;
use serde_json::{Value, json};

const CONTACTS: usize = 300;
/// Memory is compared with what it is once everything has run for this part of the time.
const WARM_UP: f64 = 0.25;
/// What a function may have more at the end, in KiB. Caches of a few organizations fill.
const MAX_GROWTH_KIB: u64 = 8 * 1024;
const RECEIPT: &str = "receipt, from its callback";
const MAX_RECEIPT_LAG: Duration = Duration::from_secs(30);

/// One organization's load. The pauses between requests leave the emulator, which handles one request at a
/// time, some reserve.
struct Load<'a> {
    tenant: Tenant,
    phones: Vec<String>,
    figures: &'a Figures,
    end: Instant,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let minutes = std::env::var("MINUTES").unwrap_or_else(|_| "10".to_owned());
    let length = Duration::from_secs_f64(60.0 * minutes.parse::<f64>().context("MINUTES")?);
    let (figures, began) = (Figures::default(), Instant::now());
    let mut loads = Vec::new();
    for _ in 0..2 {
        let tenant = Tenant::new().await?;
        tenant.configure(&json!({"testsPerDay": 10_000})).await?;
        let phones = tenant.contacts(CONTACTS).await?;
        loads.push(Load { tenant, phones, figures: &figures, end: began + length });
    }
    let warm = async {
        tokio::time::sleep(length.mul_f64(WARM_UP)).await;
        memory()
    };
    let (before, _) = tokio::join!(warm, join_all(loads.iter().map(Load::run)));
    let after = memory();

    println!("\n{figures}\n{:<34} {:>9} {:>9}", "memory, in KiB", "start", "end");
    let mut problems = figures.errors();
    for (function, end) in &after {
        let start = before.get(function).copied().unwrap_or(*end);
        println!("{function:<34} {start:>9} {end:>9}");
        if *end > start + MAX_GROWTH_KIB {
            problems.push(format!("the memory of {function} has grown"));
        }
    }
    let lag = figures.longest(RECEIPT).context("no receipt was measured")?;
    if lag > MAX_RECEIPT_LAG {
        problems.push(format!("a receipt took {} s", lag.as_secs()));
    }
    ensure!(problems.is_empty(), "{}", problems.join("\n"));
    println!("\nNo errors, memory is flat, and receipts are in time.");
    Ok(())
}

impl Load<'_> {
    async fn run(&self) {
        tokio::join!(
            self.repeat(10_000, async || self.import().await),
            self.repeat(5_000, async || self.campaign().await),
            self.repeat(2_000, async || self.quote().await),
            self.repeat(1_000, async || self.lists().await),
            self.repeat(2_000, async || self.test().await),
            self.repeat(1_000, async || self.inbound().await),
        );
    }

    async fn repeat(&self, pause_millis: u64, work: impl AsyncFn() -> Option<()>) {
        while Instant::now() < self.end {
            work().await;
            tokio::time::sleep(Duration::from_millis(pause_millis)).await;
        }
    }

    async fn get(&self, name: &'static str, path: &str) -> Option<Value> {
        self.figures.measure(name, self.tenant.api.get(&self.tenant.path(path))).await
    }

    async fn post(&self, name: &'static str, path: &str, body: &Value) -> Option<Value> {
        self.figures.measure(name, self.tenant.api.post(&self.tenant.path(path), body)).await
    }

    /// The same contacts again, with another name.
    async fn import(&self) -> Option<()> {
        let name = e2e::random();
        let rows: String = self.phones.iter().map(|phone| format!("{phone},N{name}\n")).collect();
        let import = async {
            let import = self.tenant.import(&format!("phone,firstName\n{rows}")).await?;
            ensure!(import["status"] == "done", "{import}");
            Ok(())
        };
        self.figures.measure("import 300 contacts, to its end", import).await
    }

    async fn draft(&self) -> Option<String> {
        let draft = json!({"name": "Spring sale", "body": "Our spring sale starts on Friday."});
        let draft = self.post("create a draft", "campaigns", &draft).await?;
        Some(text(&draft["id"]).to_owned())
    }

    async fn campaign(&self) -> Option<()> {
        let id = self.draft().await?;
        self.post("send a campaign", &format!("campaigns/{id}/send"), &json!({})).await?;
        let is_done = |campaign: &Value| campaign["dispatch"] == "done";
        let done = self.tenant.until(&id, "a campaign's last message", is_done);
        self.figures.measure("campaign of 300, to its last message", done).await?;
        self.get("list messages", &format!("campaigns/{id}/messages?limit=100")).await?;
        self.get("get a report", &format!("campaigns/{id}/report")).await.map(drop)
    }

    async fn quote(&self) -> Option<()> {
        let id = self.draft().await?;
        self.post("quote a campaign", &format!("campaigns/{id}/quote"), &json!({})).await?;
        let path = self.tenant.path(&format!("campaigns/{id}"));
        let delete = async {
            let request = self.tenant.api.request(Method::DELETE, &path);
            request.send().await?.error_for_status()?;
            Ok(())
        };
        self.figures.measure("delete a draft", delete).await
    }

    async fn lists(&self) -> Option<()> {
        self.get("list contacts", "contacts?limit=100").await?;
        self.get("list campaigns", "campaigns").await?;
        self.get("list unsubscribes", "unsubscribes").await?;
        self.get("list inbound messages", "inbound").await.map(drop)
    }

    /// Measures how long a receipt takes from its callback until the API shows it. The simulator's own
    /// callbacks also wait for each other, so it sends none for this message.
    async fn test(&self) -> Option<()> {
        let (id, to, tenant) = (self.draft().await?, phone(), &self.tenant);
        self.figures.measure("script a fate", tenant.books.script(&to, "no-receipt")).await?;
        let path = format!("campaigns/{id}/send-test");
        let message = self.post("send a test", &path, &json!({"to": to})).await?;
        let path = tenant.path(&format!("campaigns/{id}/messages/{}", text(&message["id"])));
        self.until("test, to its provider", &path, "sent").await?;
        let taken = self.figures.measure("look at the provider", tenant.books.taken(&to)).await?;
        let (url, sid) = (text(&taken[0]["status_callback"]), text(&taken[0]["sid"]));
        let form = [("MessageSid", sid), ("MessageStatus", "delivered"), ("To", &to)];
        self.call_back("callback of a status", url, &form).await?;
        self.until(RECEIPT, &path, "delivered").await
    }

    /// Measures how long it takes until a message has this status.
    async fn until(&self, name: &'static str, path: &str, status: &str) -> Option<()> {
        let shown = async || {
            let message = self.tenant.api.get(path).await?;
            Ok((message["status"] == status).then_some(()))
        };
        self.figures.measure(name, wait(name, PATIENCE, shown)).await
    }

    async fn inbound(&self) -> Option<()> {
        let url = format!("{}/webhooks/twilio/inbound", self.tenant.variables["API_URL"]);
        let sid = format!("SM{:08x}{:024x}", e2e::random(), e2e::random());
        let form = [
            ("MessageSid", sid.as_str()),
            ("From", &self.phones[0]),
            ("To", &self.tenant.sender),
            ("Body", "Thank you!"),
        ];
        self.call_back("callback of a text", &url, &form).await
    }

    async fn call_back(&self, name: &'static str, url: &str, form: &[(&str, &str)]) -> Option<()> {
        let token = &self.tenant.variables["PROVIDER_AUTH_TOKEN"];
        let call = async {
            let status = call_back(token, url, form).await?;
            ensure!(status < 300, "{url} responded with {status}");
            Ok(())
        };
        self.figures.measure(name, call).await
    }
}
