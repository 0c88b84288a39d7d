//! What is served at each address.

use crate::files::{self, File};
use crate::http::{Request, Response};
use crate::page;
use crate::settings::Settings;

pub(crate) fn respond(request: &Request, settings: &Settings) -> Response {
    let response = match request.method() {
        "GET" => get(request, settings),
        "HEAD" => get(request, settings).without_body(),
        _ => Response::new(405).header("allow", "GET, HEAD"),
    };
    response
        .header("content-security-policy", &settings.content_security_policy)
        .header("cross-origin-opener-policy", "same-origin")
        .header("referrer-policy", "no-referrer")
        .header("vary", "Accept-Encoding")
        .header("x-content-type-options", "nosniff")
}

fn get(request: &Request, settings: &Settings) -> Response {
    let Some((_, rest)) = request.raw_path.split_once("/console") else {
        // The root. Relative, because the API may have its own path.
        return Response::new(302)
            .header("location", "console")
            .header("cache-control", "no-cache");
    };
    if let Some(file) = files::find(rest.trim_start_matches('/')) {
        return send(request, file);
    }
    // A tab that is older than the deployment asks for assets that are gone. A page in their place
    // would be read as a script.
    if rest.starts_with("/assets/") {
        return Response::new(404).header("cache-control", "no-store");
    }
    if rest == "/config.json" {
        return Response::new(200)
            .header("cache-control", "no-cache")
            .header("content-type", "application/json")
            .text(settings.document.clone());
    }
    let page = page::at(rest);
    let response =
        Response::new(200).header("cache-control", "no-cache").header("etag", page.etag.clone());
    if request.has(&page.etag) {
        return response.status(304);
    }
    response.header("content-type", "text/html; charset=utf-8").text(page.html)
}

fn send(request: &Request, file: &File) -> Response {
    let etag = format!("\"{}\"", file.hash);
    let cache =
        if file.is_immutable() { "public, max-age=31536000, immutable" } else { "no-cache" };
    let response = Response::new(200).header("cache-control", cache).header("etag", etag.clone());
    if request.has(&etag) {
        return response.status(304);
    }
    let response = response.header("content-type", file.content_type());
    match (file.brotli, file.gzip) {
        (Some(content), _) if request.accepts("br") => {
            response.header("content-encoding", "br").bytes(content)
        }
        (_, Some(content)) if request.accepts("gzip") => {
            response.header("content-encoding", "gzip").bytes(content)
        }
        _ => response.bytes(file.plain),
    }
}

#[cfg(test)]
mod tests;
