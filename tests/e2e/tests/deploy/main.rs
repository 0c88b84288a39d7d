//! `make deploy` as a person runs it on AWS: without a prompt and from a clean clone, but into the
//! emulator, next to the stack that is already there. Then the second stack goes back to an earlier
//! release and forward again, each time in the middle of a campaign.

mod clone;
mod releases;

use std::path::Path;

use anyhow::ensure;
use clone::{Clone, text};
use e2e::{Tenant, phone, variables};
use local::deployment;
use local::environment::Variables;
use shared::access::SecretHash;

const STACK: &str = "volley-second";
const ADMIN_KEY: &str = "theSecondStacksAdminKey";
/// The release that the second stack goes back to. It knows fewer kinds of jobs.
const EARLIER: &str = "addbb1a";

#[tokio::test]
async fn two_stacks_of_one_account_send_side_by_side() -> anyhow::Result<()> {
    let first = variables();
    let clone = Clone::of("clone", "HEAD")?;
    let api = format!("{}/_aws/execute-api/second/$default", first["AWS_ENDPOINT_URL"]);
    let credentials = deployment::put_credentials(&first, STACK, &first["PROVIDER_AUTH_TOKEN"])?;
    let hash = SecretHash::of(ADMIN_KEY).to_hex();
    let parameters = [
        ("AdminKeySha256", hash.as_str()),
        ("ProviderUrl", &first["PROVIDER_URL"]),
        ("ProviderAccountSid", &first["PROVIDER_ACCOUNT_SID"]),
        ("ProviderCredentials", &credentials),
        ("PublicUrl", &api),
        (
            "PollScheduleSeconds",
            "2,5,9,13,17,22,27,32,38,44,52,60,90,120,150,180,240,300,360,420,480,540,600",
        ),
        ("RearmAfterSeconds", "10"),
        ("UsageReport", "on"),
    ];
    clone.write("second.env", &parameters)?;
    refuses_before_it_builds(&clone, &first, &parameters)?;

    let to = format!("STACK={STACK}");
    let given = [&to, "PARAMS=second.env", "TAGS=ms-custom-id=second team=crm", "EMULATOR=yes"];
    deploy(&clone, &first, &given)?;
    assert_eq!(clone.git(&["status", "--porcelain", "--untracked-files=no"])?, "");
    assert_eq!(clone.git(&["check-ignore", "second.env"])?, "second.env\n");

    let mut second = first.clone();
    second.extend(deployment::outputs(&first, STACK)?);
    second.insert("ADMIN_KEY".to_owned(), ADMIN_KEY.to_owned());
    assert_eq!(second["API_URL"], api);
    for output in ["TABLE_NAME", "JOBS_QUEUE_URL", "SCHEDULE_GROUP_NAME", "SEND_FUNCTION"] {
        assert_ne!(first[output], second[output], "{output}");
    }
    let (one, two) = tokio::try_join!(sends(first.clone()), sends(second.clone()))?;
    let path = format!("/v1/organizations/{}", two.id);
    let elsewhere = one.refusal(reqwest::Method::GET, &path, None).await?;
    assert_eq!(elsewhere.0, 404, "the first stack knows the second one's organization");

    let earlier = Clone::of("earlier", EARLIER)?;
    earlier.write("second.env", &parameters)?;
    earlier.build()?;
    releases::change_in_the_middle(&second, async || deploy(&earlier, &first, &given)).await?;
    releases::change_in_the_middle(&second, async || deploy(&clone, &first, &given)).await?;

    // The same stack again, with a value that only CloudFormation rejects.
    let mut malformed = parameters;
    malformed[5].1 = "soon";
    clone.write("second.env", &malformed)?;
    let refused = clone.deploy(&first, &given)?;
    ensure!(!refused.status.success(), "a malformed schedule was deployed");
    assert!(text(&refused).contains("PollScheduleSeconds"), "{}", text(&refused));
    Ok(())
}

fn deploy(clone: &Clone, aws: &Variables, arguments: &[&str]) -> anyhow::Result<()> {
    let deployed = clone.deploy(aws, arguments)?;
    ensure!(deployed.status.success(), "{}", text(&deployed));
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
