//! Parameters: a malformed value fails the deployment, not a function.

use regex::Regex;
use serde_json::Value;

use super::{TEMPLATE, resources, section};

#[test]
fn no_secret_is_a_parameter_or_stands_in_an_environment() {
    for (name, parameter) in section("Parameters") {
        assert_eq!(parameter["NoEcho"], Value::Null, "{name}: `sam deploy --guided` would trap");
    }
    for (function, properties) in resources("AWS::Lambda::Function") {
        let variables = properties["Environment"]["Variables"].as_object().expect("variables");
        for name in variables.keys() {
            let is_secret =
                ["TOKEN", "SECRET", "PASSWORD", "SIGNING"].iter().any(|word| name.contains(word))
                    || (name.contains("KEY") && !name.ends_with("_SHA256"));
            // This says where the keys are.
            assert!(!is_secret || name == "ERASURE_KEYS", "{function} has {name}");
        }
    }
}

#[test]
fn every_parameter_is_described_checked_and_grouped() {
    let groups =
        TEMPLATE["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"].to_string();
    for (name, parameter) in section("Parameters") {
        assert!(parameter["Description"].is_string(), "{name} has no description");
        assert!(groups.contains(&format!("\"{name}\"")), "{name} is in no group");
        let has = |property: &str| !parameter[property].is_null();
        let is_checked = match parameter["Type"].as_str() {
            Some("Number") => has("AllowedValues") || (has("MinValue") && has("MaxValue")),
            _ => has("AllowedValues") || has("AllowedPattern"),
        };
        assert!(is_checked, "{name} takes any value");
        if let Some(pattern) = parameter["AllowedPattern"].as_str() {
            assert!(pattern.starts_with('^') && pattern.ends_with('$'), "{name} is not anchored");
            assert!(has("ConstraintDescription"), "{name} would only show its pattern");
            if let Some(default) = parameter["Default"].as_str() {
                assert!(allows(name, default), "{name} refuses its default");
            }
        }
    }
}

#[test]
fn the_parameter_page_has_every_parameter_and_its_default() {
    let path = local::root().join("docs/parameters.md");
    let page = std::fs::read_to_string(path).expect("the page");
    for (name, parameter) in section("Parameters") {
        let default = match &parameter["Default"] {
            Value::Null => "required".to_owned(),
            Value::String(text) if text.is_empty() => "empty".to_owned(),
            Value::String(text) => format!("`{text}`"),
            other => format!("`{other}`"),
        };
        let meaning = parameter["Description"].as_str().unwrap_or_default();
        let row = format!("| `{name}` | {default} | {meaning}");
        assert!(page.contains(&row), "docs/parameters.md lacks {row}");
    }
}

