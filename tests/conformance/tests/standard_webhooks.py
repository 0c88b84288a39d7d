"""Judges signed requests with the Standard Webhooks library for Python."""

import json
import sys

from standardwebhooks import Webhook, WebhookVerificationError


def is_accepted(headers, body, secret):
    try:
        Webhook(secret).verify(body, headers)
    except WebhookVerificationError:
        return False
    return True


def main():
    case = json.load(sys.stdin)
    right = is_accepted(*case["right"])
    json.dump([right, sum(is_accepted(*changed) for changed in case["changed"])], sys.stdout)


main()
