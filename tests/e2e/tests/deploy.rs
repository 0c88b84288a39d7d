//! `make deploy` as a person runs it on AWS: without a prompt and from a clean clone, but into the
//! emulator, next to the stack that is already there.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anyhow::{Context, ensure};
use e2e::{Tenant, phone, variables};
use local::deployment;
use local::environment::Variables;
use shared::access::SecretHash;

const STACK: &str = "volley-second";
const ADMIN_KEY: &str = "theSecondStacksAdminKey";

/// A clone of the last commit, without build output or configuration.
struct Clone(PathBuf);

impl Clone {
    fn new() -> anyhow::Result<Self> {
        let root = local::root().canonicalize()?;
        let folder = root.join("target/clone");
        let _ = fs::remove_dir_all(&folder);
        run("git", &["clone".as_ref(), "--quiet".as_ref(), root.as_ref(), folder.as_ref()])?;
        // Avoids downloading these again. They are installed from pinned versions.
        symlink(root.join(".venv"), folder.join(".venv"))?;
        // Avoids building the dependencies again. The clone gets a copy: in a shared folder, Cargo
        // would mistake its crates for ours, because it distinguishes workspaces by relative paths.
        let built =
            ["deps", "build", ".fingerprint"].map(|part| root.join("target/release").join(part));
        let target = folder.join("target/release");
        fs::create_dir_all(&target)?;
        let mut copy: Vec<&OsStr> = vec!["--archive".as_ref()];
        copy.extend(built.iter().map(AsRef::<OsStr>::as_ref));
        copy.push(target.as_ref());
        run("cp", &copy)?;
        // The console too: the copy is newer than its sources, so make takes it for built.
        let (built, console) = (root.join("console/dist"), folder.join("console"));
        run("cp", &["--recursive".as_ref(), built.as_ref(), console.as_ref()])?;
        Ok(Self(folder))
    }

    fn git(&self, arguments: &[&str]) -> anyhow::Result<String> {
        let output = Command::new("git").args(arguments).current_dir(&self.0).output()?;
        Ok(String::from_utf8(output.stdout)?)
    }

    fn write(&self, file: &str, parameters: &[(&str, &str)]) -> anyhow::Result<()> {
        let lines = parameters.iter().map(|(name, value)| format!("{name}={value}\n"));
        Ok(fs::write(self.0.join(file), lines.collect::<String>())?)
    }

    fn make(&self, aws: &Variables, arguments: &[&str]) -> anyhow::Result<Output> {
        let endpoint = aws.get("AWS_ENDPOINT_URL").context("no endpoint")?;
        let output = Command::new("make")
            .arg("deploy")
            .args(arguments)
            .current_dir(&self.0)
            .env_remove("CARGO_TARGET_DIR")
            .env("AWS_ENDPOINT_URL", endpoint)
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

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr].concat()).into_owned()
}

