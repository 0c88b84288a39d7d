"""Calls the simulator: its service with botocore's client, and its admin endpoints."""

import json
import urllib.request

from botocore.config import Config
from botocore.session import Session

from cases import PHONE
from model import SERVICE


def client(url, **settings):
    session = Session()
    session.set_credentials("AKIDEXAMPLE", "secret")
    config = Config(retries={"total_max_attempts": 1}, read_timeout=10, proxies={}, **settings)
    return session.create_client(SERVICE, "us-east-1", endpoint_url=url, config=config)


def admin(url, method, path, body=None):
    """Calls one of the simulator's admin endpoints, and returns the response if it is JSON."""
    body = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(f"{url}/_simulator/{path}", body, headers, method=method)
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with direct.open(request, timeout=10) as answer:
        return json.loads(answer.read() or "null")


def script(url, fate, times=1):
    admin(url, "POST", "fates", {"to": PHONE, "fate": fate, "times": times})


def asked(changes):
    request = {
        "DestinationPhoneNumber": PHONE,
        "OriginationIdentity": "+12125550100",
        "MessageBody": "Hello",
        "ConfigurationSetName": "volley",
        "Context": {"message": "1"},
        **changes,
    }
    return {name: value for name, value in request.items() if value is not None}
