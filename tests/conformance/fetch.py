"""Fetches the npm packages that the conformance tests use into the given folder.

Only the packages in npm.json are fetched, without their other dependencies: @twilio/cli-core is only
used for Twilio's description of its API, and none of its code runs. Each tarball must match the
integrity in npm.json before it is unpacked.
"""

import base64
import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path


def pack(npm, name, version, folder):
    """The tarball of one version, fetched by npm so that npm's settings apply."""
    subprocess.run(
        [npm, "pack", "--silent", "--ignore-scripts", f"{name}@{version}"],
        cwd=folder,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    [tarball] = Path(folder).iterdir()
    return tarball


def check(tarball, name, integrity):
    algorithm, _, expected = integrity.partition("-")
    digest = hashlib.new(algorithm, tarball.read_bytes()).digest()
    if base64.b64encode(digest).decode() != expected:
        sys.exit(f"{name}: the tarball is not the one that npm.json names")


def unpack(tarball, folder):
    with tarfile.open(tarball) as archive:
        for member in archive:
            # Everything in a package is in one folder, whose name varies.
            _, _, member.name = member.name.partition("/")
            if member.isfile() and member.name:
                archive.extract(member, folder)


def main():
    target = Path(sys.argv[1]) / "node_modules"
    shutil.rmtree(target, ignore_errors=True)
    npm = Path(sys.executable).with_name("npm")
    packages = json.loads(Path(__file__).with_name("npm.json").read_text())
    for package in packages:
        with tempfile.TemporaryDirectory() as folder:
            tarball = pack(npm, package["name"], package["version"], folder)
            check(tarball, package["name"], package["integrity"])
            unpack(tarball, target / package["name"])


main()
