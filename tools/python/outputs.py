"""Prints the outputs of the stack given as the only argument, as JSON."""

import json
import os
import sys

import boto3

stacks = boto3.client("cloudformation", endpoint_url=os.environ["AWS_ENDPOINT_URL"])
stack = stacks.describe_stacks(StackName=sys.argv[1])["Stacks"][0]
print(json.dumps({output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}))
