//! `make deploy` as a person runs it on AWS: without a prompt and from a clean clone, but into the
//! emulator, next to the stack that is already there.

mod clone;
mod releases;

use std::path::Path;
use std::process::Output;

use anyhow::ensure;
use clone::{Clone, text};
use e2e::{Tenant, phone, variables};
use local::deployment;
use local::environment::Variables;
use releases::Underway;
use shared::access::SecretHash;

const STACK: &str = "volley-second";
const ADMIN_KEY: &str = "theSecondStacksAdminKey";
/// The release that the second stack goes back to. It knows fewer kinds of jobs, and no salts.
const EARLIER: &str = "addbb1a";

/// A second stack beside the one that the tests run on, and the clone that it is deployed from.
struct Second {
    first: Variables,
    clone: Clone,
    parameters: Vec<(&'static str, String)>,
}

impl Second {
    fn new() -> anyhow::Result<Self> {
        let first = variables();
        let clone = Clone::of("clone", "HEAD")?;
        // Counts are looked at often, for longer than a campaign takes in whose middle the release changes.
        let polls = (1..=15).map(|n| 4 * n).chain((7..=60).map(|n| 10 * n));
        let polls: Vec<String> = polls.map(|seconds| seconds.to_string()).collect();
        let parameters = vec![
            ("AdminKeySha256", SecretHash::of(ADMIN_KEY).to_hex()),
            ("ProviderUrl", first["PROVIDER_URL"].clone()),
            ("ProviderAccountSid", first["PROVIDER_ACCOUNT_SID"].clone()),
            (
                "ProviderCredentials",
                deployment::put_credentials(&first, STACK, &first["PROVIDER_AUTH_TOKEN"])?,
            ),
            ("PublicUrl", api(&first)),
            ("PollScheduleSeconds", polls.join(",")),
            ("RearmAfterSeconds", "10".to_owned()),
            ("UsageReport", "on".to_owned()),
        ];
        Ok(Self { first, clone, parameters })
    }

    /// Runs `make deploy` in a clone, with at most one parameter changed.
    fn make(&self, clone: &Clone, change: Option<(&str, &str)>) -> anyhow::Result<Output> {
        let changed = |name: &str| change.filter(|(changed, _)| *changed == name);
        let value = |name, value| changed(name).map_or(value, |(_, value)| value);
        let parameters =
            self.parameters.iter().map(|(name, own)| (*name, value(*name, own.as_str())));
        clone.write("second.env", &parameters.collect::<Vec<_>>())?;
        let to = format!("STACK={STACK}");
        let given = [&to, "PARAMS=second.env", "TAGS=ms-custom-id=second team=crm", "EMULATOR=yes"];
        clone.deploy(&self.first, &given)
    }

    fn deploy(&self, clone: &Clone) -> anyhow::Result<()> {
        let deployed = self.make(clone, None)?;
        ensure!(deployed.status.success(), "{}", text(&deployed));
        Ok(())
    }

    /// What describes the stack to a test, once it is deployed.
    fn variables(&self) -> anyhow::Result<Variables> {
        let mut second = self.first.clone();
        second.extend(deployment::outputs(&self.first, STACK)?);
        second.insert("ADMIN_KEY".to_owned(), ADMIN_KEY.to_owned());
        Ok(second)
    }
}

fn api(first: &Variables) -> String {
    format!("{}/_aws/execute-api/second/$default", first["AWS_ENDPOINT_URL"])
}

#[tokio::test]
async fn two_stacks_of_one_account_send_side_by_side() -> anyhow::Result<()> {
    let stack = Second::new()?;
    let Second { first, clone, parameters } = &stack;
    let given: Vec<(&str, &str)> =
        parameters.iter().map(|(name, value)| (*name, value.as_str())).collect();
    refuses_before_it_builds(clone, first, &given)?;

    stack.deploy(clone)?;
    assert_eq!(clone.git(&["status", "--porcelain", "--untracked-files=no"])?, "");
    assert_eq!(clone.git(&["check-ignore", "second.env"])?, "second.env\n");

    let second = stack.variables()?;
    assert_eq!(second["API_URL"], api(first));
    for output in ["TABLE_NAME", "JOBS_QUEUE_URL", "SCHEDULE_GROUP_NAME", "SEND_FUNCTION"] {
        assert_ne!(first[output], second[output], "{output}");
    }
    let (one, two) = tokio::try_join!(sends(first.clone()), sends(second))?;
    let path = format!("/v1/organizations/{}", two.id);
    let elsewhere = one.refusal(reqwest::Method::GET, &path, None).await?;
    assert_eq!(elsewhere.0, 404, "the first stack knows the second one's organization");

    // The same stack again, with a value that only CloudFormation rejects.
    let refused = stack.make(clone, Some(("PollScheduleSeconds", "soon")))?;
    ensure!(!refused.status.success(), "a malformed schedule was deployed");
    assert!(text(&refused).contains("PollScheduleSeconds"), "{}", text(&refused));
    Ok(())
}

/// The second stack goes back to an earlier release and forward again, each time in the middle of a
/// campaign. The earlier release can't derive the ids of the first one's messages, so it holds it.
#[tokio::test]
#[ignore = "it takes a quarter of an hour: `make releases`"]
async fn a_release_is_taken_back_in_the_middle_of_campaigns() -> anyhow::Result<()> {
    let stack = Second::new()?;
    stack.deploy(&stack.clone)?;
    let second = stack.variables()?;
    let earlier = Clone::of("earlier", EARLIER)?;
    earlier.build()?;
    let of_newer = Underway::begin(&second).await?;
    stack.deploy(&earlier)?;
    of_newer.is_held().await?;
    let of_earlier = Underway::begin(&second).await?;
    stack.deploy(&stack.clone)?;
    of_earlier.goes_on().await?;
    of_newer.ends().await
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
        let refused = clone.deploy(aws, arguments)?;
        ensure!(!refused.status.success(), "{arguments:?} was deployed");
        assert!(text(&refused).contains(reason), "{arguments:?}: {}", text(&refused));
        assert!(!has_functions(&clone.0), "{arguments:?} built the functions");
    }
    Ok(())
}

fn has_functions(clone: &Path) -> bool {
    clone.join("target/lambda").exists()
}
