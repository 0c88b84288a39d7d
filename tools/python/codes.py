"""Compares the problems that the API responded with in the end-to-end tests with its document.

Usage: codes.py DOCUMENT LOG, where LOG is what the functions wrote. Clients may rely on the document to
list every code of an operation.
"""

import json
import sys


def listed(document):
    """The (operation, status, code) triples of a document."""
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if method == "parameters":
                continue
            for status, response in operation["responses"].items():
                content = response.get("content", {}).get("application/problem+json", {})
                for code in content.get("examples", {}):
                    yield f"{method.upper()} {path}", int(status), code


def responded(log):
    """The same triples, of the responses in a log."""
    for line in log:
        if '"responded"' not in line:
            continue
        entry = json.loads(line)
        if entry.get("code"):
            yield entry["span"]["job"], entry["status"], entry["code"]


def main():
    document, log = sys.argv[1:]
    with open(document) as file:
        allowed = set(listed(json.load(file)))
    with open(log) as file:
        seen = set(responded(file))
    if not seen:
        sys.exit(f"{log} has no problem that the API responded with")
    operations = {operation for operation, _, _ in allowed}
    missing = {each for each in seen - allowed if each[0] in operations}
    if missing:
        sys.exit("\n".join(f"{each} is not in {document}" for each in sorted(missing)))
    print(f"{len(seen & allowed)} of {len(allowed)} documented problems were seen, and no other")


main()
