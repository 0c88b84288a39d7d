"""Compares what each function of a deployed stack may do with what it did in the end-to-end tests.

Usage: permissions.py STACK ACTIONS, where ACTIONS is the file that the emulator wrote. A function must
not use what its role does not grant, which would fail on AWS, and a role must not grant what its
function never used, except as listed here.
"""

import json
import os
import sys
from fnmatch import fnmatchcase

import boto3

# Grants that no recorded request uses, each with the reason: by action, and by part of the resource
# or the function.
UNRECORDED = {
    ("logs:CreateLogStream", ""): "Lambda writes the logs, with the function's role",
    ("logs:PutLogEvents", ""): "Lambda writes the logs, with the function's role",
    ("sqs:ReceiveMessage", ""): "the event source reads the queue, with the function's role",
    ("sqs:DeleteMessage", ""): "the event source reads the queue, with the function's role",
    ("sqs:GetQueueAttributes", ""): "the event source reads the queue, with the function's role",
    ("sqs:ChangeMessageVisibility", ""): "only failed jobs are retried soon, and few fail in tests",
    ("dynamodb:BatchGetItem", ""): "reads nothing that GetItem does not",
    ("dynamodb:ConditionCheckItem", ""): "reads nothing that GetItem does not",
    ("kms:Decrypt", ""): "the services decrypt, with the function's role",
    ("sms-voice:SendTextMessage", ""): "the simulator plays End User Messaging, not the emulator",
    ("sms-voice:DescribeOptedOutNumbers", ""): "the simulator plays End User Messaging, not the emulator",
    ("secretsmanager:GetSecretValue", ""): "Parameter Store reads secrets, with the function's role",
    ("ssm:GetParameter", "aws/reference/secretsmanager"): "tests keep their secrets in Parameter Store",
    ("s3:AbortMultipartUpload", "/exports/"): "only an export that fails gives up its parts",
    ("s3:GetObject", "/exports/"): "links are used by clients, and only a continued export reads its rest",
    ("s3:DeleteObject", "/exports/"): "only a continued export has a rest to remove",
    ("scheduler:CreateSchedule", "Send"): "polls that begin later than a queue can delay need it",
    ("dynamodb:Query", "Receipts"): "only an opt-out where people were erased reads their hashes",
    ("sqs:SendMessage", "Notify"): "only what is no job, and an event that always fails, is kept apart",
    ("iam:PassRole", "Send"): "polls that begin later than a queue can delay need it",
}


def client(service):
    return boto3.client(service, endpoint_url=os.environ["AWS_ENDPOINT_URL"])


def listed(value):
    return value if isinstance(value, list) else [value]


def grants(role):
    """The (action, resource) pairs that the inline policies of a role allow."""
    iam = client("iam")
    attached = iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
    assert not attached, f"{role} has managed policies: {attached}"
    for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        document = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        for statement in document["Statement"]:
            for action in listed(statement["Action"]):
                for resource in listed(statement["Resource"]):
                    yield action, resource


def allows(grant, used):
    return fnmatchcase(used[0], grant[0]) and fnmatchcase(used[1], grant[1])


def differences(name, granted, used):
    for action, resource in sorted(used):
        if not any(allows(grant, (action, resource)) for grant in granted):
            yield f"{name} uses {action} on {resource}, which its role does not grant"
    for grant in sorted(granted):
        is_accepted = any(
            action == grant[0] and (part in grant[1] or part == name) for action, part in UNRECORDED
        )
        if not is_accepted and not any(allows(grant, each) for each in used):
            yield f"{name} may use {grant[0]} on {grant[1]}, and never did"


def main():
    stack, actions = sys.argv[1:]
    used = {}
    with open(actions) as lines:
        for line in map(json.loads, lines):
            # Queues that a test made are not the stack's.
            if line["action"].startswith("sqs:") and f":{stack}-" not in line["resource"]:
                continue
            used.setdefault(line["function"], set()).add((line["action"], line["resource"]))
    resources = client("cloudformation").describe_stack_resources(StackName=stack)["StackResources"]
    functions = {
        each["LogicalResourceId"]: each["PhysicalResourceId"]
        for each in resources
        if each["ResourceType"] == "AWS::Lambda::Function"
    }
    problems = []
    for name, function in sorted(functions.items()):
        configuration = client("lambda").get_function_configuration(FunctionName=function)
        granted = set(grants(configuration["Role"].rsplit("/", 1)[-1]))
        problems += differences(name, granted, used.get(function, set()))
    if problems:
        sys.exit("\n".join(problems))
    print(f"{len(functions)} functions used what their roles grant, and nothing else")


main()
