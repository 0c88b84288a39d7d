//! An organization that belongs to one test.

use std::time::Duration;

use anyhow::Context;
use local::balance::{STATUSES, skipped};
use local::books::Books;
use local::client::{Api, wait};
use local::environment::Variables;
use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::{Functions, PATIENCE, phone, variables};

pub struct Tenant {
    pub id: String,
    pub key: String,
    pub sender: String,
    pub api: Api,
    pub admin: Api,
    pub books: Books,
    pub functions: Functions,
    pub variables: Variables,
}

impl Tenant {
    pub async fn new() -> anyhow::Result<Self> {
        Self::on(variables()).await
    }

    /// Like [`Self::new`], on the stack that these variables describe.
    pub async fn on(variables: Variables) -> anyhow::Result<Self> {
        let admin = Api::admin(&variables)?;
        let sender = phone();
        let body = json!({"name": "Corner Bakery", "senderPhone": sender});
        let organization = admin.post("/v1/organizations", &body).await?;
        let id = text(&organization["id"])?;
        let path = format!("/v1/organizations/{id}/api-keys");
        let key = admin.post(&path, &json!({"name": "test", "role": "admin"})).await?;
        let key = text(&key["secret"])?;
        let tenant = Self {
            api: admin.with_key(&key),
            books: Books::new(
                &Client::new(),
                variables.get("PROVIDER_URL").context("PROVIDER_URL is not set")?,
            ),
            functions: Functions::new(&variables),
            id,
            key,
            sender,
            admin,
            variables,
        };
        // A test of the rate sets its own.
        tenant.configure(&json!({"partsPerSecond": 1_000})).await?;
        Ok(tenant)
    }

    /// A path under this organization.
    #[must_use]
    pub fn path(&self, rest: &str) -> String {
        format!("/v1/organizations/{}/{rest}", self.id)
    }

    /// Changes the organization's settings.
    pub async fn configure(&self, settings: &Value) -> anyhow::Result<Value> {
        self.admin.patch(&format!("/v1/organizations/{}", self.id), settings).await
    }

    pub async fn contact(&self, phone: &str) -> anyhow::Result<String> {
        let contact = self.api.post(&self.path("contacts"), &json!({"phone": phone})).await?;
        text(&contact["id"])
    }

    /// Creates `count` contacts with new phones.
    pub async fn contacts(&self, count: usize) -> anyhow::Result<Vec<String>> {
        let mut phones: Vec<String> = (0..count * 2).map(|_| phone()).collect();
        phones.sort();
        phones.dedup();
        phones.truncate(count);
        let import = self.import(&format!("phone\n{}\n", phones.join("\n"))).await?;
        anyhow::ensure!(import["created"] == count, "{import}");
        Ok(phones)
    }

    /// Imports a CSV file and waits until the import ends.
    pub async fn import(&self, csv: &str) -> anyhow::Result<Value> {
        self.import_mapped("", csv).await
    }

    /// Like [`Self::import`], with the columns that the query names.
    pub async fn import_mapped(&self, columns: &str, csv: &str) -> anyhow::Result<Value> {
        self.import_file(columns, "text/csv", csv.as_bytes()).await
    }

    /// Like [`Self::import_mapped`], with any content type.
    pub async fn import_file(
        &self,
        query: &str,
        content_type: &str,
        file: &[u8],
    ) -> anyhow::Result<Value> {
        let path = self.path(&format!("contacts/imports?{query}"));
        let request = self.api.request(Method::POST, &path).header("content-type", content_type);
        let response = request.body(file.to_vec()).send().await?.error_for_status()?;
        let import: Value = response.json().await?;
        let path = self.path(&format!("contacts/imports/{}", text(&import["id"])?));
        wait("the import", PATIENCE, async || {
            let import = self.api.get(&path).await?;
            Ok(matches!(import["status"].as_str(), Some("done" | "failed")).then_some(import))
        })
        .await
    }

    /// Creates an import whose file is to be uploaded.
    pub async fn create_upload(&self, options: &Value) -> anyhow::Result<Value> {
        let mut body = options.clone();
        body["upload"] = json!(true);
        self.api.post(&self.path("contacts/imports"), &body).await
    }

