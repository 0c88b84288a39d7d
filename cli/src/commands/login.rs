//! Profiles: where the API is, and the key to call it.

use clap::Args;
use serde_json::{Value, json};

use crate::api::{Api, text};
use crate::arguments::Global;
use crate::ask;
use crate::failure::Failure;
use crate::output::{Output, PROFILE};
use crate::profile::{Profile, Profiles};

/// Store the API's URL and a key in a profile
///
/// The key is asked for, or read from standard input, so that it is not in the shell's history. The file
/// can be read by you alone.
#[derive(Debug, Args)]
pub(crate) struct Login {
    /// The API's URL: the output ApiUrl of the stack
    #[arg(long, value_name = "URL")]
    url: Option<String>,
}

/// Remove a profile
#[derive(Debug, Args)]
pub(crate) struct Logout {}

/// List the profiles
#[derive(Debug, Args)]
pub(crate) struct List {}

impl Login {
    pub(crate) async fn run(self, global: &Global) -> Result<(), Failure> {
        let path = Profiles::path()?;
        let mut profiles = Profiles::read(&path)?;
        let name = global.profile.clone().unwrap_or_else(|| profiles.current().to_owned());
        let known = profiles.get(&name).and_then(|profile| profile.api_url.as_deref());
        let url = match self.url {
            Some(url) => url,
            None => ask::line("URL of the API", known)?,
        };
        let key = ask::secret("API key")?;
        let mut profile = Profile {
            api_url: Some(url),
            api_key: Some(key),
            organization: global.organization.clone(),
        };
        let me = Api::new(profile.clone())?.get("/v1/me", &[]).await?;
        if let (None, Some([only])) =
            (&profile.organization, me["organizations"].as_array().map(Vec::as_slice))
        {
            profile.organization = only["id"].as_str().map(str::to_owned);
        }
        profiles.put(&name, profile);
        profiles.write(&path)?;
        let output = Output::new(global);
        output.note(&format!("Stored as profile {name:?} in {}: {}.", path.display(), caller(&me)));
        Ok(())
    }
}

/// Whose key it is.
pub(crate) fn caller(me: &Value) -> String {
    let organizations: Vec<&str> = me["organizations"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|organization| text(&organization["name"]))
        .collect();
    match (text(&me["kind"]), text(&me["role"])) {
        ("deployment", _) => "the deployment's admin key".to_owned(),
        (kind, "") => format!("a {kind}"),
        (kind, role) => format!("a {kind} with role {role} in {}", organizations.join(", ")),
    }
}

impl Logout {
    pub(crate) fn run(global: &Global) -> Result<(), Failure> {
        let path = Profiles::path()?;
        let mut profiles = Profiles::read(&path)?;
        let name = global.profile.clone().unwrap_or_else(|| profiles.current().to_owned());
        if !profiles.remove(&name) {
            return Err(Failure::usage(format!("there is no profile {name:?}")));
        }
        profiles.write(&path)?;
        Output::new(global).note(&format!("Removed profile {name:?}."));
        Ok(())
    }
}

impl List {
    pub(crate) fn run(global: &Global) -> Result<(), Failure> {
        let profiles = Profiles::read(&Profiles::path()?)?;
        let row = |(name, profile): (&str, &Profile)| {
            json!({
                "name": name,
                "isCurrent": name == profiles.current(),
                "apiUrl": profile.api_url,
                "organization": profile.organization,
            })
        };
        let rows: Vec<Value> = profiles.names().map(row).collect();
        Output::new(global).rows(&rows, &PROFILE)
    }
}