fn allows(parameter: &str, value: &str) -> bool {
    let parameter = &section("Parameters")[parameter];
    let pattern = parameter["AllowedPattern"].as_str().expect("a pattern");
    let longest = parameter["MaxLength"].as_u64().unwrap_or(u64::MAX);
    Regex::new(pattern).expect("a pattern").is_match(value) && value.len() as u64 <= longest
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table with an entry for each parameter")]
fn malformed_values_are_refused() {
    let sid = format!("AC{}", "0123456789abcdef".repeat(2));
    let hash = "0123456789abcdef".repeat(4);
    let secret = "ssm:/volley/volley-prod/twilio";
    let cases: [(&str, &[&str], &[&str]); 22] = [
        (
            "MessageRetentionDays",
            &["60", "99", "400", "9999"],
            &["", "0", "59", "6", "60.5", "10000"],
        ),
        (
            "CorsOrigins",
            &[
                "",
                "*",
                "https://app.example.com",
                "http://localhost:5173, https://a.example.com:8443",
            ],
            &[
                "app.example.com",
                "https://a.example.com/",
                "https://*.example.com",
                "*,*",
                "https://",
            ],
        ),
        ("RequestsPerMinute", &["0", "20", "3000", "999999"], &["", "-1", "01", "1.5", "1000000"]),
        ("AuditRetentionDays", &["1", "400", "9999"], &["", "0", "-1", "1.5", "10000", "year"]),
        ("InboundRetentionDays", &["1", "400", "9999"], &["", "0", "-1", "1.5", "10000", "year"]),
        (
            "PollScheduleSeconds",
            &["30", "30,300,600"],
            &["", "soon", "30,", ",30", "30;300", "30, 300", "0", "-1", "1.5", "9999999"],
        ),
        (
            "AdminKeySha256",
            &[&hash],
            &["", "x", &hash[1..], &format!("{hash}  -"), &hash.to_uppercase()],
        ),
        (
            "ProviderAccountSid",
            &["", &sid],
            &["AC", "AC…", &sid[1..], &sid.to_uppercase(), &format!("{sid} ")],
        ),
        (
            "ProviderCredentials",
            &["", secret, "secretsmanager:volley/prod/twilio", "ssm:/volley/a.b/c_d-e"],
            &[
                "x",
                "none",
                " ",
                "ssm:volley/a",
                "ssm:/other/a",
                "ssm:/volley/",
                "ssm:/volley/a/../b",
                "ssm:/volley/a/",
                "0123456789abcdef0123456789abcdef",
            ],
        ),
        (
            "WebhooksEncryption",
            &["", "ssm:/volley/volley-prod/webhooks/key"],
            &[
                "key",
                "ssm:/volley/volley-prod/twilio",
                "ssm:/volley/volley-prod/webhooks",
                "ssm:/volley/volley-prod/webhooks/",
                "secretsmanager:volley/volley-prod/webhooks/key",
            ],
        ),
        (
            "ErasureKeys",
            &["", "ssm:/volley/volley-prod/erasure", "secretsmanager:volley/prod/erasure"],
            &["x", " ", "ssm:volley/a", "ssm:/other/a", "ssm:/volley/a/../b"],
        ),
        (
            "PublicUrl",
            &[
                "",
                "https://sms.example.com",
                "https://example.com/sms",
                "http://127.0.0.1:8000/a/$default",
            ],
            &[
                "sms.example.com",
                "http://example.com",
                "https://example.com/",
                "https://",
                "https://a b",
                "https://example.com?a=b",
            ],
        ),
        (
            "ProviderUrl",
            &["https://api.twilio.com"],
            &["", "api.twilio.com", "https://api.twilio.com/"],
        ),
        (
            "AlarmEmail",
            &["", "on-call@example.com"],
            &["x", "@", "a@b", "a@example.com,b@example.com", "on call@example.com"],
        ),
        (
            "DomainName",
            &["", "sms.example.com", "xn--a-ecp.example"],
            &[
                "sms",
                "https://sms.example.com",
                "SMS.example.com",
                "sms.example.com.",
                "*.example.com",
            ],
        ),
        (
            "KmsKeyArn",
            &["", "arn:aws:kms:eu-west-1:123456789012:key/mrk-0123abcd"],
            &["alias/volley", "arn:aws:kms:eu-west-1:123456789012:alias/volley", "0123abcd"],
        ),
        (
            "CertificateArn",
            &["", "arn:aws:acm:eu-west-1:123456789012:certificate/0123-abcd"],
            &["0123-abcd", "arn:aws:iam::123456789012:server-certificate/a"],
        ),
        (
            "OidcIssuer",
            &[
                "",
                "https://id.example.com",
                "https://tenant.example.com/",
                "https://id.example.com:8443/realms/team_a/v2.0",
                "http://127.0.0.1:4011/oidc",
            ],
            &[
                "id.example.com",
                "http://id.example.com",
                "https://id.example.com?a=b",
                "https://id.example.com; script-src *",
                "https://id.example.com/{tenantid}/v2.0",
                "https://user@id.example.com",
            ],
        ),
        (
            "OidcClientId",
            &["", "0oa1b2c3", "1234-abc.apps.example.com", "api://console"],
            &["a b", "a;b", "\u{22}"],
        ),
        (
            "OidcEndpointOrigin",
            &["", "https://token.example.com", "https://token.example.com:8443"],
            &["https://token.example.com/", "http://token.example.com", "*", "https://*"],
        ),
        ("RearmAfterSeconds", &["1", "120"], &["", "0", "1.5", "2m", "-1", "1e3"]),
        ("GatewayTimeoutSeconds", &["3", "10", "20"], &["", "0", "2", "21", "30", "10.5"]),
    ];
    for (parameter, good, bad) in cases {
        for value in good {
            assert!(allows(parameter, value), "{parameter} refuses {value:?}");
        }
        for value in bad {
            assert!(!allows(parameter, value), "{parameter} takes {value:?}");
        }
    }
}
