//! One thing that was looked at.

use std::fmt;

use console::style;
use serde_json::{Value, json};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Ok,
    /// It works, but may surprise.
    Warn,
    /// It does not work.
    Fail,
}

#[derive(Debug)]
pub(super) struct Check {
    pub(super) verdict: Verdict,
    name: &'static str,
    found: String,
    /// What to do, if anything.
    fix: Option<String>,
}

impl Check {
    pub(super) fn ok(name: &'static str, found: impl Into<String>) -> Self {
        Self { verdict: Verdict::Ok, name, found: found.into(), fix: None }
    }

    pub(super) fn warn(
        name: &'static str,
        found: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        let (found, fix) = (found.into(), Some(fix.into()));
        Self { verdict: Verdict::Warn, name, found, fix }
    }

    pub(super) fn fail(
        name: &'static str,
        found: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        Self { verdict: Verdict::Fail, ..Self::warn(name, found, fix) }
    }

    pub(super) fn row(&self) -> Value {
        json!({
            "result": self.label(),
            "check": self.name,
            "found": self.found,
            "fix": self.fix,
        })
    }

    fn label(&self) -> &'static str {
        match self.verdict {
            Verdict::Ok => "ok",
            Verdict::Warn => "warn",
            Verdict::Fail => "fail",
        }
    }
}

/// Two lines at most: what was found, and the fix.
impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let label = style(format!("{:4}", self.label()));
        let label = match self.verdict {
            Verdict::Ok => label.green(),
            Verdict::Warn => label.yellow(),
            Verdict::Fail => label.red().bold(),
        };
        let mut found = self.found.lines();
        writeln!(f, "{label}  {:12}  {}", self.name, found.next().unwrap_or_default())?;
        match &self.fix {
            Some(fix) => writeln!(f, "{:20}Fix: {fix}.", ""),
            None => Ok(()),
        }
    }
}
