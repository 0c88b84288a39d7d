"""Judges a recorded request with botocore: its signature, its form, and its fields."""

import json
import re
import sys

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.serialize import create_serializer

AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([^/]+)/\d{8}/([^/]+)/([^/]+)/aws4_request, "
    r"SignedHeaders=([^,]+), Signature=([0-9a-f]{64})"
)


def is_signed(url, headers, body, secret):
    """Whether the service, which knows the secret, would accept the signature."""
    key, region, service, signed, signature = AUTHORIZATION.fullmatch(
        headers["authorization"]
    ).groups()
    request = AWSRequest(
        method="POST",
        url=url,
        headers={name: headers[name] for name in signed.split(";")},
        data=body.encode(),
    )
    request.context["timestamp"] = headers["x-amz-date"]
    signer = SigV4Auth(Credentials(key, secret), service, region)
    text = signer.string_to_sign(request, signer.canonical_request(request))
    return signer.signature(text, request) == signature


def differs(service, operation, headers, body):
    """How botocore's request would differ. It refuses fields that the service does not have."""
    model = ServiceModel(Loader().load_service_model(service, "service-2"), service)
    fields = json.loads(body)
    expected = create_serializer("json").serialize_to_request(
        fields, model.operation_model(operation)
    )
    # Requests the older error names as well, of a service that had another protocol before.
    expected["headers"].pop("x-amzn-query-mode", None)
    ours = {name: headers[name.lower()] for name in expected["headers"]}
    sent = (json.loads(expected["body"]), dict(expected["headers"]))
    return [] if (fields, ours) == sent else [f"{sent} instead of {(fields, ours)}"]


def main():
    case = json.load(sys.stdin)
    url, headers, body, secret = (case[name] for name in ("url", "headers", "body", "secret"))
    changes = [(headers | {name: headers[name] + "0"}, body, secret) for name in case["signed"]]
    changes += [(headers, body + " ", secret), (headers, body, secret + "0")]
    verdict = {
        "differences": differs(case["service"], case["operation"], headers, body),
        "is_valid": is_signed(url, headers, body, secret),
        "valid_changes": sum(is_signed(url, *changed) for changed in changes),
    }
    json.dump(verdict, sys.stdout)


main()
