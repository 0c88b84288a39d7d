//! Configuration from the environment, read once at start.

use std::fmt;
use std::str::FromStr;

/// Every missing or malformed variable, so that one failed start shows all problems.
#[derive(Debug, Default, thiserror::Error)]
pub struct InvalidEnvironment {
    missing: Vec<&'static str>,
    malformed: Vec<String>,
}

impl fmt::Display for InvalidEnvironment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut problems = Vec::new();
        if !self.missing.is_empty() {
            problems.push(format!("missing environment variables: {}", self.missing.join(", ")));
        }
        if !self.malformed.is_empty() {
            problems
                .push(format!("malformed environment variables: {}", self.malformed.join("; ")));
        }
        f.write_str(&problems.join("; "))
    }
}

/// Reads variables, and collects the problems until [`Environment::finish`].
pub struct Environment<'a> {
    lookup: &'a dyn Fn(&str) -> Option<String>,
    problems: InvalidEnvironment,
}

impl<'a> Environment<'a> {
    #[must_use]
    pub fn new(lookup: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self { lookup, problems: InvalidEnvironment::default() }
    }

    /// A required variable. An empty one counts as missing.
    pub fn text(&mut self, name: &'static str) -> String {
        (self.lookup)(name).filter(|value| !value.is_empty()).unwrap_or_else(|| {
            self.problems.missing.push(name);
            String::new()
        })
    }

    /// A variable parsed as `T`, or `default` if it is not set.
    pub fn parsed<T: FromStr<Err: fmt::Display>>(&mut self, name: &'static str, default: T) -> T {
        self.optional(name).unwrap_or(default)
    }

    /// A variable parsed as `T`, or `None` if it is not set.
    pub fn optional<T: FromStr<Err: fmt::Display>>(&mut self, name: &'static str) -> Option<T> {
        let value = (self.lookup)(name).filter(|value| !value.is_empty())?;
        let parsed = value.parse::<T>();
        parsed.map_err(|error| self.problems.malformed.push(format!("{name} {error}"))).ok()
    }

    /// Returns the configuration, or all problems.
    pub fn finish<T>(self, value: T) -> Result<T, InvalidEnvironment> {
        if self.problems.missing.is_empty() && self.problems.malformed.is_empty() {
            Ok(value)
        } else {
            Err(self.problems)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_missing_variable_is_named() {
        let lookup = |name: &str| (name == "SECONDS").then(|| "soon".to_owned());
        let mut environment = Environment::new(&lookup);
        environment.text("TABLE_NAME");
        environment.text("BUCKET_NAME");
        environment.parsed("SECONDS", 5_u32);
        let error = environment.finish(()).expect_err("invalid").to_string();
        assert!(error.contains("TABLE_NAME, BUCKET_NAME"), "{error}");
        assert!(error.contains("SECONDS"), "{error}");
    }

    #[test]
    fn what_is_set_is_read() {
        let lookup = |name: &str| Some(name.len().to_string());
        let mut environment = Environment::new(&lookup);
        let read = (environment.text("AB"), environment.parsed("ABC", 0));
        assert_eq!(environment.finish(read).expect("valid"), ("2".to_owned(), 3));
    }
}
