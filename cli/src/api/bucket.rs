//! Files in the bucket. Its links carry their own signatures, and must not get the key.

use std::io::Write;
use std::time::Duration;

use reqwest::Response;
use tokio::time::timeout;

use super::{Api, TIMEOUT, unreachable};
use crate::failure::Failure;
use crate::problem::Problem;

/// A link is valid for an hour, and a download that has begun may take longer.
const MAX_DOWNLOAD: Duration = Duration::from_hours(12);

impl Api {
    pub(crate) async fn upload(
        &self,
        url: &str,
        content_type: &str,
        length: u64,
        timeout: Duration,
        body: reqwest::Body,
    ) -> Result<(), Failure> {
        let request = self.http.post(url).timeout(timeout).body(body);
        let request = request.header("content-type", content_type).header("content-length", length);
        let response = request.send().await.map_err(|error| unreachable(url, &error))?;
        refusal_of_bucket(response).await.map(drop)
    }

    /// Writes a file of the bucket as it arrives, and reports the number of its bytes after each block.
    pub(crate) async fn download(
        &self,
        url: &str,
        out: &mut dyn Write,
        mut arrived: impl FnMut(u64),
    ) -> Result<(), Failure> {
        // A link is a secret, so errors name only the bucket.
        let host = reqwest::Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned));
        let host = host.unwrap_or_else(|| "the bucket".to_owned());
        let failed = |error: reqwest::Error| unreachable(&host, &error.without_url());
        let stalled = |_| Failure::Unreachable(format!("{host} stopped sending the file"));
        let request = self.http.get(url).timeout(MAX_DOWNLOAD).send();
        let response = timeout(TIMEOUT, request).await.map_err(stalled)?.map_err(failed)?;
        let mut response = refusal_of_bucket(response).await?;
        let mut bytes = 0;
        while let Some(block) =
            timeout(TIMEOUT, response.chunk()).await.map_err(stalled)?.map_err(failed)?
        {
            out.write_all(&block)?;
            bytes += block.len() as u64;
            arrived(bytes);
        }
        Ok(())
    }
}

/// The bucket's error is XML, whose beginning names the reason.
async fn refusal_of_bucket(response: Response) -> Result<Response, Failure> {
    if response.status().is_success() {
        return Ok(response);
    }
    let status = response.status().as_u16();
    let body = response.text().await.unwrap_or_default();
    Err(Failure::Refused(Box::new(Problem::foreign(status, &body))))
}
