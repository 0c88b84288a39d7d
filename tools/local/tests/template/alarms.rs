//! Alarms: each has a runbook, and nothing that fails is without one.

use std::fs;

use serde_json::Value;

use super::{resources, section};

/// The alarms with their properties, without the composite one.
fn alarms() -> Vec<(&'static String, &'static Value)> {
    resources("AWS::CloudWatch::Alarm")
}

/// The metrics that an alarm watches: namespace, name and the value of the first dimension.
fn metrics(alarm: &Value) -> Vec<(String, String, String)> {
    let mut found = Vec::new();
    let mut add = |metric: &Value| {
        let text = |name: &str| metric[name].as_str().unwrap_or_default().to_owned();
        let value = metric["Dimensions"][0]["Value"].to_string();
        found.push((text("Namespace"), text("MetricName"), value));
    };
    if alarm["MetricName"].is_string() {
        add(alarm);
    }
    for query in alarm["Metrics"].as_array().into_iter().flatten() {
        let query = if query["Fn::If"].is_array() { &query["Fn::If"][1] } else { query };
        if query["MetricStat"].is_object() {
            add(&query["MetricStat"]["Metric"]);
        }
    }
    found
}

fn is_watched(metric: &str, resource: &str) -> bool {
    alarms()
        .iter()
        .flat_map(|(_, alarm)| metrics(alarm))
        .any(|(_, name, value)| name == metric && value.contains(&format!("\"{resource}\"")))
}

#[test]
fn every_function_and_queue_has_an_alarm() {
    for (name, _) in resources("AWS::Lambda::Function") {
        for metric in ["Errors", "Throttles"] {
            assert!(is_watched(metric, name), "nothing watches {metric} of {name}");
        }
    }
    for (name, _) in resources("AWS::SQS::Queue") {
        let metric = if name == "DeadLetterQueue" {
            "ApproximateNumberOfMessagesVisible"
        } else {
            "ApproximateAgeOfOldestMessage"
        };
        assert!(is_watched(metric, name), "nothing watches {metric} of {name}");
    }
}

/// What the on-call engineer reads first names the page that says what to do.
#[test]
fn every_alarm_notifies_and_names_its_runbook() {
    let index =
        fs::read_to_string(local::root().join("docs/runbooks/README.md")).expect("an index");
    for (name, alarm) in alarms() {
        assert_eq!(alarm["AlarmActions"][0]["Ref"], "Alarms", "{name}");
        assert!(alarm["TreatMissingData"].is_string(), "{name}");
        let description = alarm["AlarmDescription"].as_str().expect("a description");
        let page = description.rsplit(' ').next().unwrap_or_default();
        assert!(page.starts_with("docs/runbooks/"), "{name}: {description}");
        let text = fs::read_to_string(local::root().join(page));
        let text = text.unwrap_or_else(|error| panic!("{name}: {page}: {error}"));
        for heading in ["## Meaning", "## Look", "## Act", "## Verify"] {
            assert!(text.contains(heading), "{page} has no {heading}");
        }
        let file = page.trim_start_matches("docs/runbooks/");
        assert!(index.contains(&format!("({file})")), "the index lacks {file}");
    }
}

#[test]
fn the_composite_alarm_is_on_whenever_one_of_them_is() {
    let (_, composite) = resources("AWS::CloudWatch::CompositeAlarm")[0];
    let rule = composite["AlarmRule"].to_string();
    for (name, _) in alarms() {
        // The queue's length has an alarm that stays on; this one rings again.
        if name != "MoreDeadLettersAlarm" {
            assert!(rule.contains(&format!("${{{name}}}")), "{name}");
        }
    }
}

/// A misspelled metric would never raise its alarm.
#[test]
fn the_functions_count_what_alarms_and_dashboard_show() {
    let source = fs::read_to_string(local::root().join("infra/src/metrics.rs")).expect("metrics");
    let (_, dashboard) = resources("AWS::CloudWatch::Dashboard")[0];
    let body = dashboard["DashboardBody"]["Fn::Sub"].as_str().expect("a body");
    let body: Value = serde_json::from_str(body).expect("the dashboard is JSON");
    let shown = body["widgets"].as_array().expect("widgets");
    let shown = shown.iter().filter_map(|widget| widget["properties"]["metrics"].as_array());
    let shown = shown.flatten().filter(|metric| metric[0] == "Volley");
    let mut names: Vec<String> =
        shown.filter_map(|metric| metric[1].as_str()).map(str::to_owned).collect();
    for (_, alarm) in alarms() {
        let own = metrics(alarm).into_iter().filter(|(namespace, ..)| namespace == "Volley");
        names.extend(own.map(|(_, name, _)| name));
    }
    assert!(names.len() > 8, "{names:?}");
    for name in names {
        assert!(source.contains(&format!("\"{name}\"")), "no function counts {name}");
    }
}

/// It counts itself each minute, so silence is the alarm.
#[test]
fn a_sweep_that_does_not_run_rings() {
    let alarm = &section("Resources")["SweepAlarm"]["Properties"];
    assert_eq!(alarm["TreatMissingData"], "breaching");
    assert_eq!(alarm["ComparisonOperator"], "LessThanThreshold");
}
