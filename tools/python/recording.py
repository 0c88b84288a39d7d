"""Records the AWS actions that functions use, as IAM sees them, for permissions.py.

Each process of a function signs its requests with the function's name instead of an access key. Every
action, with its function and resource, is one line of JSON in the file, written once.
"""

import json
import re

import ministack.app as app
from ministack.core import iam_actions
from ministack.core.responses import get_account_id
from ministack.core.router import detect_service, extract_access_key_id, extract_region

# The form of an upload that a function has signed. Its policy names the bucket, its fields the rest.
FORM_FIELD = re.compile(rb'name="([A-Za-z-]+)"\r\n\r\n([^\r\n]*)')
STATEMENT = re.compile(r'(INSERT|UPDATE|DELETE|SELECT)[^"]*"([^"]+)"')


class Recording:
    """A request handler that records requests of functions before it handles them."""

    def __init__(self, handle, path):
        self.handle = handle
        self.file = open(path, "w", buffering=1)
        self.seen = set()

    async def __call__(self, method, path, headers, body, query_params, *arguments, **options):
        caller = extract_access_key_id(headers, query_params)
        if not caller and headers.get("content-type", "").startswith("multipart/form-data"):
            caller, path = signed_form(path, body)
        if is_function(caller):
            for action, resource in used(method, path, headers, body, query_params):
                self.record(caller, action, resource)
        return await self.handle(method, path, headers, body, query_params, *arguments, **options)

    def record(self, function, action, resource):
        line = json.dumps({"function": function, "action": action, "resource": resource})
        if line not in self.seen:
            self.seen.add(line)
            self.file.write(f"{line}\n")


def is_function(caller):
    return "-" in caller


def signed_form(path, body):
    fields = {name.lower(): value for name, value in FORM_FIELD.findall(body[:8192])}
    caller = fields.get(b"x-amz-credential", b"").split(b"/")[0].decode()
    return caller, f"{path.rstrip('/')}/{fields.get(b'key', b'').decode()}"


def used(method, path, headers, body, query_params):
    """The actions that AWS would check for a request, each with its resource."""
    routing = app._routing_params(method, path, headers, body, query_params)
    service = detect_service(method, path, headers, routing)
    region, account = extract_region(headers), get_account_id()
    action = iam_actions.extract_iam_action(service, method, path, headers, body, routing)
    if service == "s3" and method == "POST" and not query_params:
        action = "s3:PutObject"
    if action == "dynamodb:BatchExecuteStatement":
        return statements(body, region, account)
    if checks := iam_actions.dynamodb_transaction_checks(action, body, region, account):
        return checks
    resource = iam_actions.extract_resource_arn(
        service, method, path, headers, body, routing, region, account
    )
    if service == "scheduler":
        request = json.loads(body or "{}")
        group = request.get("GroupName") or query_params["groupName"][0]
        resource = resource.replace(":schedule/default/", f":schedule/{group}/")
        role = [("iam:PassRole", request["Target"]["RoleArn"])] if "Target" in request else []
        return [(action, resource), *role]
    # A batch is the same action as each of its requests.
    return [(str(action).removesuffix("Batch"), resource)]


def statements(body, region, account):
    kinds = {"INSERT": "Insert", "UPDATE": "Update", "DELETE": "Delete", "SELECT": "Select"}
    found = {STATEMENT.match(each["Statement"]).groups() for each in json.loads(body)["Statements"]}
    return [
        (f"dynamodb:PartiQL{kinds[verb]}", f"arn:aws:dynamodb:{region}:{account}:table/{table}")
        for verb, table in found
    ]
