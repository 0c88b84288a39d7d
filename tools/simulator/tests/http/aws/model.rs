//! The simulator and its clients, judged by the service's published model.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

use super::{message, with};
use crate::support::{Bench, PLAIN, quick};

/// Runs a script of `tests/botocore` with the interpreter that has the pinned botocore.
async fn python(script: &str, arguments: Vec<String>, input: String) -> Output {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let interpreter = here.join("../../.venv/emulator/bin/python");
    let script = here.join("tests/botocore").join(script);
    assert!(interpreter.exists(), "{} is missing: run `make test`", interpreter.display());
    let run = move || {
        let mut child = Command::new(interpreter)
            .arg("-B")
            .arg(script)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("a process");
        let mut stdin = child.stdin.take().expect("a pipe");
        stdin.write_all(input.as_bytes()).expect("all is read");
        drop(stdin);
        child.wait_with_output().expect("an end")
    };
    tokio::task::spawn_blocking(run).await.expect("no panic")
}

fn report(output: &Output) -> String {
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    format!("{}{}", text(&output.stdout), text(&output.stderr))
}

async fn judge(lines: String) -> Output {
    python("judge_requests.py", Vec::new(), lines).await
}

#[tokio::test]
async fn botocore_reads_every_outcome_as_the_model_says() {
    let bench = Bench::new(quick()).await;
    let output = python("check_outcomes.py", vec![bench.url.clone()], String::new()).await;
    assert!(output.status.success(), "{}", report(&output));
}

#[tokio::test]
async fn botocore_reads_opt_out_lists() {
    let bench = Bench::new(quick()).await;
    let output = python("check_opt_outs.py", vec![bench.url.clone()], String::new()).await;
    assert!(output.status.success(), "{}", report(&output));
}

#[tokio::test]
async fn publications_are_what_both_services_models_say() {
    let bench = Bench::new(quick()).await;
    let output = python("check_events.py", vec![bench.url.clone()], String::new()).await;
    assert!(output.status.success(), "{}", report(&output));
}

#[tokio::test]
async fn the_requests_that_came_can_be_judged() {
    let bench = Bench::new(quick()).await;
    let kept = async || {
        let url = format!("{}/_simulator/aws/requests", bench.url);
        bench.http.get(url).send().await.unwrap().text().await.unwrap()
    };
    bench.text(&message(PLAIN)).await;
    let output = judge(kept().await).await;
    assert!(output.status.success(), "{}", report(&output));
    bench.text(&with(PLAIN, "TimeToLive", json!(4))).await;
    let output = judge(kept().await).await;
    assert!(report(&output).contains("request 2: "), "{}", report(&output));
}

#[tokio::test]
async fn requests_that_break_the_model_are_found() {
    let good = message(PLAIN);
    let output = judge(format!("{good}\n{}\n", json!(good.to_string()))).await;
    assert!(output.status.success(), "{}", report(&output));
    assert!(report(&output).contains("2 requests"), "{}", report(&output));
    for (name, value) in [
        ("DestinationPhoneNumber", Value::Null),
        ("DestinationPhoneNumber", json!("415-355-0123")),
        ("MessageBody", json!("a".repeat(1_601))),
        ("MessageType", json!("SPAM")),
        ("TimeToLive", json!(259_201)),
        ("TimeToLive", json!("60")),
        ("MaxPrice", json!("5")),
        ("Context", json!({ "1": "v", "2": "v", "3": "v", "4": "v", "5": "v", "6": "v" })),
        ("Context", json!({ "k": "v " })),
        ("ValidityPeriod", json!(60)),
    ] {
        let output = judge(with(PLAIN, name, value.clone()).to_string()).await;
        assert!(!output.status.success(), "{name} {value}");
        assert!(report(&output).contains(name), "{name} {value}: {}", report(&output));
    }
    assert!(!judge("nothing".to_owned()).await.status.success());
    // An empty list of requests proves nothing.
    assert!(!judge(String::new()).await.status.success());
}
