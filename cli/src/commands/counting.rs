//! Counting an audience, which takes longer than a request if the audience is large.

use std::time::Duration;

use serde_json::Value;

use super::Context;
use crate::failure::Failure;
use crate::progress::Progress;

const LOOK_AGAIN_AFTER: Duration = Duration::from_secs(2);

/// The campaign's quote, once its audience is read.
pub(super) async fn quote(context: &Context, campaign: &str) -> Result<Value, Failure> {
    let path = format!("{campaign}/quote");
    counted(context, async || context.api.act(&path).await).await
}

/// The preview, once its audience is read.
pub(super) async fn preview(context: &Context, path: &str, body: &Value) -> Result<Value, Failure> {
    counted(context, async || context.api.post(path, body).await).await
}

/// Requests until the response is a result and no progress.
async fn counted(
    context: &Context,
    request: impl AsyncFn() -> Result<Value, Failure>,
) -> Result<Value, Failure> {
    let mut bar = Progress::new(&context.output, "Reading the audience, %");
    loop {
        let answer = request().await?;
        let Some(progress) = answer["progress"].as_f64() else {
            bar.finish();
            return Ok(answer);
        };
        bar.set(percent(progress), Some(100));
        tokio::time::sleep(LOOK_AGAIN_AFTER).await;
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "it is within 0 to 100"
)]
fn percent(share: f64) -> u64 {
    (share.clamp(0.0, 1.0) * 100.0).round() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_a_percentage() {
        assert_eq!([0.0, 0.254, 1.0, 7.0].map(percent), [0, 25, 100, 100]);
    }
}
