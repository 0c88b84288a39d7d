//! The stack, and what the account lets it run at once.

use serde_json::Value;

use crate::api::{count, text};
use crate::aws::output;
use crate::commands::doctor::check::Check;

/// The parameters that say how many functions run at once.
const AT_ONCE: [&str; 6] = [
    "JobsConcurrency",
    "DispatchConcurrency",
    "PollsConcurrency",
    "ReceiptsConcurrency",
    "InboundConcurrency",
    "WebhooksReservedConcurrency",
];
/// The API, the console and the sweep need some as well.
const OTHERS: u64 = 3;

pub(super) fn examine(stack: &Value, url: &str) -> Vec<Check> {
    vec![status(stack), address(stack, url), drift(stack)]
}

fn status(stack: &Value) -> Check {
    let status = text(&stack["StackStatus"]);
    let found = format!("{} is {status}", text(&stack["StackName"]));
    match status {
        "CREATE_COMPLETE" | "UPDATE_COMPLETE" => Check::ok("Stack", found),
        "UPDATE_ROLLBACK_COMPLETE" => {
            let fix = "the newest deployment failed and was taken back; see the stack's events";
            Check::warn("Stack", found, fix)
        }
        _ => Check::fail("Stack", found, "see the stack's events in CloudFormation"),
    }
}

fn address(stack: &Value, url: &str) -> Check {
    let of_stack = output(stack, "ApiUrl").trim_end_matches('/');
    if of_stack == url.trim_end_matches('/') {
        return Check::ok("Stack's URL", of_stack);
    }
    let fix = "run `volley login` with this URL, or name the stack of the URL that is used";
    Check::fail("Stack's URL", format!("{of_stack}, but {url} is used"), fix)
}

fn drift(stack: &Value) -> Check {
    match text(&stack["DriftInformation"]["StackDriftStatus"]) {
        "IN_SYNC" => Check::ok("Drift", "none at the last check"),
        "DRIFTED" => {
            let fix = "`aws cloudformation describe-stack-resource-drifts` shows what was changed by hand; deploy again";
            Check::warn("Drift", "resources were changed by hand", fix)
        }
        _ => Check::ok("Drift", "never checked; `aws cloudformation detect-stack-drift` does"),
    }
}

/// Whether the account runs as many functions at once as the stack may need.
pub(super) fn concurrency(stack: &Value, account: &Value) -> Check {
    let limit = count(&account["AccountLimit"]["ConcurrentExecutions"]);
    let parameters = stack["Parameters"].as_array().into_iter().flatten();
    let own = parameters.filter(|own| AT_ONCE.contains(&text(&own["ParameterKey"])));
    let sum: u64 = own.filter_map(|own| text(&own["ParameterValue"]).parse::<u64>().ok()).sum();
    let found = format!("the account runs {limit} functions at once, the stack up to {sum}");
    if limit >= sum + OTHERS {
        return Check::ok("Concurrency", found);
    }
    let fix = "ask for 1,000 under Service Quotas, Lambda, Concurrent executions, or lower the stack's parameters";
    Check::warn("Concurrency", found, fix)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::commands::doctor::check::Verdict;

    const URL: &str = "https://api.example.com";

    #[test]
    fn a_sound_stack_has_no_findings() {
        let stack = json!({
            "StackName": "volley-prod",
            "StackStatus": "UPDATE_COMPLETE",
            "Outputs": [{"OutputKey": "ApiUrl", "OutputValue": URL}],
            "DriftInformation": {"StackDriftStatus": "NOT_CHECKED"},
        });
        assert!(examine(&stack, URL).iter().all(|check| check.verdict == Verdict::Ok));
        assert_eq!(output(&stack, "TableName"), "");
    }

    #[test]
    fn another_stack_or_a_failed_one_is_found() {
        let stack = json!({"StackName": "volley", "StackStatus": "ROLLBACK_COMPLETE"});
        let verdicts: Vec<_> = examine(&stack, URL).iter().map(|check| check.verdict).collect();
        assert_eq!(verdicts, [Verdict::Fail, Verdict::Fail, Verdict::Ok]);
        let drifted = json!({"DriftInformation": {"StackDriftStatus": "DRIFTED"}});
        assert_eq!(drift(&drifted).verdict, Verdict::Warn);
    }

    #[test]
    fn a_new_account_runs_ten_functions() {
        let parameter =
            |name: &str, value: &str| json!({"ParameterKey": name, "ParameterValue": value});
        let stack = json!({"Parameters": [
            parameter("JobsConcurrency", "2"),
            parameter("DispatchConcurrency", "20"),
            parameter("Stage", "prod"),
        ]});
        let account = |limit: u64| json!({"AccountLimit": {"ConcurrentExecutions": limit}});
        assert_eq!(concurrency(&stack, &account(10)).verdict, Verdict::Warn);
        assert_eq!(concurrency(&stack, &account(1_000)).verdict, Verdict::Ok);
    }
}
