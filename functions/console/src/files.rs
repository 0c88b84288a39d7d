//! The built files, embedded by `build.rs`.

/// A built file in the forms in which it can be sent.
pub(crate) struct File {
    /// The path below the console's own.
    pub(crate) name: &'static str,
    pub(crate) hash: &'static str,
    pub(crate) plain: &'static [u8],
    pub(crate) brotli: Option<&'static [u8]>,
    pub(crate) gzip: Option<&'static [u8]>,
}

include!(concat!(env!("OUT_DIR"), "/files.rs"));

pub(crate) fn find(name: &str) -> Option<&'static File> {
    let place = FILES.binary_search_by(|file| file.name.cmp(name)).ok()?;
    FILES.get(place)
}

impl File {
    /// Files whose names contain a hash of their content never change.
    pub(crate) fn is_immutable(&self) -> bool {
        self.name.starts_with("assets/")
    }

    pub(crate) fn content_type(&self) -> &'static str {
        match self.name.rsplit('.').next() {
            Some("js") => "text/javascript; charset=utf-8",
            Some("css") => "text/css; charset=utf-8",
            Some("svg") => "image/svg+xml",
            Some("woff2") => "font/woff2",
            Some("png") => "image/png",
            Some("json" | "map") => "application/json",
            _ => "application/octet-stream",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_and_known_by_type() {
        assert!(FILES.is_sorted_by_key(|file| file.name));
        for file in FILES {
            assert!(find(file.name).is_some_and(|found| found.hash == file.hash), "{}", file.name);
            assert_ne!(file.content_type(), "application/octet-stream", "{}", file.name);
        }
        assert!(find("assets/missing.js").is_none());
    }
}
