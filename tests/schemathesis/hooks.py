"""What Schemathesis cannot know of the API."""

import json

import schemathesis


@schemathesis.hook
def map_query(context, query):
    """Leaves out cursors, which only the API can make; tests/e2e checks those that are made up."""
    return {name: value for name, value in (query or {}).items() if name != "cursor"}


@schemathesis.serializer("application/x-ndjson")
def lines(context, value):
    return value.encode(errors="replace") if isinstance(value, str) else json.dumps(value).encode()


@schemathesis.check
def problem_code_is_listed(context, response, case):
    """A problem's code is among the examples of its operation and status."""
    kind = response.headers.get("content-type", [""])[0]
    if kind != "application/problem+json":
        return
    definition = case.operation.definition.raw["responses"].get(str(response.status_code), {})
    content = definition.get("content", {}).get(kind, {})
    code = response.json()["code"]
    # A method that a path does not have is not described.
    if response.status_code != 405:
        assert code in content.get("examples", {}), f"{response.status_code} {code} is not listed"
