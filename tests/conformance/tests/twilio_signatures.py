"""Signs requests with Twilio's SDK: forms and JSON bodies, ordinary and odd. The seed decides which.

Each case also lists URLs that a server behind proxies might see for the same request, and whether the
SDK's validator accepts the signature for each.
"""

import json
import random
import sys
from urllib.parse import urlencode, urlsplit

from form import Form
from twilio.request_validator import RequestValidator, get_signature_algorithm

URLS = [
    "https://example.com/hook",
    "https://example.com",
    "https://example.com/",
    "https://example.com:443/hook",
    "https://example.com:8443/hook?a=1",
    "http://example.com/hook?a=1&b=two%20words&c=+",
    "http://example.com:80/hook?empty=&empty=",
    "http://127.0.0.1:49152/webhooks/twilio/status?o=1&c=2&m=3&k=test",
    "https://example.com?a=1",
    "https://example.com/a%2Fb/%C3%A9?q=%F0%9F%98%80",
    "https://EXAMPLE.com/Hook?A=b",
    "https://example.com/hook?redirect=https://other.example:444/x",
]
FORMS = [
    [],
    [("Body", "")],
    [("", "no name")],
    [("", "")],
    [("MessageSid", "SM1"), ("MessageStatus", "sent"), ("To", "+14153550123")],
    [("MediaUrl", "b"), ("MediaUrl", "a")],
    [("MediaUrl", "a"), ("MediaUrl", "a"), ("MediaUrl", "")],
    [("a", "1"), ("A", "2"), ("_", "3"), ("aa", "0"), ("a0", "4"), ("Ä", "5")],
    [("a", "bc"), ("ab", "c")],
    [("Body", "Grüße 😀\r\n\t%20+&=?"), ("Ключ", "значение"), ("\U00020b0b", "\uffee")],
    [("Body", "\x00\x7f\u2028\ufeff")],
    [("Body", "x" * 1600)],
]
BODIES = [
    "",
    "{}",
    '{"property": "value", "boolean": true}',
    '{"text":"Grüße 😀","n":[1,2.5,null]}\r\n',
    "\x00 no JSON at all",
    "[" + "0," * 500 + "0]",
]
ALPHABET = "aZ09 +%&=?/:._-~\"'<>[]{}|\\^\r\n\t£€éЖ中😀\u0301\u200d"


# The settings header of a request that is signed with a shared key.
SETTINGS = [
    "key=webhooks_sharedkey_1,algorithm=HMAC_SHA256",
    "algorithm = HMAC_SHA256 , key=k",
    "key=webhooks_sharedkey_1,algorithm=HMAC_SHA1",
    "key=webhooks_sharedkey_1",
]


def text(chance, longest):
    return "".join(chance.choices(ALPHABET, k=chance.randint(0, longest)))


def pairs_of(chance):
    names = [text(chance, 6) for _ in range(3)]
    return [(chance.choice(names), text(chance, 20)) for _ in range(chance.randint(0, 8))]


def url_of(chance):
    scheme = chance.choice(["http", "https"])
    port = chance.choice(["", "", ":80", ":443", f":{chance.randint(1, 65535)}"])
    query = urlencode([(text(chance, 5), text(chance, 8)) for _ in range(chance.randint(0, 3))])
    path = chance.choice(["/", "/hook", "/a/b%20c/", ""])
    return f"{scheme}://host-{chance.randint(1, 99)}.example{port}{path}{query and '?' + query}"


def seen_as(url):
    """The URL with other ports, and changed in ways that a proxy must not change it."""
    parts = urlsplit(url)
    hosts = [parts.hostname + port for port in ("", ":80", ":443", ":8080")] + ["other.example"]
    urls = [parts._replace(netloc=host).geturl() for host in hosts]
    return [url, *urls, url + "/", parts._replace(query="z=1").geturl(), url.swapcase()]


def takes(validator, url, payload, signature, settings):
    # The SDK fails on a JSON body whose hash is not in the URL, which is a refusal, too.
    if isinstance(payload, str) and "bodySHA256=" not in url:
        return False
    algorithm = get_signature_algorithm(settings)
    return validator.validate(url, payload, signature, algorithm=algorithm)


def case(token, url, pairs, body=None, settings=None):
    validator = RequestValidator(token)
    if body is not None:
        separator = "&" if "?" in url else "?"
        url += f"{separator}bodySHA256={validator.compute_hash(body)}"
    payload = Form.of(pairs) if body is None else body
    algorithm = get_signature_algorithm(settings)
    signature = validator.compute_signature(
        url, payload if body is None else {}, algorithm=algorithm
    )
    return {
        "token": token,
        "url": url,
        "pairs": pairs,
        "body": body,
        "signature": signature,
        "settings": settings,
        "seen": [
            [seen, takes(validator, seen, payload, signature, settings)] for seen in seen_as(url)
        ],
    }


def main():
    given = json.load(sys.stdin)
    chance = random.Random(given["seed"])
    tokens = ["12345", "0123456789abcdef0123456789abcdef", "Schlüssel", "x" * 200]
    cases = [case(tokens[0], url, pairs) for url in URLS for pairs in FORMS]
    cases += [case(tokens[1], url, [], body) for url in URLS for body in BODIES]
    for _ in range(given["generated"]):
        cases.append(case(chance.choice(tokens), url_of(chance), pairs_of(chance)))
        cases.append(case(chance.choice(tokens), url_of(chance), [], text(chance, 60)))
        settings = chance.choice(SETTINGS)
        cases.append(case(tokens[2], url_of(chance), pairs_of(chance), settings=settings))
    json.dump(cases, sys.stdout)


main()
