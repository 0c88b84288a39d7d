//! The ways in which a run's contacts are imported.

use std::io::Write;

use anyhow::{Context, ensure};
use flate2::Compression;
use flate2::write::GzEncoder;
use reqwest::Method;
use serde_json::{Value, json};

use crate::client::Body;
use crate::scenario::{Scenario, text};

const BOUNDARY: &str = "volley-torture-boundary";

/// How a file reaches the import.
pub(crate) struct File {
    /// Whether it is uploaded to the bucket instead of coming with the request.
    is_uploaded: bool,
    is_packed: bool,
    /// Whether rows find their contacts by phone, so that a repeated phone updates its contact and a
    /// row without one is rejected.
    pub(crate) matches_phones: bool,
}

impl Scenario<'_> {
    pub(crate) fn file(&mut self) -> File {
        File {
            is_uploaded: self.chance.hits(500),
            is_packed: self.chance.hits(500),
            matches_phones: self.chance.hits(400),
        }
    }

    /// Begins an import of a CSV file.
    pub(crate) async fn import(&mut self, file: &File, csv: &str) -> anyhow::Result<Value> {
        let once = self.once();
        let options = if file.matches_phones { "?match=phone" } else { "" };
        if !file.is_uploaded {
            let path = self.path(&format!("contacts/imports{options}"));
            return self.api.must(Method::POST, &path, &Body::Csv(csv), &once).await;
        }
        let how = if file.matches_phones { "phone" } else { "none" };
        let options = json!({"upload": true, "match": how});
        let created = self.api.post(&self.path("contacts/imports"), &options, &once).await?;
        let mut content = csv.as_bytes().to_vec();
        if file.is_packed {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
            encoder.write_all(&content)?;
            content = encoder.finish()?;
        }
        self.upload(&created["upload"], &content).await?;
        let path = format!("contacts/imports/{}/start", text(&created["id"])?);
        self.post_well(&path, &json!({})).await
    }

    /// Uploads a file past the proxy, since browsers are not a part of Volley.
    async fn upload(&self, form: &Value, content: &[u8]) -> anyhow::Result<()> {
        let url = form["url"].as_str().context("a form has a URL")?;
        let (_, bucket) = url.rsplit_once('/').context("the URL ends with the bucket")?;
        let url = format!("{}/{bucket}", self.grounds.variable("AWS_ENDPOINT_URL")?);
        let mut body = Vec::new();
        let fields = form["fields"].as_object().context("a form has fields")?;
        for (name, value) in fields {
            let value = value.as_str().unwrap_or_default();
            write!(
                body,
                "--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n"
            )?;
            write!(body, "{value}\r\n")?;
        }
        let file = "content-disposition: form-data; name=\"file\"; filename=\"f\"";
        write!(body, "--{BOUNDARY}\r\n{file}\r\n\r\n")?;
        body.extend(content);
        write!(body, "\r\n--{BOUNDARY}--\r\n")?;
        let kind = format!("multipart/form-data; boundary={BOUNDARY}");
        let request = self.grounds.http.post(url).header("content-type", kind).body(body);
        let answer = request.send().await?;
        ensure!(answer.status().is_success(), "the upload was answered {}", answer.status());
        Ok(())
    }
}