#[tokio::test]
async fn two_stacks_of_one_account_send_side_by_side() -> anyhow::Result<()> {
    let first = variables();
    let clone = Clone::new()?;
    let api = format!("{}/_aws/execute-api/second/$default", first["AWS_ENDPOINT_URL"]);
    let credentials = deployment::put_credentials(&first, STACK, &first["PROVIDER_AUTH_TOKEN"])?;
    let hash = SecretHash::of(ADMIN_KEY).to_hex();
    let parameters = [
        ("AdminKeySha256", hash.as_str()),
        ("ProviderUrl", &first["PROVIDER_URL"]),
        ("ProviderAccountSid", &first["PROVIDER_ACCOUNT_SID"]),
        ("ProviderCredentials", &credentials),
        ("PublicUrl", &api),
        ("PollScheduleSeconds", "2,5,9,13,17,22,27,32,38,44,52,60,90,120,180"),
        ("RearmAfterSeconds", "10"),
        ("UsageReport", "on"),
    ];
    clone.write("second.env", &parameters)?;
    refuses_before_it_builds(&clone, &first, &parameters)?;

    let to = format!("STACK={STACK}");
    let given = [&to, "PARAMS=second.env", "TAGS=ms-custom-id=second team=crm", "EMULATOR=yes"];
    let deployed = clone.make(&first, &given)?;
    ensure!(deployed.status.success(), "{}", text(&deployed));
    assert_eq!(clone.git(&["status", "--porcelain", "--untracked-files=no"])?, "");
    assert_eq!(clone.git(&["check-ignore", "second.env"])?, "second.env\n");

    let mut second = first.clone();
    second.extend(deployment::outputs(&first, STACK)?);
    second.insert("ADMIN_KEY".to_owned(), ADMIN_KEY.to_owned());
    assert_eq!(second["API_URL"], api);
    for output in ["TABLE_NAME", "JOBS_QUEUE_URL", "SCHEDULE_GROUP_NAME", "SEND_FUNCTION"] {
        assert_ne!(first[output], second[output], "{output}");
    }
    let (one, two) = tokio::try_join!(sends(first.clone()), sends(second))?;
    let path = format!("/v1/organizations/{}", two.id);
    let elsewhere = one.refusal(reqwest::Method::GET, &path, None).await?;
    assert_eq!(elsewhere.0, 404, "the first stack knows the second one's organization");

    // The same stack again, with a value that only CloudFormation rejects.
    let mut malformed = parameters;
    malformed[5].1 = "soon";
    clone.write("second.env", &malformed)?;
    let refused = clone.make(&first, &given)?;
    ensure!(!refused.status.success(), "a malformed schedule was deployed");
    assert!(text(&refused).contains("PollScheduleSeconds"), "{}", text(&refused));
    Ok(())
}

/// Sends a campaign on a stack and waits for its receipts.
async fn sends(stack: Variables) -> anyhow::Result<Tenant> {
    let tenant = Tenant::on(stack).await?;
    let to = phone();
    tenant.contact(&to).await?;
    let id = tenant.send().await?;
    let campaign = tenant.settled(&id).await?;
    assert_eq!(campaign["counts"]["delivered"], 1, "{campaign}");
    assert_eq!(tenant.books.texts(&to).await?, 1);
    Ok(tenant)
}

/// Settings that can't be deployed are refused at once, with the reason.
fn refuses_before_it_builds(
    clone: &Clone,
    aws: &Variables,
    parameters: &[(&str, &str)],
) -> anyhow::Result<()> {
    let with = |more: (&'static str, &'static str)| {
        let mut parameters = parameters.to_vec();
        parameters.push(more);
        parameters
    };
    clone.write("typo.env", &with(("PolSchedule", "30")))?;
    clone.write("twice.env", &with(("UsageReport", "off")))?;
    let stack = format!("STACK={STACK}");
    let cases: [(&[&str], &str); 6] = [
        (&["EMULATOR=yes"], "STACK=volley-prod PARAMS=prod.env"),
        (&[&stack, "EMULATOR=yes"], "STACK=volley-prod PARAMS=prod.env"),
        (&["STACK=volley_second", "PARAMS=second.env", "EMULATOR=yes"], "STACK=volley-prod"),
        (&[&stack, "PARAMS=second.env"], "AWS_ENDPOINT_URL is set"),
        (&[&stack, "PARAMS=typo.env", "EMULATOR=yes"], "PolSchedule is not a parameter"),
        (&[&stack, "PARAMS=twice.env", "EMULATOR=yes"], "sets UsageReport again"),
    ];
    for (arguments, reason) in cases {
        let refused = clone.make(aws, arguments)?;
        ensure!(!refused.status.success(), "{arguments:?} was deployed");
        assert!(text(&refused).contains(reason), "{arguments:?}: {}", text(&refused));
        assert!(!has_functions(&clone.0), "{arguments:?} built the functions");
    }
    Ok(())
}

fn has_functions(clone: &Path) -> bool {
    clone.join("target/lambda").exists()
}
