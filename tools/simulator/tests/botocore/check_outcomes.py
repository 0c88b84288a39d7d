"""Calls the simulator with botocore's client, and checks that it reads the responses as modeled.

    check_outcomes.py URL
"""

import sys

from botocore import UNSIGNED
from botocore.exceptions import ClientError, ConnectionClosedError

from cases import BROKEN, FITTING, REFUSALS, UNFIT
from model import MODEL, OPERATION, enum, is_fault, problems
from simulator import asked, client, script

def modeled(error, exception):
    """Checks a response, as botocore read it, against the exception's shape."""
    shape = MODEL.shape_for(exception)
    answer = error.response
    assert type(error).__name__ == answer["Error"]["Code"] == exception, answer
    assert exception in [known.name for known in OPERATION.error_shapes], exception
    request = answer["ResponseMetadata"]["RequestId"]
    assert request and answer.get("RequestId", request) == request, answer
    expected = 500 if is_fault(exception) else 400
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == expected, answer
    members = {name: value for name, value in answer.items() if name in shape.members}
    assert members.get("Message"), answer
    assert not problems(members, shape), problems(members, shape)
    return members


def refused(sms, changes, exception, reason, field):
    try:
        sms.send_text_message(**asked(changes))
    except getattr(sms.exceptions, exception) as error:
        members = modeled(error, exception)
    else:
        raise AssertionError(f"{changes} was taken")
    assert members.get("Reason") == reason, members
    assert reason is None or reason in enum(f"{exception}Reason"), reason
    if field:
        assert field in [found["Name"] for found in members["Fields"]], members


def unmodeled(call, code, status):
    """Checks an error that is not in the model, but comes from the protocol or a proxy."""
    try:
        call()
    except ClientError as error:
        answer = error.response
        assert answer["Error"]["Code"] == code, answer
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == status, answer
    else:
        raise AssertionError(f"{code} did not come")


def main(url):
    sms = client(url)
    for fate, exception, reason, field in REFUSALS:
        script(url, fate)
        refused(sms, {}, exception, reason, field)

    script(url, "delivered")
    for changes in BROKEN:
        assert problems(asked(changes)), changes
        refused(sms, changes, "ValidationException", "FIELD_VALIDATION_FAILED", list(changes)[0])
    for changes, reason in UNFIT:
        assert not problems(asked(changes)), changes
        refused(sms, changes, "ValidationException", reason, list(changes)[0])
    refused(sms, {"MessageBody": None}, "ValidationException", "MISSING_PARAMETER", "MessageBody")
    for changes in FITTING:
        assert not problems(asked(changes)), changes
        answer = sms.send_text_message(**asked(changes))
        assert len(answer.pop("MessageId")) == 36 and list(answer) == ["ResponseMetadata"], answer
    for ending in ("undelivered-30003", "no-receipt", "early-receipt", "twice"):
        script(url, ending)
        assert sms.send_text_message(**asked({}))["MessageId"], ending

    script(url, "answer-lost")
    try:
        sms.send_text_message(**asked({}))
    except ConnectionClosedError:
        pass
    else:
        raise AssertionError("the answer was not lost")
    script(url, "bad-gateway")
    unmodeled(lambda: sms.send_text_message(**asked({})), "502", 502)
    script(url, "page-after-accepting")
    assert "MessageId" not in sms.send_text_message(**asked({}))
    unmodeled(sms.describe_account_limits, "UnknownOperationException", 400)
    unsigned = client(url, signature_version=UNSIGNED)
    code = "MissingAuthenticationTokenException"
    unmodeled(lambda: unsigned.send_text_message(**asked({})), code, 400)


if __name__ == "__main__":
    main(*sys.argv[1:])
