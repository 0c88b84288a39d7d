"""Uses the simulator through Twilio's SDK: creates messages, validates their callbacks, and lists
and fetches what the simulator has accepted."""

import datetime
import json
import sys
import time
import urllib.parse
import urllib.request

from receiver import Receiver
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

TWILIO = "https://api.twilio.com/"


class Elsewhere(TwilioHttpClient):
    """The SDK's HTTP client, with another address."""

    def __init__(self, base):
        super().__init__(request_hooks={"response": self.record})
        self.base = base
        self.records = []

    def record(self, answer, **_):
        """Records a successful request and its response."""
        url = urllib.parse.urlsplit(answer.request.url)
        headers = {name.lower(): value for name, value in answer.request.headers.items()}
        if answer.ok:
            self.records.append(
                {
                    "method": answer.request.method,
                    "path": url.path,
                    "query": url.query,
                    "headers": headers,
                    "body": answer.request.body or "",
                    "answer": {"status": answer.status_code, "body": answer.text},
                }
            )

    def request(self, method, url, *rest, **named):
        assert url.startswith(TWILIO), url
        return super().request(method, self.base + "/" + url[len(TWILIO) :], *rest, **named)


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
    """The results of each search. Days are relative to the messages' dates."""
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
    receiver = Receiver()
    callback = receiver.url + given["callback"]
    http_client = Elsewhere(given["url"])
    client = Client(given["account_sid"], given["auth_token"], http_client=http_client)
    created = [create(client, order, callback) for order in given["orders"]]
    settle(given["url"])
    sids = [message["sid"] for message in created if "sid" in message]
    fetched = [client.messages(sid).fetch() for sid in sids]
    report = {
        "created": created,
        "callbacks": receiver.judged(given["auth_token"]),
        "fetched": [describe(message) for message in fetched],
        "lists": searches(client, given["orders"][0], fetched[0]),
        "records": http_client.records,
    }
    json.dump(report, sys.stdout)


main()
