//! What shells and manuals need to know.

use std::io::Write;

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use crate::arguments::Arguments;
use crate::failure::Failure;

/// Print completions for a shell
///
/// For example: `volley completions bash > ~/.local/share/bash-completion/completions/volley`
#[derive(Debug, Args)]
pub(crate) struct Completions {
    shell: Shell,
}

/// Print the manual, for `man`
///
/// For example: `volley man > ~/.local/share/man/man1/volley.1`
#[derive(Debug, Args)]
pub(crate) struct Man {
    /// The command to describe, such as `campaigns send`; all of them by default
    command: Vec<String>,
}

impl Completions {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        let mut text = Vec::new();
        clap_complete::generate(self.shell, &mut Arguments::command(), "volley", &mut text);
        Ok(std::io::stdout().write_all(&text)?)
    }
}

impl Man {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        let mut root = Arguments::command();
        root.build();
        let mut command = &root;
        for name in &self.command {
            command = command.find_subcommand(name).ok_or_else(|| {
                Failure::usage(format!("there is no command {name:?}; `volley help` lists them"))
            })?;
        }
        let mut text = Vec::new();
        clap_mangen::Man::new(command.clone()).render(&mut text)?;
        if self.command.is_empty() {
            for command in root.get_subcommands() {
                describe(command, &mut text)?;
            }
        }
        Ok(std::io::stdout().write_all(&text)?)
    }
}

/// The sections of a command and of those under it.
fn describe(command: &clap::Command, text: &mut Vec<u8>) -> Result<(), Failure> {
    if command.get_name() == "help" {
        return Ok(());
    }
    let name = command.get_bin_name().unwrap_or_default().to_uppercase();
    writeln!(text, ".SH \"{name}\"")?;
    let page = clap_mangen::Man::new(command.clone());
    page.render_description_section(text)?;
    page.render_synopsis_section(text)?;
    page.render_options_section(text)?;
    command.get_subcommands().try_for_each(|command| describe(command, text))
}
