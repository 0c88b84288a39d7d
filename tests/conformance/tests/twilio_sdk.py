"""Twilio's SDK as a user of the simulator: it creates messages, validates the callbacks about
them, and lists and fetches what the simulator has taken."""

import datetime
import http.server
import json
import sys
import threading
import time
import urllib.parse
import urllib.request

from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client

TWILIO = "https://api.twilio.com/"


class Form(dict):
    """A form as web frameworks hand it to the validator: each name with all of its values."""

    def getlist(self, name):
        return self[name]


class Elsewhere(TwilioHttpClient):
    """The SDK's own HTTP client, at another address."""

    def __init__(self, base):
        super().__init__()
        self.base = base

    def request(self, method, url, *rest, **named):
        assert url.startswith(TWILIO), url
        return super().request(method, self.base + "/" + url[len(TWILIO) :], *rest, **named)


class Receiver(http.server.BaseHTTPRequestHandler):
    received = []

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        port = self.server.server_address[1]
        self.received.append(
            (f"http://127.0.0.1:{port}{self.path}", body, self.headers["X-Twilio-Signature"])
        )
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


def judge(url, body, signature, token):
    form = Form(urllib.parse.parse_qs(body, keep_blank_values=True, strict_parsing=True))
    changed = Form(form, MessageStatus=["read"])
    validator = RequestValidator(token)
    return {
        "sid": form["MessageSid"][0],
        "status": form["MessageStatus"][0],
        "query": urllib.parse.urlsplit(url).query,
        "valid": validator.validate(url, form, signature),
        "valid_of_another_form": validator.validate(url, changed, signature),
        "valid_of_another_url": validator.validate(url + "0", form, signature),
        "valid_of_another_token": RequestValidator(token + "0").validate(url, form, signature),
    }


def settle(url):
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with urllib.request.urlopen(url + "/_simulator/stats") as answer:
            if json.load(answer)["callbacks"]["pending"] == 0:
                return
        time.sleep(0.02)
    sys.exit("callbacks are still expected")


def describe(message):
    names = ["sid", "to", "from_", "body", "status", "error_code", "num_segments", "direction"]
    return {name: getattr(message, name) for name in names}


def create(client, order, callback):
    try:
        message = client.messages.create(status_callback=callback, **order)
    except TwilioRestException as refusal:
        return {"refused": refusal.code, "http_status": refusal.status}
    return describe(message)


def searches(client, order, created):
    """What each search finds. The days are counted from the messages' own."""
    day = created.date_sent
    before, after = (day + datetime.timedelta(days=days) for days in (-1, 1))
    wanted = {
        "all": {},
        "in pages of two": {"page_size": 2},
        "three at most": {"limit": 3, "page_size": 2},
        "to": {"to": order["to"]},
        "from": {"from_": order["from_"]},
        "to and from": {"to": order["to"], "from_": order["from_"]},
        "to, from nobody": {"to": order["to"], "from_": "+12125550999"},
        "sent after the day before": {"date_sent_after": before},
        "sent after the day after": {"date_sent_after": after},
        "sent before the day before": {"date_sent_before": before},
        "sent before the day after": {"date_sent_before": after},
        "sent in that second, to": {"date_sent": day, "to": created.to},
        "sent in another second": {"date_sent": after},
    }
    return {
        name: [message.sid for message in client.messages.list(**filters)]
        for name, filters in wanted.items()
    }


def main():
    given = json.load(sys.stdin)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    callback = f"http://127.0.0.1:{server.server_address[1]}{given['callback']}"
    client = Client(given["account_sid"], given["auth_token"], http_client=Elsewhere(given["url"]))
    created = [create(client, order, callback) for order in given["orders"]]
    settle(given["url"])
    sids = [message["sid"] for message in created if "sid" in message]
    fetched = [client.messages(sid).fetch() for sid in sids]
    report = {
        "created": created,
        "callbacks": [judge(*it, given["auth_token"]) for it in Receiver.received],
        "fetched": [describe(message) for message in fetched],
        "lists": searches(client, given["orders"][0], fetched[0]),
    }
    json.dump(report, sys.stdout)


main()
