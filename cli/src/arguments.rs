//! The command line's grammar.

use clap::{Args, Parser, Subcommand};

use crate::commands::{
    campaigns, completions, contacts, doctor, events, exports, halt, import, inbound, keys, login,
    members, messages, org, people, segments, templates, trace, unsubscribes, webhooks,
};
use crate::failure::EXIT_CODES;
use crate::output::Format;

/// Send SMS campaigns with Volley.
///
/// Start with `volley login`, and check everything with `volley doctor`. The environment variables
/// VOLLEY_API_URL, VOLLEY_API_KEY and VOLLEY_ORGANIZATION take precedence over the profile.
#[derive(Debug, Parser)]
#[command(name = "volley", version, after_help = EXIT_CODES, infer_subcommands = true)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Global {
    /// How to print the result
    #[arg(
        long,
        short,
        global = true,
        value_enum,
        default_value_t,
        hide_possible_values = true,
        value_name = "table|json|csv"
    )]
    pub(crate) output: Format,
    /// Print only this field of the result, such as id or counts.delivered
    #[arg(long, global = true, value_name = "NAME", conflicts_with = "output")]
    pub(crate) field: Option<String>,
    /// The profile to use, of those that `volley login` stored
    #[arg(long, global = true, env = "VOLLEY_PROFILE", hide_env = true, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// The organization to work in
    #[arg(long, global = true, value_name = "ID")]
    pub(crate) organization: Option<String>,
    /// Print only the result
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
}

/// How much of a list to show.
#[derive(Debug, Args)]
pub(crate) struct Limit {
    /// How many to show
    #[arg(long, default_value_t = 50, value_name = "N")]
    limit: usize,
    /// Show all of them
    #[arg(long, conflicts_with = "limit")]
    all: bool,
}

impl Limit {
    pub(crate) fn get(&self) -> Option<usize> {
        (!self.all).then_some(self.limit)
    }
}

/// Consent given in advance.
#[derive(Debug, Args)]
pub(crate) struct Yes {
    /// Do not ask for confirmation
    #[arg(long, short)]
    pub(crate) yes: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Login(login::Login),
    Logout(login::Logout),
    Profiles(login::List),
    /// Organizations and their settings
    #[command(subcommand)]
    Org(org::Org),
    /// Stop all sending, or allow it again
    #[command(subcommand)]
    Halt(halt::Halt),
    /// API keys
    #[command(subcommand)]
    Keys(keys::Keys),
    /// People who sign in to the console
    #[command(subcommand)]
    Members(members::Members),
    /// Contacts
    #[command(subcommand)]
    Contacts(contacts::Contacts),
    Import(Box<import::Import>),
    /// Campaigns, from a draft to the last receipt
    #[command(subcommand)]
    Campaigns(campaigns::Campaigns),
    /// Saved filters over contacts
    #[command(subcommand)]
    Segments(segments::Segments),
    /// Texts that are kept for campaigns
    #[command(subcommand)]
    Templates(templates::Templates),
    /// The messages of a campaign
    #[command(subcommand)]
    Messages(messages::Messages),
    /// What people wrote back
    #[command(subcommand)]
    Inbound(inbound::Inbound),
    /// Phones that opted out
    #[command(subcommand)]
    Unsubscribes(unsubscribes::Unsubscribes),
    /// What is known of a person, and forgetting them
    #[command(subcommand)]
    People(people::People),
    /// Files of messages, contacts and opt-outs
    #[command(subcommand)]
    Exports(exports::Exports),
    /// Endpoints that get events
    #[command(subcommand)]
    Webhooks(webhooks::Webhooks),
    /// What happens, as it happens
    #[command(subcommand)]
    Events(events::Events),
    Trace(trace::Trace),
    Doctor(doctor::Doctor),
    Completions(completions::Completions),
    Man(completions::Man),
}
