//! Questions before something that cannot be undone.

use std::io::{IsTerminal, Read, Write};

use crate::failure::Failure;

/// Goes on if `--yes` was given or a person agrees. Scripts must give `--yes`.
pub(crate) fn confirm(question: &str, is_agreed: bool) -> Result<(), Failure> {
    if is_agreed {
        return Ok(());
    }
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        return Err(Failure::usage("this has to be confirmed; add --yes to do so in advance"));
    }
    let _ = write!(std::io::stderr(), "{question} [y/N] ");
    let mut line = String::new();
    std::io::stdin().read_line(&mut line)?;
    match line.trim().to_ascii_lowercase().as_str() {
        "y" | "yes" => Ok(()),
        _ => Err(Failure::Declined),
    }
}

/// A line that a person types, or the default.
pub(crate) fn line(question: &str, default: Option<&str>) -> Result<String, Failure> {
    let hint = default.map(|default| format!(" [{default}]")).unwrap_or_default();
    let _ = write!(std::io::stderr(), "{question}{hint}: ");
    let mut line = String::new();
    std::io::stdin().read_line(&mut line)?;
    match (line.trim(), default) {
        ("", Some(default)) => Ok(default.to_owned()),
        (text, _) => Ok(text.to_owned()),
    }
}

/// A secret: typed without echo, or read from a pipe.
pub(crate) fn secret(question: &str) -> Result<String, Failure> {
    if !std::io::stdin().is_terminal() {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text)?;
        return Ok(text.trim().to_owned());
    }
    let _ = write!(std::io::stderr(), "{question}: ");
    Ok(console::Term::stderr().read_secure_line()?.trim().to_owned())
}
