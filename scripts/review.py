"""Reviews the transformed template with checkov. Every finding must be listed in review.json with a
reason, and every entry there must still be a finding.
"""

import json
import os
import subprocess
import sys
from fnmatch import fnmatchcase
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = ROOT / "target" / "review" / "template.json"


def findings():
    transform = [ROOT / ".venv/sam/bin/python", ROOT / "tools/python/transformed.py", ROOT / "template.yaml"]
    TEMPLATE.parent.mkdir(parents=True, exist_ok=True)
    TEMPLATE.write_bytes(subprocess.run(transform, check=True, stdout=subprocess.PIPE).stdout)
    options = ["--framework", "cloudformation", "--compact", "--quiet", "--skip-download", "--output", "json"]
    # Exits with 1 if there are findings.
    review = subprocess.run(
        [Path(sys.executable).parent / "checkov", "--file", TEMPLATE, *options],
        stdout=subprocess.PIPE,
        env=os.environ | {"LOG_LEVEL": "ERROR"},
    )
    results = json.loads(review.stdout)
    if results["summary"]["parsing_errors"]:
        sys.exit("checkov cannot read the transformed template")
    for finding in results["results"]["failed_checks"]:
        # AWS::SQS::Queue.JobsQueue
        yield finding["check_id"], finding["resource"].rsplit(".", 1)[-1], finding["check_name"]


def main():
    accepted = json.loads((ROOT / "scripts" / "review.json").read_text())
    used, problems = set(), []
    for rule, resource, meaning in findings():
        patterns = accepted.get(rule, {}).get("resources", [])
        matching = {(rule, pattern) for pattern in patterns if fnmatchcase(resource, pattern)}
        used |= matching
        if not matching:
            problems.append(f"{resource}: {meaning} ({rule})")
    for rule, entry in accepted.items():
        unused = [pattern for pattern in entry["resources"] if (rule, pattern) not in used]
        problems += [f"review.json accepts {rule} of {pattern}, which is no finding" for pattern in unused]
    if problems:
        sys.exit("\n".join(problems))


main()
