//! Checks what can be checked of a request's signature without the key: that there is one, for this
//! service.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Problem {
    Missing,
    Incomplete,
    /// Signed for another service.
    Misdirected,
}

/// The name under which the model signs requests.
const SERVICE: &str = "sms-voice";

pub(super) fn check(headers: &HeaderMap) -> Result<(), Problem> {
    let value = headers.get(AUTHORIZATION).ok_or(Problem::Missing)?;
    let value = value.to_str().map_err(|_| Problem::Incomplete)?;
    let parts = value.strip_prefix("AWS4-HMAC-SHA256 ").ok_or(Problem::Incomplete)?;
    let part = |name: &str| {
        parts
            .split(',')
            .find_map(|part| part.trim().strip_prefix(name)?.strip_prefix('='))
            .filter(|value| !value.is_empty())
            .ok_or(Problem::Incomplete)
    };
    let (scope, _, _) = (part("Credential")?, part("SignedHeaders")?, part("Signature")?);
    if !headers.contains_key("x-amz-date") {
        return Err(Problem::Incomplete);
    }
    match scope.split('/').collect::<Vec<_>>()[..] {
        [_, _, _, SERVICE, "aws4_request"] => Ok(()),
        [_, _, _, _, "aws4_request"] => Err(Problem::Misdirected),
        _ => Err(Problem::Incomplete),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(authorization: &str) -> Result<(), Problem> {
        let mut headers = HeaderMap::new();
        headers.insert("x-amz-date", "20261123T000000Z".parse().unwrap());
        if !authorization.is_empty() {
            headers.insert(AUTHORIZATION, authorization.parse().unwrap());
        }
        check(&headers)
    }

    #[test]
    fn signed_requests_and_others() {
        let signed = |service: &str| {
            let scope = format!("AKIA/20261123/us-east-1/{service}/aws4_request");
            let rest = "SignedHeaders=host;x-amz-date, Signature=0f";
            checked(&format!("AWS4-HMAC-SHA256 Credential={scope}, {rest}"))
        };
        assert_eq!(signed("sms-voice"), Ok(()));
        assert_eq!(signed("sns"), Err(Problem::Misdirected));
        assert_eq!(checked(""), Err(Problem::Missing));
        assert_eq!(checked("Basic QTpC"), Err(Problem::Incomplete));
        let unfinished = "AWS4-HMAC-SHA256 Credential=A/20261123/us-east-1/sms-voice/aws4_request";
        assert_eq!(checked(unfinished), Err(Problem::Incomplete));
    }
}