    /// Uploads a file by the form of an import that was created for one.
    pub async fn send_upload(&self, created: &Value, file: &[u8]) -> anyhow::Result<()> {
        const BOUNDARY: &str = "volley-e2e-boundary";
        let form = &created["upload"];
        let mut body = Vec::new();
        for (name, value) in form["fields"].as_object().context("fields")? {
            let value = value.as_str().unwrap_or_default();
            body.extend(format!(
                "--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
            ).into_bytes());
        }
        body.extend(format!(
            "--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\n"
        ).into_bytes());
        body.extend(file);
        body.extend(format!("\r\n--{BOUNDARY}--\r\n").into_bytes());
        let request = Client::new().post(form["url"].as_str().context("a URL")?);
        let kind = format!("multipart/form-data; boundary={BOUNDARY}");
        request.header("content-type", kind).body(body).send().await?.error_for_status()?;
        Ok(())
    }

    /// Imports an uploaded file and waits for its end.
    pub async fn upload(&self, options: &Value, file: &[u8]) -> anyhow::Result<Value> {
        let created = self.create_upload(options).await?;
        self.send_upload(&created, file).await?;
        let id = text(&created["id"])?;
        let start = self.path(&format!("contacts/imports/{id}/start"));
        self.api.post(&start, &json!({})).await?;
        self.ended(&id).await
    }

    /// Waits for the end of an import, or of its undo.
    pub async fn ended(&self, id: &str) -> anyhow::Result<Value> {
        let path = self.path(&format!("contacts/imports/{id}"));
        wait("the import", PATIENCE, async || {
            let import = self.api.get(&path).await?;
            let has_ended = ["done", "failed", "cancelled", "undone"]
                .iter()
                .any(|status| import["status"] == *status);
            Ok(has_ended.then_some(import))
        })
        .await
    }

    pub async fn unsubscribe(&self, phone: &str) -> anyhow::Result<()> {
        self.api.put(&self.path(&format!("unsubscribes/{}", phone.replace('+', "%2B")))).await?;
        Ok(())
    }

    /// A client with a new key of this role, and the key's id.
    pub async fn keyed(&self, role: &str) -> anyhow::Result<(Api, String)> {
        let key = json!({"name": role, "role": role});
        let key = self.api.post(&self.path("api-keys"), &key).await?;
        Ok((self.api.with_key(&text(&key["secret"])?), text(&key["id"])?))
    }

    /// The path of this phone's unsubscribe.
    #[must_use]
    pub fn unsubscribe_path(&self, phone: &str) -> String {
        self.path(&format!("unsubscribes/{}", phone.replace('+', "%2B")))
    }

    /// Sends the organization's sender a text from a person.
    pub async fn hear(&self, from: &str, body: &str) -> anyhow::Result<()> {
        let webhook = format!("{}/webhooks/twilio/inbound", self.variables["API_URL"]);
        self.books.inbound(&webhook, from, &self.sender, body).await?;
        Ok(())
    }

    pub async fn draft(&self, body: &str) -> anyhow::Result<String> {
        let body = json!({"name": "Spring sale", "body": body});
        let campaign = self.api.post(&self.path("campaigns"), &body).await?;
        text(&campaign["id"])
    }

    /// Sends a new campaign now and returns its id.
    pub async fn send(&self) -> anyhow::Result<String> {
        let id = self.draft("Our spring sale starts on Friday.").await?;
        self.send_draft(&id, &json!({})).await?;
        Ok(id)
    }

    pub async fn send_draft(&self, id: &str, body: &Value) -> anyhow::Result<Value> {
        self.api.post(&self.path(&format!("campaigns/{id}/send")), body).await
    }

    pub async fn campaign(&self, id: &str) -> anyhow::Result<Value> {
        self.api.get(&self.path(&format!("campaigns/{id}"))).await
    }

    /// Waits until a campaign meets `condition`.
    pub async fn until(
        &self,
        id: &str,
        what: &str,
        condition: impl Fn(&Value) -> bool,
    ) -> anyhow::Result<Value> {
        self.until_helped(id, (what, PATIENCE), condition, async |_| Ok(())).await
    }

