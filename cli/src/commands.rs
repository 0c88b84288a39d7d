//! One module for each command.

pub(crate) mod body;
pub(crate) mod campaigns;
pub(crate) mod completions;
pub(crate) mod contacts;
mod counting;
pub(crate) mod doctor;
pub(crate) mod events;
pub(crate) mod exports;
pub(crate) mod halt;
pub(crate) mod import;
pub(crate) mod inbound;
pub(crate) mod keys;
pub(crate) mod login;
pub(crate) mod members;
pub(crate) mod messages;
pub(crate) mod org;
pub(crate) mod people;
pub(crate) mod report;
pub(crate) mod segments;
pub(crate) mod templates;
pub(crate) mod trace;
pub(crate) mod unsubscribes;
pub(crate) mod webhooks;

use crate::api::{Api, Pages, Query};
use crate::arguments::{Arguments, Command, Global, Limit};
use crate::failure::Failure;
use crate::output::{Output, Resource};
use crate::profile::Profile;

/// What commands that call the API work with.
pub(crate) struct Context {
    pub(crate) api: Api,
    pub(crate) output: Output,
}

impl Context {
    fn new(global: &Global) -> Result<Self, Failure> {
        let profile = profile(global)?;
        Ok(Self { api: Api::new(profile)?, output: Output::new(global) })
    }

    /// Shows a list under the organization.
    async fn list(
        &self,
        segments: &[&str],
        query: &Query<'_>,
        limit: &Limit,
        resource: &Resource,
    ) -> Result<(), Failure> {
        let path = self.api.path(segments).await?;
        self.output.list(Pages::new(&self.api, path, query, limit.get()), resource).await
    }
}

/// The settings of this run: options, then the environment, then the profile.
fn profile(global: &Global) -> Result<Profile, Failure> {
    let mut profile = Profile::resolve(global.profile.as_deref())?;
    if global.organization.is_some() {
        profile.organization.clone_from(&global.organization);
    }
    Ok(profile)
}

pub(crate) fn run(arguments: Arguments) -> Result<(), Failure> {
    let Arguments { global, command } = arguments;
    match &command {
        Command::Completions(command) => return command.run(),
        Command::Man(command) => return command.run(),
        Command::Profiles(login::List {}) => return login::List::run(&global),
        Command::Logout(login::Logout {}) => return login::Logout::run(&global),
        Command::Import(import) => {
            if let Some(pinpoint) = import.offline() {
                return pinpoint.run_offline(&global);
            }
        }
        _ => {}
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(call(global, command))
}

async fn call(global: Global, command: Command) -> Result<(), Failure> {
    if let Command::Login(command) = command {
        return command.run(&global).await;
    }
    if let Command::Doctor(command) = command {
        return command.run(&global).await;
    }
    if let Command::Webhooks(command) = &command
        && let Some(listen) = command.offline()
    {
        return listen.run(&Output::new(&global)).await;
    }
    let context = Context::new(&global)?;
    match command {
        Command::Org(command) => command.run(&context).await,
        Command::Halt(command) => command.run(&context).await,
        Command::Members(command) => command.run(&context).await,
        Command::Keys(command) => command.run(&context).await,
        Command::Contacts(command) => command.run(&context).await,
        Command::Import(command) => command.run(&context).await,
        Command::Campaigns(command) => command.run(&context).await,
        Command::Segments(command) => command.run(&context).await,
        Command::Templates(command) => command.run(&context).await,
        Command::Exports(command) => command.run(&context).await,
        Command::People(command) => command.run(&context).await,
        Command::Webhooks(command) => command.run(&context).await,
        Command::Events(command) => command.run(&context).await,
        Command::Messages(command) => command.run(&context).await,
        Command::Inbound(command) => command.run(&context).await,
        Command::Unsubscribes(command) => command.run(&context).await,
        Command::Trace(command) => command.run(&context).await,
        Command::Login(_)
        | Command::Logout(_)
        | Command::Profiles(_)
        | Command::Doctor(_)
        | Command::Completions(_)
        | Command::Man(_) => Ok(()),
    }
}
