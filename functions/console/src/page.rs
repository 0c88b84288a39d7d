//! The page of every address, with its base.
//!
//! The API may have its own path in front of `/console`, so the page refers to its files by
//! relative addresses, and its `<base>` leads from the requested address to the console's own.

use crate::files::{INDEX, INDEX_HASH};

/// As Vite writes it into the built page.
const BASE: &str = "<base href=\"./\" />";

/// A page and the name of its version.
pub(crate) struct Page {
    pub(crate) html: String,
    pub(crate) etag: String,
}

/// The page for what follows `/console` in the address.
pub(crate) fn at(rest: &str) -> Page {
    let base = base(rest);
    let html = INDEX.replacen(BASE, &format!("<base href=\"{base}\" />"), 1);
    Page { html, etag: format!("\"{INDEX_HASH}-{}\"", rest.matches('/').count()) }
}

fn base(rest: &str) -> String {
    match rest.matches('/').count() {
        0 => "console/".to_owned(),
        1 => "./".to_owned(),
        depth => "../".repeat(depth - 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_base_leads_back_to_the_console() {
        let cases = [
            ("", "console/"),
            ("/", "./"),
            ("/campaigns", "./"),
            ("/campaigns/1", "../"),
            ("/campaigns/1/messages/2", "../../../"),
        ];
        for (rest, expected) in cases {
            assert_eq!(base(rest), expected, "{rest}");
        }
    }

    #[test]
    fn pages_differ_by_depth_only() {
        assert_eq!(at("/a/b").etag, at("/c/d").etag);
        assert_ne!(at("/a").etag, at("/a/b").etag);
    }
}
