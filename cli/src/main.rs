//! `volley`: the command line of Volley, a client of its HTTP API.

mod api;
mod arguments;
mod ask;
mod aws;
mod commands;
mod failure;
mod output;
mod pinpoint;
mod problem;
mod profile;
mod progress;
mod when;

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;

use arguments::Arguments;
use failure::Failure;
use output::Format;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let format = arguments.global.output;
    match commands::run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            report(&failure, format);
            ExitCode::from(failure.exit_code())
        }
    }
}

/// Programs that read JSON get a problem document as JSON, too.
fn report(failure: &Failure, format: Format) {
    let text = match failure {
        Failure::Closed => return,
        Failure::Refused(problem) if format == Format::Json => {
            serde_json::to_string_pretty(problem).unwrap_or_else(|_| problem.to_string())
        }
        _ => format!("{} {failure}", console::style("error:").for_stderr().red().bold()),
    };
    let _ = writeln!(std::io::stderr(), "{text}");
}
