"""Checks requests to SendTextMessage against the published model.

Reads one request per line: either the body, or the body as a JSON string.
"""

import json
import sys

from model import problems


def read(line):
    body = json.loads(line)
    return json.loads(body) if isinstance(body, str) else body


def main():
    count, found = 0, []
    for number, line in enumerate(sys.stdin, start=1):
        count += 1
        try:
            found += [f"request {number}: {problem}" for problem in problems(read(line))]
        except ValueError as error:
            found.append(f"request {number}: no JSON: {error}")
    print(f"{count} requests, {len(found)} problems")
    print("\n".join(found[:20]))
    return 0 if count and not found else 1


if __name__ == "__main__":
    sys.exit(main())
