"""Validates recorded requests and their responses against Twilio's description of its API.

Unlike the description, this forbids unknown parameters and repeated fields: Twilio ignores both, so a
misspelled parameter would go unnoticed. Two of the description's formats can't be taken literally: it
calls a search's dates date-times, but its text and examples show days; and the formats of numbers and
addresses are not standard ones.
"""

import base64
import json
import os
import re
import sys
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from openapi_core import Config, OpenAPI
from openapi_core.testing import MockRequest, MockResponse

SPECIFICATION = "@twilio/cli-core/src/services/twilio-api/twilio_api_v2010.json"
HOST = "https://api.twilio.com"
FORM = "application/x-www-form-urlencoded"


def is_web_address(text):
    parts = urlsplit(text)
    # The description of StatusCallback says that a host name has no underscores.
    return parts.scheme in ("http", "https") and bool(parts.hostname) and "_" not in parts.hostname


def is_day_or_moment(text):
    return bool(re.fullmatch(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d))?", text))


FORMATS = {
    "date-time": is_day_or_moment,
    "date-time-rfc-2822": lambda text: bool(
        re.fullmatch(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0000", text)
    ),
    # A sender is not always a number.
    "phone-number": lambda text: bool(re.fullmatch(r"\+[1-9]\d{6,14}|\d{3,6}|[\w &+-]{1,11}", text)),
    "uri": lambda text: text.startswith("/2010-04-01/") or is_web_address(text),
}


def resolve(specification, schema):
    while "$ref" in schema:
        schema = specification["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def operation_of(specification, method, path):
    """The operation with this method and path. `{...}` matches a part without slashes."""
    for template, operations in specification["paths"].items():
        pattern = "[^/]+".join(map(re.escape, re.split(r"\{\w+\}", template)))
        if re.fullmatch(pattern, path) and method.lower() in operations:
            return operations[method.lower()]
    return None


def unknown(specification, record, operation):
    """Parameters that are not described or are repeated, and credentials of another account."""
    known = {it["name"] for it in operation.get("parameters", []) if it["in"] == "query"}
    yield from surplus("query", record["query"], known)
    content = operation.get("requestBody", {}).get("content", {})
    if record["body"] or content:
        if record["headers"].get("content-type", "").partition(";")[0] not in content:
            yield "a body of another type"
        schema = resolve(specification, content.get(FORM, {}).get("schema", {}))
        yield from surplus("form", record["body"], schema.get("properties", {}))
    scheme, _, encoded = record["headers"].get("authorization", "").partition(" ")
    account = base64.b64decode(encoded).decode().partition(":")[0]
    if scheme != "Basic" or record["path"].split("/")[3] != account:
        yield "not signed in as the account of the path"


def surplus(place, encoded, known):
    names = [name for name, _ in parse_qsl(encoded, keep_blank_values=True)]
    for name in sorted(set(names)):
        if name not in known:
            yield f"{place}: {name} is not described"
        elif names.count(name) > 1:
            yield f"{place}: {name} comes {names.count(name)} times"


def problems(description, specification, record):
    operation = operation_of(specification, record["method"], record["path"])
    if operation is None:
        return [f"{record['method']} {record['path']} is not described"]
    request = MockRequest(
        HOST,
        record["method"].lower(),
        record["path"],
        args=dict(parse_qsl(record["query"], keep_blank_values=True)),
        headers=record["headers"],
        data=record["body"].encode(),
        content_type=record["headers"].get("content-type", FORM),
    )
    found = list(unknown(specification, record, operation))
    found += [tell(error) for error in description.iter_request_errors(request)]
    if answer := record.get("answer"):
        response = MockResponse(answer["body"].encode(), status_code=answer["status"])
        found += [tell(error) for error in description.iter_response_errors(request, response)]
    return found


def tell(error):
    return f"{error} {getattr(error.__cause__, 'schema_errors', '') or error.__cause__ or ''}"


def main():
    path = Path(os.environ["NODE_PATH"]) / SPECIFICATION
    specification = json.loads(path.read_text())
    # Whether Twilio's description itself is valid is not checked here.
    config = Config(spec_validator_cls=None, extra_format_validators=FORMATS)
    description = OpenAPI.from_dict(specification, config=config)
    records = json.load(sys.stdin)
    json.dump([problems(description, specification, record) for record in records], sys.stdout)


main()
