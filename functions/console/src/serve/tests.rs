use serde_json::json;

use super::*;
use crate::files::FILES;

fn ask(method: &str, path: &str, headers: &[(&str, &str)]) -> Response {
    let headers: serde_json::Map<_, _> =
        headers.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
    let request = json!({
        "rawPath": path, "headers": headers, "requestContext": {"http": {"method": method}},
    });
    respond(&serde_json::from_value(request).expect("a request"), &Settings::read(|_| None))
}

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers.get(name).map_or("", String::as_str)
}

#[test]
fn every_address_is_the_page() {
    for path in ["/console", "/console/", "/console/campaigns", "/console/campaigns/1/messages"] {
        let response = ask("GET", path, &[]);
        assert_eq!(response.status_code, 200, "{path}");
        assert_eq!(header(&response, "content-type"), "text/html; charset=utf-8");
        assert_eq!(header(&response, "cache-control"), "no-cache");
        assert!(response.content().starts_with(b"<!doctype html>"), "{path}");
    }
}

#[test]
fn the_root_leads_to_the_console() {
    let response = ask("GET", "/", &[]);
    assert_eq!((response.status_code, header(&response, "location")), (302, "console"));
}

#[test]
fn the_console_learns_the_identity_provider() {
    let response = ask("GET", "/console/config.json", &[]);
    assert_eq!(header(&response, "content-type"), "application/json");
    let document: serde_json::Value = serde_json::from_slice(&response.content()).expect("JSON");
    assert_eq!(document, json!({"issuer": null, "clientId": null}));
}

#[test]
fn missing_assets_are_not_the_page() {
    let response = ask("GET", "/console/assets/index-gone.js", &[]);
    assert_eq!(response.status_code, 404);
    assert!(response.content().is_empty());
}

#[test]
fn other_origins_and_frames_are_shut_out() {
    for path in ["/", "/console", "/console/assets/missing.js", "/console/icon.svg"] {
        let response = ask("GET", path, &[]);
        let policy = header(&response, "content-security-policy");
        for rule in [
            "default-src 'self'",
            "connect-src 'self'",
            "script-src 'self';",
            "frame-ancestors 'none'",
        ] {
            assert!(policy.contains(rule), "{path}: {policy}");
        }
        assert_eq!(header(&response, "x-content-type-options"), "nosniff");
        assert_eq!(header(&response, "vary"), "Accept-Encoding");
    }
}

#[test]
fn only_reading_is_allowed() {
    assert_eq!(ask("POST", "/console", &[]).status_code, 405);
    let head = ask("HEAD", "/console", &[]);
    assert_eq!((head.status_code, head.content()), (200, Vec::new()));
}

#[test]
fn a_known_version_is_not_sent_again() {
    let first = ask("GET", "/console/campaigns", &[]);
    let etag = header(&first, "etag").to_owned();
    for known in [etag.clone(), format!("W/{etag}"), format!("\"old\", {etag}")] {
        let again = ask("GET", "/console/contacts", &[("if-none-match", &known)]);
        assert_eq!((again.status_code, again.content()), (304, Vec::new()), "{known}");
    }
    assert_eq!(ask("GET", "/console", &[("if-none-match", "\"old\"")]).status_code, 200);
}

/// With a built console; without one there are no files.
#[test]
fn files_are_sent_in_the_form_that_is_accepted() {
    for file in FILES {
        let path = format!("/console/{}", file.name);
        let plain = ask("GET", &path, &[]);
        assert_eq!(plain.content(), file.plain, "{path}");
        assert_eq!(header(&plain, "content-encoding"), "");
        assert_eq!(header(&plain, "cache-control").contains("immutable"), file.is_immutable());
        let Some(brotli) = file.brotli else { continue };
        let both = ask("GET", &path, &[("accept-encoding", "gzip, deflate, br;q=0.8")]);
        assert_eq!((header(&both, "content-encoding"), both.content()), ("br", brotli.to_vec()));
        let refused = ask("GET", &path, &[("accept-encoding", "br;q=0, gzip")]);
        assert_eq!(header(&refused, "content-encoding"), "gzip");
    }
}

/// A deployed build must not have the code that reads a key from the address.
#[test]
fn the_link_of_the_local_stack_is_only_in_its_builds() {
    let page = String::from_utf8(ask("GET", "/console", &[]).content()).expect("a text");
    let is_local = option_env!("CONSOLE_SIGN_IN_BY_LINK") == Some("on");
    assert_eq!(page.contains("sign-in-by-link"), is_local);
    assert_eq!(files::find("sign-in-by-link.js").is_some(), is_local);
}
