"""Stores VALUE as an encrypted parameter with the name given as the only argument."""

import os
import sys

import boto3

boto3.client("ssm").put_parameter(
    Name=sys.argv[1], Value=os.environ["VALUE"], Type="SecureString", Overwrite=True
)
