"""Deploys the stack with the SAM CLI, without prompts: see docs/deploy.md.

With --check, only checks what can be checked before the functions are built.
"""

import argparse
import json
import os
import platform
import re
import subprocess
import sys
from pathlib import Path

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from samcli.yamlhelper import yaml_parse

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "target" / "deploy"
# The schedule group and the configuration set are named after the stack, in at most 64 characters.
STACK_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,56}")
USAGE = """make deploy needs the name of the stack and a file with its parameters:

    make deploy STACK=volley-prod PARAMS=prod.env

The file has a NAME=value on each line; git ignores *.env. AdminKeySha256 is the only parameter
without a default. docs/deploy.md goes step by step, and docs/parameters.md describes all of
them. To be asked instead:

    make deploy GUIDED=yes
"""


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--stack", default="")
    parser.add_argument("--params", default="")
    parser.add_argument("--region", default="")
    parser.add_argument("--architecture", default="arm64")
    parser.add_argument("--tags", default="")
    parser.add_argument("--guided", action="store_true")
    parser.add_argument("--emulator", action="store_true")
    return parser.parse_args()


def check_endpoint(emulator):
    """Refuses to deploy to the local stack by accident, because of its environment variables."""
    endpoints = [name for name in os.environ if name.startswith("AWS_ENDPOINT_URL")]
    if endpoints and not emulator:
        sys.exit(
            f"{endpoints[0]} is set, so this would not deploy to AWS: unset it (and the other "
            "variables of target/local/env), or say EMULATOR=yes"
        )
    if emulator and "AWS_ENDPOINT_URL" not in os.environ:
        sys.exit("EMULATOR=yes needs AWS_ENDPOINT_URL")


def parameters(path):
    """Reads the NAME=value lines of a file. Checks the names, because SAM ignores unknown ones."""
    known = yaml_parse((ROOT / "template.yaml").read_text())["Parameters"]
    values, problems = {}, []
    for number, line in enumerate(Path(path).read_text("utf-8-sig").splitlines(), 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        name, separator, value = (part.strip() for part in line.partition("="))
        if not separator:
            problems.append(f"line {number} is not NAME=value")
        elif name not in known or name == "Architecture":
            problems.append(f"line {number}: {name} is not a parameter that can be set")
        elif name in values:
            problems.append(f"line {number} sets {name} again")
        else:
            values[name] = value
    if problems:
        sys.exit(f"{path}: " + "; ".join(problems))
    return values


def check_account(region):
    """Prints the account that is about to change, before the build takes minutes."""
    try:
        session = boto3.Session(region_name=region or None)
        if not session.region_name:
            sys.exit("no region is configured: set AWS_REGION")
        account = session.client("sts").get_caller_identity()["Account"]
    except (BotoCoreError, ClientError) as error:
        sys.exit(f"the AWS credentials do not work: {error}")
    print(f"account {account}, region {session.region_name}", flush=True)
    return session.region_name


def sam(*options):
    command = [Path(sys.executable).parent / "sam", "deploy", "--resolve-s3", *options]
    environment = os.environ | {"SAM_CLI_TELEMETRY": "0"}
    sys.exit(subprocess.run(command, cwd=ROOT, env=environment).returncode)


def main():
    given = arguments()
    check_endpoint(given.emulator)
    if not given.guided:
        if not STACK_NAME.fullmatch(given.stack) or not given.params:
            sys.exit(USAGE)
        values = parameters(given.params)
    region = check_account(given.region)
    if given.check:
        return
    FOLDER.mkdir(parents=True, exist_ok=True)
    capabilities = ["--capabilities", "CAPABILITY_IAM", "--region", region]
    if given.guided:
        # The input is saved, but not into the tracked samconfig.toml.
        sam("--guided", "--config-file", str(FOLDER / "samconfig.toml"), *capabilities)
    is_arm = platform.machine() in ("aarch64", "arm64")
    here = "arm64" if is_arm else "x86_64"
    values["Architecture"] = here if given.emulator else given.architecture
    # The SAM CLI reads YAML, which includes JSON.
    file = FOLDER / f"{given.stack}.yaml"
    file.write_text(json.dumps(values))
    tags = ["--tags", *given.tags.split()] if given.tags else []
    sam(
        *["--stack-name", given.stack, *capabilities, *tags],
        *["--no-confirm-changeset", "--no-fail-on-empty-changeset", "--no-progressbar"],
        *["--parameter-overrides", f"file://{file}"],
    )


main()
