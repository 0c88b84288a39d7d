"""Runs Schemathesis against the local stack: does the API do what its document says?

An organization of its own gets one of everything, so that most requests reach a handler. Requests that
delete come last, because they would leave the others with nothing to find.
"""

import json
import os
import random
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
# Both runs together take about two minutes.
SECONDS = int(os.environ.get("SCHEMATHESIS_SECONDS", "80"))
PATIENCE_SECONDS = 480
# Always the same, so that a failure is of the change; another one tries other requests.
SEED = os.environ.get("SCHEMATHESIS_SEED", "1")


def call(key, method, path, body=None, kind="application/json"):
    data = body.encode() if isinstance(body, str) else body and json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {key}"} | ({"Content-Type": kind} if data else {})
    request = urllib.request.Request(os.environ["API_URL"] + path, data, headers, method=method)
    with urllib.request.urlopen(request) as response:
        return json.load(response)


def phone():
    exchange = random.randrange(22, 98) * 10 + random.randrange(2, 10)
    return f"+1917{exchange}{random.randrange(9000):04}"


def tenant():
    """An organization with one of everything: its key, and the values of path parameters."""
    admin = os.environ["ADMIN_KEY"]
    organization = {"name": "Corner Bakery", "senderPhone": phone()}
    organization = call(admin, "POST", "/v1/organizations", organization)
    base = f"/v1/organizations/{organization['id']}"
    key = call(admin, "POST", f"{base}/api-keys", {"name": "test", "role": "admin"})["secret"]

    def post(rest, body, **options):
        return call(key, "POST", f"{base}/{rest}", body, **options)["id"]

    to, opted_out = phone(), phone()
    call(key, "PUT", f"{base}/unsubscribes/{urllib.parse.quote(opted_out)}")
    campaign = post("campaigns", {"name": "Spring sale", "body": "Hello"})
    ids = {
        "organizationId": organization["id"],
        "phone": opted_out,
        "contactId": post("contacts", {"phone": to, "tags": ["vip"]}),
        "campaignId": campaign,
        "importId": post("contacts/imports", f"phone\n{phone()}\n12\n", kind="text/csv"),
        "segmentId": post("segments", {"name": "VIP", "filter": {"field": "tags", "op": "exists"}}),
        "templateId": post("templates", {"name": "Hello", "body": "Hi"}),
        "exportId": post("exports", {"kind": "contacts", "format": "csv"}),
        "webhookId": (webhook := post("webhooks", {"url": "https://hooks.example.com/volley"})),
        "deliveryId": post(f"webhooks/{webhook}/ping", {}),
        "keyId": post("api-keys", {"name": "till", "role": "viewer"}),
        "memberId": post("members", {"email": "ana@example.com", "role": "viewer"}),
        "messageId": post(f"campaigns/{campaign}/send-test", {"to": phone()}),
    }
    inbound = {
        "url": os.environ["API_URL"] + "/webhooks/twilio/inbound",
        "from": to,
        "to": organization["senderPhone"],
        "body": "Are you open?",
    }
    simulator = f"{os.environ['PROVIDER_URL']}/_simulator/inbound"
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(simulator, json.dumps(inbound).encode(), headers)
    urllib.request.urlopen(request).close()
    end = time.monotonic() + PATIENCE_SECONDS
    while not (texts := call(key, "GET", f"{base}/inbound")["items"]):
        if time.monotonic() > end:
            sys.exit("the text from a person did not arrive")
        time.sleep(0.5)
    return key, ids | {"inboundId": texts[0]["id"]}


def run(key, ids, *options):
    command = [
        Path(sys.executable).with_name("schemathesis"),
        f"--config-file={HERE / 'schemathesis.toml'}",
        "run",
        ROOT / "docs/openapi.json",
        f"--url={os.environ['API_URL']}",
        f"--seed={SEED}",
        *options,
    ]
    names = {f"ID_{name}": value for name, value in ids.items()}
    environment = os.environ | names | {"KEY": key, "SCHEMATHESIS_HOOKS": "hooks"}
    environment["PYTHONPATH"] = str(HERE)
    folder = ROOT / "target/local"
    return subprocess.run(command, env=environment, cwd=folder).returncode


def main():
    key, ids = tenant()
    print(f"organization {ids['organizationId']}", flush=True)
    some = run(key, ids, "--exclude-method=DELETE", f"--max-time={SECONDS}")
    rest = run(key, ids, "--include-method=DELETE", f"--max-time={SECONDS // 4}")
    return some or rest


if __name__ == "__main__":
    sys.exit(main())
