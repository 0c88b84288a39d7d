#!/usr/bin/env python3
"""Checks the licenses, sources and duplicate versions of all dependencies, as `make check` does."""

import json
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# Licenses that allow use in closed products and require at most that their text is included.
LICENSES = {
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-3-Clause",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "Unicode-3.0",
    "Zlib",
}
REGISTRY = "registry+https://github.com/rust-lang/crates.io-index"
# Crates that dependencies need in several versions, and how many. The numbers may only go down.
DUPLICATES = {
    "base64": 3,
    "crypto-common": 2,
    "digest": 2,
    "foldhash": 2,
    "getrandom": 2,
    "hashbrown": 3,
    "logos": 2,
    "logos-codegen": 2,
    "logos-derive": 2,
    "syn": 2,
    "thiserror": 2,
    "thiserror-impl": 2,
    # Tables of the command line, and a program that builds phone metadata.
    "unicode-width": 2,
    "windows-sys": 2,
}


def is_allowed(expression):
    """Whether the allowed licenses satisfy an SPDX expression."""
    # Old crates write `MIT/Apache-2.0` for OR.
    tokens = re.findall(r"\(|\)|\bAND\b|\bOR\b|[^()\s](?:(?!\s+(?:AND|OR)\b)[^()])*", expression.replace("/", " OR "))
    tokens = [token.strip() for token in tokens]

    def one():
        token = tokens.pop(0)
        if token == "(":
            value = either()
            tokens.pop(0)
            return value
        return token in LICENSES

    def both():
        value = one()
        while tokens and tokens[0] == "AND":
            tokens.pop(0)
            value = one() and value
        return value

    def either():
        value = both()
        while tokens and tokens[0] == "OR":
            tokens.pop(0)
            value = both() or value
        return value

    return either()


def problems(packages):
    versions = defaultdict(set)
    for package in packages:
        name, version = package["name"], package["version"]
        versions[name].add(version)
        if not is_allowed(package["license"] or "none"):
            yield f"{name} {version} has the license {package['license']}, which is not in LICENSES"
        if package["source"] not in (None, REGISTRY):
            yield f"{name} {version} comes from {package['source']}; use a release from crates.io"
    for name, found in sorted(versions.items()):
        allowed = DUPLICATES.get(name, 1)
        if len(found) > allowed:
            yield f"{name} is built in {len(found)} versions ({', '.join(sorted(found))}), at most {allowed} allowed"
        elif name in DUPLICATES and len(found) < allowed:
            yield f"{name} has only {len(found)} versions now: lower its number in DUPLICATES"
    for name in sorted(DUPLICATES.keys() - versions.keys()):
        yield f"{name} is not a dependency now: remove it from DUPLICATES"


def main():
    command = ["cargo", "metadata", "--format-version", "1", "--locked"]
    metadata = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    packages = json.loads(metadata.stdout)["packages"]
    found = list(problems(packages))
    for problem in found:
        print(problem)
    print(f"licenses: checked {len(packages)} packages")
    return 1 if found else 0


if __name__ == "__main__":
    assert is_allowed("MIT/Apache-2.0") and is_allowed("GPL-3.0 OR (MIT AND ISC)")
    assert not is_allowed("MIT AND GPL-3.0") and not is_allowed("MIT AND (GPL-3.0 OR AGPL-3.0)")
    sys.exit(main())