    /// Like [`Self::until`], but resumes the campaign each time its breaker pauses it because of the
    /// provider. A machine that hangs for seconds delays several responses in a row, which looks like a
    /// failing provider.
    pub async fn until_with_resumes(
        &self,
        id: &str,
        what: &str,
        condition: impl Fn(&Value) -> bool,
    ) -> anyhow::Result<Value> {
        let resume = async |campaign: &Value| self.resume_failing(id, campaign).await;
        // A pause and a resume take their time.
        self.until_helped(id, (what, 2 * PATIENCE), condition, resume).await
    }

    async fn resume_failing(&self, id: &str, campaign: &Value) -> anyhow::Result<()> {
        if campaign["dispatch"] == "paused" && campaign["reason"] == "provider_failing" {
            self.api.post(&self.path(&format!("campaigns/{id}/resume")), &json!({})).await?;
        }
        Ok(())
    }

    /// Waits until every message of a campaign has a final status, like [`Self::until_with_resumes`].
    pub async fn settled(&self, id: &str) -> anyhow::Result<Value> {
        self.until_with_resumes(id, "the campaign to settle", is_settled).await
    }

    /// Like [`Self::settled`], but runs the sweep more often than once a minute.
    pub async fn repaired(&self, id: &str) -> anyhow::Result<Value> {
        let help = async |campaign: &Value| {
            self.resume_failing(id, campaign).await?;
            self.functions.sweep().await
        };
        self.until_helped(id, ("the campaign to be repaired", 2 * PATIENCE), is_settled, help).await
    }

    /// Waits until a campaign meets `condition`. Before each look, `help` gets the campaign as it was
    /// at the last one.
    async fn until_helped(
        &self,
        id: &str,
        (what, patience): (&str, Duration),
        condition: impl Fn(&Value) -> bool,
        help: impl AsyncFn(&Value) -> anyhow::Result<()>,
    ) -> anyhow::Result<Value> {
        let mut last = Value::Null;
        let found = wait(what, patience, async || {
            help(&last).await?;
            last = self.campaign(id).await?;
            Ok(condition(&last).then(|| last.clone()))
        })
        .await;
        found.with_context(|| format!("the campaign is {last}"))
    }

    pub async fn messages(&self, id: &str) -> anyhow::Result<Vec<Value>> {
        self.api.list(&self.path(&format!("campaigns/{id}/messages"))).await
    }

    /// The status and the problem code of the response to a request.
    pub async fn refusal(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> anyhow::Result<(u16, String)> {
        let request = self.api.request(method, path);
        let request = match body {
            Some(body) => request.json(body),
            None => request,
        };
        let answer = request.send().await?;
        let status = answer.status().as_u16();
        let body: Value = answer.json().await.unwrap_or_default();
        Ok((status, body["code"].as_str().unwrap_or_default().to_owned()))
    }

    /// Checks both balances of a settled campaign, in its counts and in its list of messages, and
    /// that no one was texted twice.
    ///
    /// # Panics
    /// If any check fails.
    pub async fn assert_balanced(&self, campaign: &Value) -> anyhow::Result<()> {
        let audience = &campaign["audience"];
        let number = |value: &Value| value.as_u64().unwrap_or_default();
        let skipped: u64 = skipped(campaign).values().sum();
        let recipients = number(&audience["recipients"]);
        assert_eq!(number(&audience["contacts"]), recipients + skipped);
        let counts = STATUSES.map(|state| number(&campaign["counts"][state]));
        assert_eq!(counts.iter().sum::<u64>(), recipients, "{campaign}");
        assert_eq!(number(&campaign["counts"]["total"]), recipients);
        let messages = self.messages(&text(&campaign["id"])?).await?;
        let listed =
            STATUSES.map(|state| messages.iter().filter(|m| m["status"] == state).count() as u64);
        assert_eq!(listed, counts);
        for message in messages {
            // The phone of a person who was erased is known to their test alone.
            let Some(to) = message["to"].as_str() else { continue };
            assert!(self.books.texts(to).await? <= 1, "message {} went out twice", message["id"]);
        }
        Ok(())
    }
}

fn is_settled(campaign: &Value) -> bool {
    let counts = &campaign["counts"];
    campaign["dispatch"] == "done"
        && counts["total"].is_u64()
        && ["pending", "sent", "unknown"].iter().all(|state| counts[state] == 0)
}

fn text(value: &Value) -> anyhow::Result<String> {
    Ok(value.as_str().with_context(|| format!("{value} is no text"))?.to_owned())
}
