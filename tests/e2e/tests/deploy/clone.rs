//! A clone of a commit, as a person has it who deploys from it.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anyhow::{Context, ensure};
use local::environment::Variables;

/// A clone without configuration, whose own crates are not built.
pub(crate) struct Clone(pub(crate) PathBuf);

impl Clone {
    /// The clone of a commit in the folder of this name.
    pub(crate) fn of(name: &str, commit: &str) -> anyhow::Result<Self> {
        let root = local::root().canonicalize()?;
        let folder = root.join("target").join(name);
        let _ = fs::remove_dir_all(&folder);
        run("git", &["clone".as_ref(), "--quiet".as_ref(), root.as_ref(), folder.as_ref()])?;
        let clone = Self(folder);
        clone.git(&["checkout", "--quiet", "--detach", commit])?;
        clone.build_as(&root)?;
        clone.share_dependencies(&root)?;
        Ok(clone)
    }

    /// Gives the clone our build profiles, so that the dependencies of an earlier commit are the same.
    fn build_as(&self, root: &Path) -> anyhow::Result<()> {
        let theirs = self.0.join("Cargo.toml");
        let [ours, their] = [&root.join("Cargo.toml"), &theirs].map(fs::read_to_string);
        let (ours, their) = (ours?, their?);
        let profiles = |manifest: &str| manifest.find("\n[profile.").context("no profiles");
        let manifest = [&their[..profiles(&their)?], &ours[profiles(&ours)?..]].concat();
        Ok(fs::write(theirs, manifest)?)
    }

    fn share_dependencies(&self, root: &Path) -> anyhow::Result<()> {
        let folder = &self.0;
        // Avoids downloading these again. They are installed from pinned versions.
        symlink(root.join(".venv"), folder.join(".venv"))?;
        // Avoids building the dependencies again. The clone has a separate target folder: in a shared
        // one, Cargo would mistake its crates for ours, because it distinguishes workspaces by relative
        // paths. Compilers replace files, so links do, but Cargo writes into its fingerprints.
        let target = folder.join("target/release");
        fs::create_dir_all(&target)?;
        for (part, how) in [("deps", "--link"), ("build", "--link"), (".fingerprint", "--archive")]
        {
            let built = root.join("target/release").join(part);
            let how: &OsStr = how.as_ref();
            run("cp", &["--archive".as_ref(), how, built.as_ref(), target.as_ref()])?;
        }
        // The console too: the copy is newer than its sources, so make takes it for built.
        let (built, console) = (root.join("console/dist"), folder.join("console"));
        run("cp", &["--recursive".as_ref(), built.as_ref(), console.as_ref()])
    }

    pub(crate) fn git(&self, arguments: &[&str]) -> anyhow::Result<String> {
        let output = Command::new("git").args(arguments).current_dir(&self.0).output()?;
        ensure!(output.status.success(), "git {arguments:?}: {}", text(&output));
        Ok(String::from_utf8(output.stdout)?)
    }

    pub(crate) fn write(&self, file: &str, parameters: &[(&str, &str)]) -> anyhow::Result<()> {
        let lines = parameters.iter().map(|(name, value)| format!("{name}={value}\n"));
        Ok(fs::write(self.0.join(file), lines.collect::<String>())?)
    }

    /// Builds the functions, so that the first deployment takes no longer than later ones.
    pub(crate) fn build(&self) -> anyhow::Result<()> {
        let built = self.make(&Variables::new(), &["functions"])?;
        ensure!(built.status.success(), "{}", text(&built));
        Ok(())
    }

    pub(crate) fn deploy(&self, aws: &Variables, arguments: &[&str]) -> anyhow::Result<Output> {
        self.make(aws, &[&["deploy"], arguments].concat())
    }

    fn make(&self, aws: &Variables, arguments: &[&str]) -> anyhow::Result<Output> {
        let output = Command::new("make")
            .args(arguments)
            .current_dir(&self.0)
            .env_remove("CARGO_TARGET_DIR")
            .envs(aws.get_key_value("AWS_ENDPOINT_URL"))
            .env_remove("MAKEFLAGS")
            .stdin(std::process::Stdio::null())
            .output()
            .context("failed to start make")?;
        Ok(output)
    }
}

fn run(program: &str, arguments: &[&OsStr]) -> anyhow::Result<()> {
    let output = Command::new(program).args(arguments).output()?;
    ensure!(output.status.success(), "{program}: {}", text(&output));
    Ok(())
}

pub(crate) fn text(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr].concat()).into_owned()
}
