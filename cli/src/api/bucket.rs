//! Files in the bucket. Its links carry their own signatures, and must not get the key.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::Duration;

use reqwest::Response;

use super::{Api, unreachable};
use crate::failure::Failure;
use crate::problem::Problem;

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

    /// Writes a file of the bucket to the disk as it arrives.
    pub(crate) async fn download(&self, url: &str, to: &Path) -> Result<(), Failure> {
        let failed = |error: reqwest::Error| unreachable(url, &error);
        let response = self.http.get(url).send().await.map_err(failed)?;
        let mut response = refusal_of_bucket(response).await?;
        let mut file = File::create(to).map_err(Failure::file(to))?;
        while let Some(block) = response.chunk().await.map_err(failed)? {
            file.write_all(&block).map_err(Failure::file(to))?;
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
