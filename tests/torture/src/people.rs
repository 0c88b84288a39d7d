//! A run's people: contacts with mixed fates, and those who unsubscribe.

use std::time::{Duration, Instant};

use anyhow::{bail, ensure};
use reqwest::Method;
use serde_json::json;

use crate::client::Body;
use crate::expected::Expected;
use crate::outage::Outage;
use crate::phones::phone;
use crate::scenario::{SETTLED_WITHIN, Scenario, text};

/// Numbers of contacts that are added one by one start here.
const BY_HAND: u64 = 40;
/// The number of a contact that is deleted again, which moves to the next number first.
const GONE: u64 = 46;
/// The contact that writes STOP while the table is down. It is in every audience, and no other
/// person of a run does this.
const STOPPED: u64 = 5;
/// People from here on may be opted out by the import's file.
const OPTED_OUT_FROM: u64 = 8;
const FATES: [&str; 17] = [
    "undelivered-30003",
    "undelivered-30006",
    "refused-21610",
    "refused-21211",
    "throttled",
    "error",
    "bad-gateway",
    "error-after-accepting",
    "answer-lost",
    "no-receipt",
    "early-receipt",
    "out-of-order",
    "twice",
    "opted-out",
    "opted-out-unheard",
    "page-after-accepting",
    "expired",
];

