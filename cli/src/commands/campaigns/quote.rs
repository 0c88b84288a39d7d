//! Quotes. That of a large audience takes longer than a request.

use std::time::Duration;

use serde_json::Value;

use crate::commands::Context;
use crate::failure::Failure;
use crate::progress::Progress;

const LOOK_AGAIN_AFTER: Duration = Duration::from_secs(2);

/// The quote of the campaign at `path`, once its audience is read.
pub(super) async fn quote(context: &Context, path: &str) -> Result<Value, Failure> {
    let path = format!("{path}/quote");
    let mut bar = Progress::new(&context.output, "Reading the audience, %");
    loop {
        let answer = context.api.act(&path).await?;
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
