"""A webhook that validates its requests with Twilio's SDK."""

import http.server
import threading
from urllib.parse import parse_qsl, urlsplit

from form import Form
from twilio.request_validator import RequestValidator


class Receiver:
    def __init__(self):
        self.received = received = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                received.append((self.path, body, self.headers["X-Twilio-Signature"]))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{server.server_address[1]}"

    def judged(self, token):
        return [judge(self.url + path, *rest, token) for path, *rest in self.received]


def judge(url, body, signature, token):
    form = Form.of(parse_qsl(body, keep_blank_values=True, strict_parsing=True))
    changed = Form(form, MessageStatus=["read"])
    validator = RequestValidator(token)
    return {
        "sid": form["MessageSid"][0],
        "status": form["MessageStatus"][0],
        "query": urlsplit(url).query,
        "valid": validator.validate(url, form, signature),
        "valid_of_another_form": validator.validate(url, changed, signature),
        "valid_of_another_url": validator.validate(url + "0", form, signature),
        "valid_of_another_token": RequestValidator(token + "0").validate(url, form, signature),
    }
