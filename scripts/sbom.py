"""Writes a bill of materials for each function, in CycloneDX's format, next to its program, and so
into its package.

It has the crates that the function is built from for AWS, with their licenses and the checksums of
Cargo.lock. Build dependencies and tools are not part of a program.
"""

import json
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "target" / "lambda"


def crates(function, triple):
    """The names, versions and licenses of the crates of a function."""
    options = ["--edges", "normal", "--prefix", "none", "--format", "{p}|{l}", "--locked", "--target", triple]
    command = ["cargo", "tree", "--package", function, *options]
    tree = subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.PIPE, text=True).stdout
    found = set()
    for line in tree.splitlines():
        package, license = line.removesuffix(" (*)").split("|")
        name, version = package.split()[:2]
        found.add((name, version.removeprefix("v"), license.replace("/", " OR ")))
    return sorted(found)


def component(name, version, license, checksums):
    found = {
        "type": "library",
        "name": name,
        "version": version,
        "purl": f"pkg:cargo/{name}@{version}",
        "licenses": [{"expression": license}],
    }
    if checksum := checksums.get((name, version)):
        found["hashes"] = [{"alg": "SHA-256", "content": checksum}]
    return found


def main():
    triple, *functions = sys.argv[1:]
    lock = tomllib.loads((ROOT / "Cargo.lock").read_text())
    checksums = {(each["name"], each["version"]): each.get("checksum") for each in lock["package"]}
    for function in functions:
        components = [component(*crate, checksums) for crate in crates(function, triple)]
        [program] = [each for each in components if each["name"] == function]
        bill = {
            "bomFormat": "CycloneDX",
            "specVersion": "1.6",
            "version": 1,
            "metadata": {"component": {**program, "type": "application"}},
            "components": [each for each in components if each is not program],
        }
        path = FOLDER / function / "sbom.cdx.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(bill, indent=2) + "\n")
        print(f"{path.relative_to(ROOT)}: {len(components)} crates")


main()
