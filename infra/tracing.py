"""Traces (X-Ray): Lambda and Step Functions write them by themselves, no SDK runs in the functions."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

# What active tracing asks of a role. X-Ray knows no resources, so these are for `*`: the one wildcard of ours.
ACTIONS = (
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
)


def policy(stack: cdk.Stack) -> iam.ManagedPolicy:
    """The right to write traces, as one policy that all roles of a stack carry."""
    return iam.ManagedPolicy(
        stack,
        "Tracing",
        description="Write traces to X-Ray",
        statements=[iam.PolicyStatement(actions=list(ACTIONS), resources=["*"])],
    )
