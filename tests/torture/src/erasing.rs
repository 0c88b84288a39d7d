//! A person who asks to be forgotten while their campaign runs.

use std::time::{Duration, Instant};

use anyhow::ensure;
use reqwest::Method;
use serde_json::Value;

use crate::client::Body;
use crate::expected::{Erased, Expected};
use crate::phones::phone;
use crate::scenario::{SETTLED_WITHIN, Scenario};

/// The number of the contact that is erased. No other person of a run does this.
const ERASED: u64 = 6;
const LOOK_EVERY: Duration = Duration::from_secs(2);

impl Scenario<'_> {
    /// Requests the erasure.
    pub(crate) async fn erase(&mut self, expected: &mut Expected) -> anyhow::Result<()> {
        let to = phone(self.number, ERASED);
        let path = self.path_of("people", &to);
        let known = self.api.get(&path).await?;
        let contacts = known["contacts"].as_array().map_or(0, Vec::len) as u64;
        let (status, answer) = self.api.ask(Method::DELETE, &path, &Body::Nothing, "").await?;
        ensure!(status == 202, "the erasure was answered {status}: {answer}");
        self.run.tell(format!("{to} asked to be forgotten"));
        // They may have been texted already, and may be counted either way.
        expected.audience.remove(&to);
        expected.maybe.insert(to.clone());
        expected.erased = Some(Erased { phone: to, contacts, texts: None });
        Ok(())
    }

    /// Waits until the erasure is done, and keeps how many texts the person has got until then.
    pub(crate) async fn forget(&self, expected: &mut Expected) -> anyhow::Result<()> {
        let Some(erased) = &mut expected.erased else { return Ok(()) };
        let path = self.path_of("people", &erased.phone);
        let deadline = Instant::now() + SETTLED_WITHIN;
        let mut known = Value::Null;
        while known["erasure"]["status"] != "done" {
            self.run.at(format!("waits for the erasure of {}: {known}", erased.phone));
            ensure!(Instant::now() < deadline, "the erasure of {} hangs: {known}", erased.phone);
            tokio::time::sleep(LOOK_EVERY).await;
            known = self.api.get(&path).await?;
        }
        ensure!(
            known["contacts"] == Value::Array(Vec::new()) && known["messages"] == known["contacts"],
            "{} was erased and is known: {known}",
            erased.phone
        );
        erased.texts =
            Some(self.grounds.books.statuses(&erased.phone, &expected.body).await?.len());
        Ok(())
    }
}
