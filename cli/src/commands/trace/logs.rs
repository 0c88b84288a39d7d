//! What the functions logged about a message, from CloudWatch Logs.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use futures::future::join_all;
use serde_json::Value;

use super::steps::Step;
use crate::api::text;
use crate::aws::Aws;
use crate::failure::Failure;

/// What the API logs before a message exists, and what polls log after its last change.
const MARGIN: TimeDelta = TimeDelta::minutes(10);
/// Lines of one function about one ID. A message has a few.
const MAX_LINES: &str = "200";
/// Requests that are followed: a send, and perhaps a resume.
const MAX_TRACES: usize = 3;
/// Log groups that say nothing about messages.
const OTHERS: [&str; 2] = ["AccessLogs", "ConsoleLogs"];

/// Where and when to look.
struct Search<'a> {
    aws: &'a Aws<'a>,
    groups: Vec<(String, String)>,
    from: String,
    to: String,
}

/// The log lines about a message, and those about its campaign in the requests that led to it.
pub(super) async fn steps(
    aws: &Aws<'_>,
    campaign: &str,
    message: &Value,
) -> Result<Vec<Step>, Failure> {
    let time = |name: &str| DateTime::parse_from_rfc3339(text(&message[name])).ok();
    let (Some(from), Some(to)) = (time("createdAt"), time("updatedAt")) else {
        return Ok(Vec::new());
    };
    let millis = |time: DateTime<Utc>| time.timestamp_millis().to_string();
    let search = Search {
        aws,
        groups: groups(aws).await?,
        from: millis(from.to_utc() - MARGIN),
        to: millis(to.to_utc() + MARGIN),
    };
    let mut lines = search.lines(&format!("\"{}\"", text(&message["id"]))).await?;
    let traces: BTreeSet<String> = lines.iter().filter_map(Line::trace).collect();
    // Lines about other messages have their IDs.
    let without_messages = |id: &str| format!("\"{id}\" -\"message.id\"");
    if traces.is_empty() {
        lines.extend(search.lines(&without_messages(campaign)).await?);
    }
    for trace in traces.iter().take(MAX_TRACES) {
        lines.extend(search.lines(&without_messages(trace)).await?);
    }
    Ok(lines.iter().map(Line::step).collect())
}

/// The functions' log groups, each with its name in the template.
async fn groups(aws: &Aws<'_>) -> Result<Vec<(String, String)>, Failure> {
    let resources = ["cloudformation", "list-stack-resources", "--stack-name", aws.stack];
    let found = aws.ask(&resources).await.map_err(|reason| refused(&reason))?;
    let resources = found["StackResourceSummaries"].as_array().into_iter().flatten();
    let groups = resources
        .filter(|resource| text(&resource["ResourceType"]) == "AWS::Logs::LogGroup")
        .map(|group| (text(&group["LogicalResourceId"]), text(&group["PhysicalResourceId"])))
        .filter(|(name, _)| !OTHERS.contains(name));
    Ok(groups.map(|(name, group)| (name.to_owned(), group.to_owned())).collect())
}

fn refused(reason: &str) -> Failure {
    Failure::Incomplete(format!(
        "the logs cannot be read: {reason}\nTo fix it, sign in with the AWS CLI, and check --stack and --region."
    ))
}

impl Search<'_> {
    /// Each log group is asked at the same time, and each is another process.
    async fn lines(&self, pattern: &str) -> Result<Vec<Line>, Failure> {
        let asked = self.groups.iter().map(async |(name, group)| {
            let request = [
                "logs",
                "filter-log-events",
                "--log-group-name",
                group,
                "--start-time",
                &self.from,
                "--end-time",
                &self.to,
                "--filter-pattern",
                pattern,
                "--max-items",
                MAX_LINES,
            ];
            self.aws.ask(&request).await.map(|found| (name, found))
        });
        let mut lines = Vec::new();
        for found in join_all(asked).await {
            let (name, found) = found.map_err(|reason| refused(&reason))?;
            let events = found["events"].as_array().into_iter().flatten();
            lines.extend(events.filter_map(|event| Line::read(name, event)));
        }
        Ok(lines)
    }
}

/// A line of JSON that a function logged.
struct Line {
    at: DateTime<Utc>,
    function: String,
    content: Value,
}

impl Line {
    /// Lines of Lambda itself are not JSON.
    fn read(group: &str, event: &Value) -> Option<Self> {
        let at = DateTime::from_timestamp_millis(event["timestamp"].as_i64()?)?;
        let content: Value = serde_json::from_str(text(&event["message"])).ok()?;
        let function = group.trim_end_matches("Logs").to_owned();
        content.is_object().then_some(Self { at, function, content })
    }

    fn trace(&self) -> Option<String> {
        Some(self.content["span"]["trace.id"].as_str()?.to_owned())
    }

    fn step(&self) -> Step {
        let level = match text(&self.content["level"]) {
            level @ ("WARN" | "ERROR") => format!(" {}", level.to_lowercase()),
            _ => String::new(),
        };
        let job = text(&self.content["span"]["job"]);
        let said = text(&self.content["message"]);
        let error = match text(&self.content["error"]) {
            "" => String::new(),
            error => format!(": {error}"),
        };
        (self.at, format!("log{level} of {}, {job}: {said}{error}", self.function))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_line_says_which_function_did_what() {
        let message = json!({
            "level": "WARN", "message": "the provider did not respond", "error": "timed out",
            "span": {"job": "chunk", "trace.id": "0af7651916cd43dd8448eb211c80319c"},
        });
        let event = json!({"timestamp": 1_790_000_000_000_i64, "message": message.to_string()});
        let line = Line::read("DispatchLogs", &event).unwrap();
        assert_eq!(line.trace().unwrap(), "0af7651916cd43dd8448eb211c80319c");
        let expected = "log warn of Dispatch, chunk: the provider did not respond: timed out";
        assert_eq!(line.step().1, expected);
        let report = json!({"timestamp": 1, "message": "REPORT RequestId: 1"});
        assert!(Line::read("DispatchLogs", &report).is_none());
    }
}
