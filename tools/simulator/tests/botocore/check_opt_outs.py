"""Reads opt-out lists of the simulator with botocore's client, and checks the pages against the model.

    check_opt_outs.py URL
"""

import sys

from model import MODEL, enum, problems
from simulator import admin, client

RESULT = MODEL.operation_model("DescribeOptedOutNumbers").output_shape
NUMBERS = [f"+1415355{number:04}" for number in range(5)]


def put(url, name, **settings):
    numbers = [
        {"number": number, "at": 1777000000.5 + place, "byAccount": place == 0}
        for place, number in enumerate(NUMBERS)
    ]
    admin(url, "PUT", f"aws/opt-out-lists/{name}", {"numbers": numbers, **settings})


def read(sms, **asked):
    answer = sms.describe_opted_out_numbers(**asked)
    members = {name: value for name, value in answer.items() if name in RESULT.members}
    assert not problems(members, RESULT), problems(members, RESULT)
    return members


def refused(sms, exception, **asked):
    try:
        sms.describe_opted_out_numbers(**asked)
    except getattr(sms.exceptions, exception) as error:
        members = {name: error.response[name] for name in MODEL.shape_for(exception).members if name in error.response}
        assert not problems(members, MODEL.shape_for(exception)), members
        reason = members.get("Reason")
        assert reason is None or reason in enum(f"{exception}Reason"), reason
        return members
    raise AssertionError(f"{asked} was answered")


def main(url):
    sms = client(url)
    assert read(sms, OptOutListName="Default")["OptedOutNumbers"] == []
    put(url, "ferry")
    page = read(sms, OptOutListName="ferry")
    assert [entry["OptedOutNumber"] for entry in page["OptedOutNumbers"]] == NUMBERS, page
    assert "NextToken" not in page, page
    assert page["OptedOutNumbers"][0]["OptedOutTimestamp"].timestamp() == 1777000000.5, page
    assert [entry["EndUserOptedOut"] for entry in page["OptedOutNumbers"]] == [False] + [True] * 4
    arn = page["OptOutListArn"]
    assert read(sms, OptOutListName=arn)["OptOutListName"] == "ferry"

    paginator = sms.get_paginator("describe_opted_out_numbers")
    for settings in ({"PageSize": 2}, {"PageSize": 100}):
        pages = list(paginator.paginate(OptOutListName="ferry", PaginationConfig=settings))
        found = [entry["OptedOutNumber"] for page in pages for entry in page["OptedOutNumbers"]]
        assert found == NUMBERS, found
    put(url, "small", pageSize=1)
    assert len(list(paginator.paginate(OptOutListName="small"))) == 5

    by_person = [{"Name": "end-user-opted-out", "Values": ["true"]}]
    assert len(read(sms, OptOutListName="ferry", Filters=by_person)["OptedOutNumbers"]) == 4
    one = read(sms, OptOutListName="ferry", OptedOutNumbers=NUMBERS[:1])["OptedOutNumbers"]
    assert [entry["OptedOutNumber"] for entry in one] == NUMBERS[:1], one

    missing = refused(sms, "ResourceNotFoundException", OptOutListName="nobody")
    assert missing["ResourceType"] == "opt-out-list", missing
    refused(sms, "ResourceNotFoundException", OptOutListName="ferry", OptedOutNumbers=["+14153559999"])
    broken = refused(sms, "ValidationException", OptOutListName="ferry", NextToken="page-x")
    assert broken["Reason"] == "INVALID_NEXT_TOKEN", broken
    refused(sms, "ValidationException", OptOutListName="a b")
    for problem, exception in (
        ("denied", "AccessDeniedException"),
        ("throttled", "ThrottlingException"),
        ("broken", "InternalServerException"),
    ):
        put(url, "ferry", problem=problem)
        refused(sms, exception, OptOutListName="ferry")


if __name__ == "__main__":
    main(*sys.argv[1:])
