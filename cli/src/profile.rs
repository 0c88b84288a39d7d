//! Where the API is and who calls it: profiles in a file, and environment variables that override them.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::failure::Failure;

const DEFAULT_NAME: &str = "default";

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Profile {
    pub(crate) api_url: Option<String>,
    pub(crate) api_key: Option<String>,
    pub(crate) organization: Option<String>,
}

/// All profiles by name.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Profiles {
    /// The profile of commands that do not name one.
    current: Option<String>,
    profiles: BTreeMap<String, Profile>,
}

impl Profiles {
    /// `$XDG_CONFIG_HOME/volley/profiles.json`, or the same under `~/.config`.
    pub(crate) fn path() -> Result<PathBuf, Failure> {
        let set =
            |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let folder = set("XDG_CONFIG_HOME")
            .or_else(|| Some(set("HOME").or_else(|| set("USERPROFILE"))?.join(".config")))
            .ok_or_else(|| Failure::usage("set HOME or XDG_CONFIG_HOME to keep profiles"))?;
        Ok(folder.join("volley/profiles.json"))
    }

    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Self::default());
            }
            Err(error) => return Err(Failure::File(path.to_owned(), error)),
        };
        serde_json::from_str(&text)
            .map_err(|error| Failure::usage(format!("{} is not valid: {error}", path.display())))
    }

    /// Replaces the file. No one else can read it, because it has keys.
    pub(crate) fn write(&self, path: &Path) -> Result<(), Failure> {
        let folder = path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder).map_err(Failure::file(folder))?;
        let new = path.with_extension(format!("{}.new", std::process::id()));
        let mut file = private(&new).map_err(Failure::file(&new))?;
        let text = serde_json::to_string_pretty(self)?;
        file.write_all(text.as_bytes()).map_err(Failure::file(&new))?;
        file.sync_all().map_err(Failure::file(&new))?;
        fs::rename(&new, path).map_err(Failure::file(path))
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = (&str, &Profile)> {
        self.profiles.iter().map(|(name, profile)| (name.as_str(), profile))
    }

    pub(crate) fn current(&self) -> &str {
        self.current.as_deref().unwrap_or(DEFAULT_NAME)
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Profile> {
        self.profiles.get(name)
    }

    /// Stores a profile and makes it the current one.
    pub(crate) fn put(&mut self, name: &str, profile: Profile) {
        self.profiles.insert(name.to_owned(), profile);
        self.current = Some(name.to_owned());
    }

    pub(crate) fn remove(&mut self, name: &str) -> bool {
        if self.current() == name {
            self.current = None;
        }
        self.profiles.remove(name).is_some()
    }
}

/// Creates a file with mode 0600, so that its content is never readable by others.
fn private(path: &Path) -> std::io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

impl Profile {
    /// These settings, and the other's where this profile has none.
    fn or(self, other: Self) -> Self {
        Self {
            api_url: self.api_url.or(other.api_url),
            api_key: self.api_key.or(other.api_key),
            organization: self.organization.or(other.organization),
        }
    }

    fn of_environment() -> Self {
        let read = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        Self {
            api_url: read("VOLLEY_API_URL"),
            api_key: read("VOLLEY_API_KEY"),
            organization: read("VOLLEY_ORGANIZATION"),
        }
    }

    /// What a command uses: the environment's settings take precedence over the profile's.
    pub(crate) fn resolve(name: Option<&str>) -> Result<Self, Failure> {
        let environment = Self::of_environment();
        let path = match Profiles::path() {
            Ok(path) => path,
            Err(_) if name.is_none() && environment.api_url.is_some() => return Ok(environment),
            Err(failure) => return Err(failure),
        };
        let profiles = Profiles::read(&path)?;
        let stored = profiles.get(name.unwrap_or_else(|| profiles.current()));
        match (stored, name) {
            (Some(stored), _) => Ok(environment.or(stored.clone())),
            (None, None) => Ok(environment),
            (None, Some(name)) => Err(Failure::usage(format!(
                "there is no profile {name:?}; run `volley login --profile {name}`"
            ))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(url: &str) -> Profile {
        Profile { api_url: Some(url.to_owned()), ..Profile::default() }
    }

    #[test]
    fn profiles_are_kept_in_a_private_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("volley/profiles.json");
        let mut profiles = Profiles::read(&path).unwrap();
        assert_eq!(profiles.current(), "default");
        profiles.put("staging", profile("https://staging.example.com"));
        profiles.write(&path).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        let mut profiles = Profiles::read(&path).unwrap();
        assert_eq!(profiles.current(), "staging");
        assert_eq!(profiles.get("staging"), Some(&profile("https://staging.example.com")));
        assert!(profiles.remove("staging"));
        assert_eq!(profiles.current(), "default");
    }

    #[test]
    fn a_setting_of_the_environment_wins_alone() {
        let environment = Profile { organization: Some("o2".to_owned()), ..Profile::default() };
        let stored = Profile {
            api_url: Some("https://example.com".to_owned()),
            api_key: Some("k".to_owned()),
            organization: Some("o1".to_owned()),
        };
        let used = environment.or(stored.clone());
        assert_eq!(used, Profile { organization: Some("o2".to_owned()), ..stored });
    }
}
