//! The AWS CLI, which asks AWS with the person's own credentials. An SDK would make the program several times as
//! large, and know fewer ways to sign in.

use std::process::Stdio;

use serde_json::Value;

use crate::api::text;

/// Where a deployment is.
pub(crate) struct Aws<'a> {
    pub(crate) stack: &'a str,
    pub(crate) region: Option<&'a str>,
}

/// What was found, or what the AWS CLI said instead.
pub(crate) type Found = Result<Value, String>;

impl Aws<'_> {
    pub(crate) async fn describe_stack(&self) -> Found {
        let stacks = ["cloudformation", "describe-stacks", "--stack-name", self.stack];
        Ok(self.ask(&stacks).await?["Stacks"][0].clone())
    }

    pub(crate) async fn ask(&self, arguments: &[&str]) -> Found {
        let mut command = tokio::process::Command::new("aws");
        command.args(arguments).args(["--output", "json"]);
        if let Some(region) = self.region {
            command.args(["--region", region]);
        }
        let output = command.env("AWS_PAGER", "").stdin(Stdio::null()).output().await;
        let output = output.map_err(|error| format!("the AWS CLI cannot be run: {error}"))?;
        if output.status.success() {
            return serde_json::from_slice(&output.stdout)
                .map_err(|error| format!("the AWS CLI did not print JSON: {error}"));
        }
        let errors = String::from_utf8_lossy(&output.stderr);
        let said = errors.lines().map(str::trim).find(|line| !line.is_empty());
        Err(said.unwrap_or("the AWS CLI failed and did not say why").to_owned())
    }
}

/// An output of the stack, or "" if it has none of that name.
pub(crate) fn output<'s>(stack: &'s Value, name: &str) -> &'s str {
    let outputs = stack["Outputs"].as_array().into_iter().flatten();
    let mut named = outputs.filter(|output| text(&output["OutputKey"]) == name);
    named.next().map(|output| text(&output["OutputValue"])).unwrap_or_default()
}