impl Scenario<'_> {
    /// Imports an audience with mixed fates.
    pub(crate) async fn audience(&mut self) -> anyhow::Result<Expected> {
        let mut expected = Expected::default();
        let file = self.file();
        let mut rows = vec!["phone,first name,opt out".to_owned()];
        let count = 6 + self.chance.below(18);
        for place in 0..count {
            let to = phone(self.number, place);
            // No one else of a run concerns people from here on.
            if place >= OPTED_OUT_FROM && self.chance.hits(100) {
                rows.push(format!("{to},Ana,ALL"));
                expected.contacts += 1;
                expected.unsubscribed.insert(to);
                continue;
            }
            if self.chance.hits(450) {
                let fate = *self.chance.of_these(&FATES);
                // AWS has no look-up, so a message without an event stays open.
                let is_silent = ["no-receipt", "opted-out-unheard"].contains(&fate);
                if !(self.is_aws && is_silent) {
                    self.grounds.books.script(&to, fate).await?;
                    expected.fates.insert(to.clone(), fate);
                }
            }
            rows.push(format!("{to},Ana"));
            expected.contacts += 1;
            if self.chance.hits(80) {
                rows.push(format!("{to},Bob"));
                expected.contacts += u64::from(!file.matches_phones);
            }
            if self.chance.hits(60) {
                rows.push(",Carol".to_owned());
                expected.contacts += u64::from(!file.matches_phones);
            }
            expected.audience.insert(to);
        }
        if self.chance.hits(200) {
            rows.push("12,Rejected".to_owned());
        }
        let csv = format!("{}\n", rows.join("\n"));
        let import = self.import(&file, &csv).await?;
        let path = self.path(&format!("contacts/imports/{}", text(&import["id"])?));
        let deadline = Instant::now() + SETTLED_WITHIN;
        let mut pause = Duration::from_millis(300);
        loop {
            tokio::time::sleep(pause).await;
            let import = self.api.get(&path).await?;
            if import["status"] == "done" && import["created"] == expected.contacts {
                return Ok(expected);
            }
            let is_over = ["done", "failed"].contains(&import["status"].as_str().unwrap_or(""));
            ensure!(!is_over, "{} rows were imported as {import}", expected.contacts);
            ensure!(Instant::now() < deadline, "an import hangs: {import}");
            pause = Duration::from_secs(3).min(pause * 3 / 2);
        }
    }

    /// Contacts that are edited later: ids and phones.
    pub(crate) async fn contacts_by_hand(
        &mut self,
        expected: &mut Expected,
    ) -> anyhow::Result<Vec<(String, String)>> {
        let mut contacts = Vec::new();
        for place in 0..=self.chance.below(2) {
            let to = phone(self.number, BY_HAND + place);
            let contact = self.post_well("contacts", &json!({"phone": to})).await?;
            contacts.push((text(&contact["id"])?, to.clone()));
            expected.audience.insert(to);
            expected.contacts += 1;
        }
        if self.chance.hits(250) {
            self.come_and_go().await?;
        }
        Ok(contacts)
    }

    /// Creates a contact that moves and is deleted before a campaign could reach it.
    async fn come_and_go(&mut self) -> anyhow::Result<()> {
        let [first, second] = [GONE, GONE + 1].map(|place| phone(self.number, place));
        let contact = self.post_well("contacts", &json!({"phone": first})).await?;
        let path = self.path(&format!("contacts/{}", text(&contact["id"])?));
        let moved = json!({"phone": second});
        self.api.must(Method::PUT, &path, &Body::Json(&moved), "").await?;
        // It is gone already if a lost response made the client retry.
        let (status, answer) = self.api.ask(Method::DELETE, &path, &Body::Nothing, "").await?;
        ensure!([204, 404].contains(&status), "the deletion was answered {status}: {answer}");
        self.run.tell(format!("{first} moved to {second} and was deleted"));
        Ok(())
    }

    pub(crate) async fn unsubscribe_some(&mut self, expected: &mut Expected) -> anyhow::Result<()> {
        for place in 0..self.chance.below(4) {
            let to = phone(self.number, place);
            if self.chance.hits(500) && !self.is_aws {
                if self.chance.hits(300) {
                    self.write(&to, "START").await?;
                }
                self.write(&to, "STOP").await?;
                self.opted_out.insert(to.clone());
                // One that could not be checked or stored waits on the queue.
                if !self.is_unsubscribed(&to).await? {
                    let faults = self.run.faults("Webhooks");
                    ensure!(faults > 0, "{to} wrote STOP, which was answered but not heard");
                    self.hear(&to).await?;
                }
            } else {
                self.unsubscribe(&to).await?;
            }
            expected.audience.remove(&to);
            expected.unsubscribed.insert(to);
        }
        Ok(())
    }

    /// A person writes STOP while the table is down. Once the table is up again, the STOP must take
    /// effect, and the person gets no text.
    pub(crate) async fn stop_while_the_table_is_down(
        &mut self,
        expected: &mut Expected,
    ) -> anyhow::Result<()> {
        self.run.at("writes STOP while the table is down");
        let outage = Outage::TableDown;
        let to = phone(self.number, STOPPED);
        self.run.begin_outage(outage);
        let written = self.write_once(&to, "STOP").await;
        tokio::time::sleep(outage.lasts()).await;
        let met = self.run.end_outage();
        let is_kept = (200..300).contains(&written?);
        if met > 0 {
            self.grounds.ledger.outlasted(outage, is_kept);
        }
        if !is_kept {
            self.write(&to, "STOP").await?;
        }
        self.hear(&to).await?;
        expected.audience.remove(&to);
        self.opted_out.insert(to.clone());
        expected.unsubscribed.insert(to);
        Ok(())
    }

    /// Waits until a STOP has taken effect.
    async fn hear(&self, to: &str) -> anyhow::Result<()> {
        let deadline = Instant::now() + SETTLED_WITHIN;
        while !self.is_unsubscribed(to).await? {
            ensure!(Instant::now() < deadline, "{to} wrote STOP, and it was never heard");
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        Ok(())
    }

    async fn is_unsubscribed(&self, to: &str) -> anyhow::Result<bool> {
        let path = self.path_of("unsubscribes", to);
        Ok(self.api.ask(Method::GET, &path, &Body::Nothing, "").await?.0 == 200)
    }

    pub(crate) async fn unsubscribe(&mut self, to: &str) -> anyhow::Result<()> {
        let path = self.path_of("unsubscribes", to);
        self.api.must(Method::PUT, &path, &Body::Nothing, "").await?;
        self.run.tell(format!("{to} was unsubscribed"));
        self.opted_out.insert(to.to_owned());
        Ok(())
    }

    /// Sends a person's text. Returns the webhook's status, or 0 if it doesn't respond.
    async fn write_once(&self, from: &str, word: &str) -> anyhow::Result<u64> {
        let webhook = format!("{}/webhooks/twilio/inbound", self.grounds.variable("API_URL")?);
        let status = self.grounds.books.inbound(&webhook, from, &self.sender, word).await?;
        self.run.tell(format!("{from} wrote {word}, and was answered {status}"));
        let is_allowed = status == 0 || (200..300).contains(&status) || status >= 500;
        ensure!(is_allowed, "{word} was answered {status}");
        Ok(status)
    }

    /// Sends a person's text until the webhook accepts it.
    async fn write(&self, from: &str, word: &str) -> anyhow::Result<()> {
        for _ in 0..40 {
            if (200..300).contains(&self.write_once(from, word).await?) {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        bail!("{word} was never heard")
    }
}
