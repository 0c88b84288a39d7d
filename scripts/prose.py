#!/usr/bin/env python3
"""Counts phrases that make English hard to read, and fails on new ones.

Texts that clients and newcomers read must have none: the OpenAPI document, error texts, and the
Markdown files. Comments have a ceiling per phrase in prose.json, which may only go down.

    scripts/prose.py            # check, as `make check` does
    scripts/prose.py --lower    # lower the ceilings to what the comments have now
    scripts/prose.py --list tells  # where the comments have a phrase
"""

import argparse
import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SETTINGS = Path(__file__).with_suffix(".json")

# What to write instead of each phrase.
PHRASES = {
    "answers": (r"\banswer(s|ed|ing)\b", "returns, responds with, replies"),
    "tells": (r"(?<!cannot )(?<!can't )\b(tells?|told|telling)\b", "reports, says, shows, learns from"),
    "so many": (r"\bso (many|long|often)\b", "the number of, a limit, a timeout, every N seconds"),
    "whoever": (r"\b(whoever|whatever|wherever|nobody|somebody)\b", "the caller, any input, no one"),
    "stands": (r"\b(stands?|lies)\b", "is stored, is in, appears"),
    "is no X": (r"(?<!there )\b(is|are|was|were) no\b(?! longer| one| \w+er\b)", "is not an X, is not valid"),
    "of its own": (r"\bof (its|their|his|our|your) own\b|\bof ours\b", "its, our, a separate"),
    "by which": (r"\b(by|with|for) which\b", "so that, because, using; or two sentences"),
    "what came of": (r"\bwhat (came|comes|became|becomes) of\b", "the result, the outcome"),
    "in vain": (r"\bin vain\b", "unsuccessfully, N failed attempts"),
    "goes before": (r"\bgoes before\b|\bright of way\b", "takes precedence"),
    "words": (r"\bwords\b", "labels, statuses, keywords"),
    "British spelling": (
        r"\b\w*(organis|recognis|serialis|normalis|behaviour|dialled|colour|favour|learnt)\w*\b",
        "American spelling",
    ),
}
PATTERNS = {name: re.compile(regex, re.IGNORECASE) for name, (regex, _) in PHRASES.items()}

COMMENT = {
    ".rs": re.compile(r"(?<![:\"])//[/!]?(.*)"),
    ".py": re.compile(r"(?:^|\s)#\s(.*)"),
    ".toml": re.compile(r"(?:^|\s)#\s(.*)"),
    ".yaml": re.compile(r"(?:^|\s)#\s(.*)"),
    ".yml": re.compile(r"(?:^|\s)#\s(.*)"),
    "": re.compile(r"(?:^|\s)#\s(.*)"),
}
# A string literal of Rust, with its line continuations.
LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
# Lists of keywords and column names, which are not prose.
NOT_PROSE = ("shared/src/keyword/", "shared/src/import/names", "shared/src/import/opt_out.rs")


def files():
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )
    return [name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def product_code(name):
    """The lines of a Rust file before its tests."""
    is_test = "/tests/" in name or name.endswith("/tests.rs")
    return "" if is_test else (ROOT / name).read_text().split("#[cfg(test)]")[0]


def client_texts():
    """What clients read: (place, text)."""
    document = json.loads((ROOT / "docs/openapi.json").read_text())
    pending = [document]
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            for key in ("summary", "description"):
                if isinstance(value.get(key), str):
                    yield "docs/openapi.json", value[key]
            pending.extend(value.values())
        elif isinstance(value, list):
            pending.extend(value)
    for name in files():
        is_read = name.startswith(("shared/src/", "functions/api/src/", "functions/send/src/import", "functions/poll-status/src/sweep"))
        if is_read and name.endswith(".rs") and not name.startswith(NOT_PROSE):
            code = re.sub(r"(?m)^\s*//.*$", "", product_code(name))
            for literal in LITERAL.findall(code):
                if literal.count(" ") >= 2:
                    yield name, re.sub(r"\\\n\s*", "", literal)


def documents():
    for name in files():
        if name.endswith(".md"):
            for number, line in enumerate((ROOT / name).read_text().splitlines(), 1):
                yield f"{name}:{number}", re.sub(r"`[^`]*`", "", line)


def comments():
    for name in files():
        pattern = COMMENT.get(Path(name).suffix)
        if pattern is None or (Path(name).suffix == "" and Path(name).name != "Makefile"):
            continue
        if name == "scripts/prose.py":
            continue
        for number, line in enumerate((ROOT / name).read_text().splitlines(), 1):
            found = pattern.search(line)
            if found:
                yield f"{name}:{number}", found[1]


def matches(texts, exceptions=()):
    """(phrase, place, text) of each phrase that is found."""
    for place, text in texts:
        for name, pattern in PATTERNS.items():
            for found in pattern.finditer(text):
                around = text[max(0, found.start() - 30) : found.end() + 30].strip()
                if not any(exception["text"] in text for exception in exceptions):
                    yield name, place, around


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--lower", action="store_true")
    parser.add_argument("--list", choices=PHRASES)
    arguments = parser.parse_args()
    settings = json.loads(SETTINGS.read_text())
    found = list(matches(comments()))
    counts = {name: sum(phrase == name for phrase, _, _ in found) for name in PHRASES}
    if arguments.list:
        for phrase, place, text in found:
            if phrase == arguments.list:
                print(f"{place}: {text}")
        return 0
    ceilings = settings["ceilings"]
    if arguments.lower:
        settings["ceilings"] = {name: min(counts[name], ceilings.get(name, counts[name])) for name in PHRASES}
        SETTINGS.write_text(json.dumps(settings, indent=2) + "\n")
        return 0
    failed = False
    for texts in (client_texts(), documents()):
        for phrase, place, text in matches(texts, settings["exceptions"]):
            failed = True
            print(f"{place}: \"{text}\": write {PHRASES[phrase][1]} instead of '{phrase}'")
    for name, count in counts.items():
        if count > ceilings[name]:
            failed = True
            print(
                f"comments: '{name}' appears {count} times, at most {ceilings[name]} allowed: write "
                f"{PHRASES[name][1]} (`scripts/prose.py --list '{name}'` shows where)"
            )
    print(f"prose: {sum(counts.values())} phrases left in comments, of {sum(ceilings.values())} allowed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
