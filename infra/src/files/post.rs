//! Presigned POSTs: a form lets a client upload one file of a bounded size to one key.
//!
//! The SDK signs no forms. Source: Amazon S3 API Reference, "Authenticating Requests in Browser-Based
//! Uploads Using POST (AWS Signature Version 4)".

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::sign::v4::{calculate_signature, generate_signing_key};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use shared::time::Timestamp;

const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// A form that uploads a file: `fields` come before the file's own field, which is called `file`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PresignedPost {
    pub url: String,
    pub fields: BTreeMap<&'static str, String>,
    pub expires_at: Timestamp,
}

/// What a form may upload.
pub(super) struct Permission<'a> {
    pub(super) bucket: &'a str,
    pub(super) key: &'a str,
    pub(super) max_bytes: u64,
    pub(super) expires_at: Timestamp,
}

/// The fields of a form. `credentials` sign what it permits.
pub(super) fn fields(
    permission: &Permission<'_>,
    credentials: &Credentials,
    region: &str,
    now: Timestamp,
) -> BTreeMap<&'static str, String> {
    let day = now.datetime().format("%Y%m%d");
    let credential = format!("{}/{day}/{region}/s3/aws4_request", credentials.access_key_id());
    let mut fields: BTreeMap<&'static str, String> = [
        ("key", permission.key.to_owned()),
        ("x-amz-algorithm", ALGORITHM.to_owned()),
        ("x-amz-credential", credential),
        ("x-amz-date", now.datetime().format("%Y%m%dT%H%M%SZ").to_string()),
    ]
    .into();
    if let Some(token) = credentials.session_token() {
        fields.insert("x-amz-security-token", token.to_owned());
    }
    let mut conditions: Vec<Value> =
        fields.iter().map(|(name, value)| json!({ *name: value })).collect();
    conditions.push(json!({ "bucket": permission.bucket }));
    conditions.push(json!(["content-length-range", 1, permission.max_bytes]));
    let expiration = permission.expires_at.to_string();
    let policy = json!({ "expiration": expiration, "conditions": conditions }).to_string();
    let policy = BASE64_STANDARD.encode(policy);
    let signature = signature(&policy, credentials.secret_access_key(), region, now);
    fields.insert("policy", policy);
    fields.insert("x-amz-signature", signature);
    fields
}

/// The signature of a policy, which is its own string to sign.
fn signature(policy: &str, secret: &str, region: &str, now: Timestamp) -> String {
    let since = Duration::from_millis(u64::try_from(now.millis()).unwrap_or_default());
    let key = generate_signing_key(secret, SystemTime::UNIX_EPOCH + since, region, "s3");
    calculate_signature(key, policy.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    /// AWS publishes this policy, whose lines end with CRLF, and its signature. Source: Amazon S3 API
    /// Reference, "Example: Browser-Based Upload using HTTP POST (Using AWS Signature Version 4)".
    #[test]
    fn awss_example_has_awss_signature() {
        let policy = [
            r#"{ "expiration": "2015-12-30T12:00:00.000Z","#,
            r#"  "conditions": ["#,
            r#"    {"bucket": "sigv4examplebucket"},"#,
            r#"    ["starts-with", "$key", "user/user1/"],"#,
            r#"    {"acl": "public-read"},"#,
            r#"    {"success_action_redirect": "http://sigv4examplebucket.s3.amazonaws.com/successful_upload.html"},"#,
            r#"    ["starts-with", "$Content-Type", "image/"],"#,
            r#"    {"x-amz-meta-uuid": "14365123651274"},"#,
            r#"    {"x-amz-server-side-encryption": "AES256"},"#,
            r#"    ["starts-with", "$x-amz-meta-tag", ""],"#,
            "",
            r#"    {"x-amz-credential": "AKIAIOSFODNN7EXAMPLE/20151229/us-east-1/s3/aws4_request"},"#,
            r#"    {"x-amz-algorithm": "AWS4-HMAC-SHA256"},"#,
            r#"    {"x-amz-date": "20151229T000000Z" }"#,
            "  ]",
            "}",
        ];
        let policy = BASE64_STANDARD.encode(policy.join("\r\n"));
        let signed = signature(&policy, SECRET, "us-east-1", at("2015-12-29T00:00:00Z"));
        assert_eq!(signed, "8afdbf4008c03f22c2cd3cdb72e4afbb1f6a588f3255ac628749a66d7f09699e");
    }

    #[test]
    fn a_form_permits_one_key_for_a_while() {
        let token = Some("a token".to_owned());
        let credentials = Credentials::new("AKIAIOSFODNN7EXAMPLE", SECRET, token, None, "test");
        let permission = Permission {
            bucket: "volley",
            key: "imports/a/b/c",
            max_bytes: 5_000,
            expires_at: at("2026-11-27T09:15:00Z"),
        };
        let now = at("2026-11-27T09:00:00.250Z");
        let fields = fields(&permission, &credentials, "eu-west-1", now);
        let policy = BASE64_STANDARD.decode(&fields["policy"]).expect("base64");
        let policy: Value = serde_json::from_slice(&policy).expect("json");
        assert_eq!(policy["expiration"], "2026-11-27T09:15:00.000Z");
        let conditions = policy["conditions"].as_array().expect("conditions");
        for condition in [
            json!({"bucket": "volley"}),
            json!({"key": "imports/a/b/c"}),
            json!(["content-length-range", 1, 5_000]),
            json!({"x-amz-date": "20261127T090000Z"}),
            json!({"x-amz-security-token": "a token"}),
            json!({"x-amz-credential":
                "AKIAIOSFODNN7EXAMPLE/20261127/eu-west-1/s3/aws4_request"}),
        ] {
            assert!(conditions.contains(&condition), "{condition}");
        }
        let unsigned = ["policy", "x-amz-signature"];
        for name in fields.keys().filter(|name| !unsigned.contains(name)) {
            let is_in_policy = conditions.iter().any(|condition| condition.get(*name).is_some());
            assert!(is_in_policy, "S3 refuses the field {name}, which the policy does not name");
        }
    }
}
