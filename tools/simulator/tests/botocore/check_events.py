"""Makes the simulator publish, and checks its publications against the models of both services.

    check_events.py URL
"""

import json
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl

from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.serialize import create_serializer

from model import enum
from simulator import admin, asked, client, script

TOPIC = "arn:aws:sns:us-east-1:123456789012:messages"
PUBLISH = ServiceModel(Loader().load_service_model("sns", "service-2")).operation_model("Publish")
FATES = ["delivered"] + [
    f"undelivered-{code}"
    for code in (30003, 30004, 30005, 30006, 30007, 30008, 30019, 30036, 30038, 30450)
]


class Topic(BaseHTTPRequestHandler):
    published = []

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.published.append((dict(parse_qsl(body, strict_parsing=True)), self.headers))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


def check(form, headers):
    """The form must be the one that botocore creates for the same topic and message."""
    parameters = {"TopicArn": TOPIC, "Message": form["Message"]}
    made = create_serializer("query").serialize_to_request(parameters, PUBLISH)
    assert form == made["body"], (form, made["body"])
    assert headers["Content-Type"] == made["headers"]["Content-Type"], headers
    assert "/us-east-1/sns/aws4_request" in headers["Authorization"], headers
    return json.loads(form["Message"])


def settled(url):
    deadline = time.monotonic() + 20
    while (told := admin(url, "GET", "stats")["callbacks"])["pending"]:
        assert time.monotonic() < deadline, told
        time.sleep(0.05)
    assert not told["failed"], told


def main(url):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Topic)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    endpoint = f"http://127.0.0.1:{server.server_port}/"
    admin(url, "PUT", "aws/topics", {"endpoint": endpoint, "events": TOPIC, "inbound": TOPIC})
    sms = client(url)
    for fate in FATES:
        script(url, fate)
        sms.send_text_message(**asked({}))
    # A country where statuses have other names.
    sms.send_text_message(**asked({"DestinationPhoneNumber": "+447400123456"}))
    settled(url)
    seen = {check(*publication)["eventType"] for publication in Topic.published}
    expected = {kind for kind in enum("EventType") if kind.startswith("TEXT_")} - {"TEXT_ALL"}
    assert seen == expected, seen ^ expected

    Topic.published.clear()
    admin(url, "POST", "aws/inbound", {"from": "+14153550123", "to": "+12125550100", "body": "Hi"})
    [inbound] = [check(*publication) for publication in Topic.published]
    assert inbound["messageBody"] == "Hi", inbound


if __name__ == "__main__":
    main(*sys.argv[1:])
