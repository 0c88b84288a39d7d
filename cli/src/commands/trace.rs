//! The life of one message.

use clap::Args;
use serde_json::{Value, json};

use super::Context;
use crate::api::{Pages, text};
use crate::aws::Aws;
use crate::failure::Failure;
use crate::output::{Format, Output, STEP};

mod logs;
mod steps;

/// Campaigns that are searched for a message whose campaign is not given.
const MAX_SEARCHED: usize = 200;

/// Show what happened to a message
///
/// Without --campaign, the newest campaigns are searched for it. With --stack, the AWS CLI also searches the
/// functions' logs for the message and for the requests that led to it. By default functions log warnings and
/// errors only.
#[derive(Debug, Args)]
pub(crate) struct Trace {
    /// The message's ID
    message: String,
    /// The message's campaign
    #[arg(long, value_name = "ID")]
    campaign: Option<String>,
    /// The deployment's CloudFormation stack
    #[arg(long, value_name = "NAME")]
    stack: Option<String>,
    /// The stack's AWS region
    #[arg(long, requires = "stack")]
    region: Option<String>,
}

impl Trace {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let Context { api, output } = context;
        let (campaign, message) = match &self.campaign {
            Some(campaign) => {
                let path = api.path(&["campaigns", campaign]).await?;
                let of_campaign = api.get(&path, &[]).await?;
                let path = api.path(&["campaigns", campaign, "messages", &self.message]).await?;
                (of_campaign, api.get(&path, &[]).await?)
            }
            None => search(context, &self.message).await?,
        };
        let id = text(&campaign["id"]);
        let path = ["campaigns", id, "messages", &self.message, "timeline"];
        let timeline = api.get(&api.path(&path).await?, &[]).await?;
        let unsubscribe = unsubscribe(context, &message).await?;
        let mut steps = steps::of(&campaign, &message, &timeline, unsubscribe.as_ref());
        if let Some(stack) = &self.stack {
            let aws = Aws { stack, region: self.region.as_deref() };
            let logged = logs::steps(&aws, id, &message).await?;
            output.note(&format!("Found {} log lines.", logged.len()));
            steps.extend(logged);
        }
        let steps = steps::rows(steps);
        if output.format() == Format::Json {
            return Output::json(&json!({
                "message": message,
                "campaign": campaign,
                "timeline": timeline,
                "unsubscribe": unsubscribe,
                "steps": steps,
            }));
        }
        output.rows(&steps, &STEP)
    }
}

/// The opt-out of the phone, unless the person was erased.
async fn unsubscribe(context: &Context, message: &Value) -> Result<Option<Value>, Failure> {
    match text(&message["to"]) {
        "" => Ok(None),
        phone => {
            let path = context.api.path(&["unsubscribes", phone]).await?;
            found(context.api.get(&path, &[]).await)
        }
    }
}

async fn search(context: &Context, id: &str) -> Result<(Value, Value), Failure> {
    let path = context.api.path(&["campaigns"]).await?;
    let mut pages = Pages::new(&context.api, path, &[], Some(MAX_SEARCHED));
    while let Some(campaigns) = pages.next().await? {
        for campaign in campaigns {
            let path = ["campaigns", text(&campaign["id"]), "messages", id];
            let path = context.api.path(&path).await?;
            if let Some(message) = found(context.api.get(&path, &[]).await)? {
                return Ok((campaign, message));
            }
        }
    }
    Err(Failure::usage(format!(
        "no message {id} in the {MAX_SEARCHED} newest campaigns; name its campaign with --campaign"
    )))
}

/// A resource that may not exist.
fn found(response: Result<Value, Failure>) -> Result<Option<Value>, Failure> {
    match response {
        Ok(value) => Ok(Some(value)),
        Err(Failure::Refused(problem)) if problem.status == 404 => Ok(None),
        Err(failure) => Err(failure),
    }
}
