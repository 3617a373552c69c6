"""cdk-nag's AwsSolutions rules over all stacks, and why some are answered otherwise."""

import os

import aws_cdk as cdk
from cdk_nag import AwsSolutionsChecks

REASONS = {
    "AwsSolutions-APIG4": "Tokens are verified in the doors: an HTTP API's JWT authorizer knows RSA only and cannot "
    "give the contract's error bodies. Every door's parameters say who may call; a test walks the matrix.",
    "AwsSolutions-CFR1": "Customers travel; no country is shut out.",
    "AwsSolutions-CFR2": "A web ACL costs more than all else at rest; a stage gets one when its traffic asks for it.",
    "AwsSolutions-CFR3": "The API's access log has every request once; CloudFront's would repeat it.",
    "AwsSolutions-CFR4": "TLS 1.2 is required; without an own domain CloudFront's certificate cannot be told so.",
    "AwsSolutions-L1": "python3.13 is the newest runtime that all our locked wheels are built for.",
    "AwsSolutions-S1": "The one bucket holds what everybody may read; nobody needs to know who did.",
    "AwsSolutions-SF1": "Standard executions keep their own history for 90 days; failures raise the task's sweeper.",
    "AwsSolutions-SF2": "The machine has one step; its Lambda's log tells as much.",
    "AwsSolutions-SMG4": "Not replaced on a schedule: CloudFront and the doors would have to learn it in one moment.",
    "AwsSolutions-SQS3": "Dead-letter queues have none of their own.",
}

# Wildcards, each by its resource: the names behind them are made by AWS at run time.
WILDCARDS = {
    "arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:{stage}-countdown:*": "A cancelled "
    "countdown's execution is stopped by its name; the machine's own executions are all that fits.",
}


def check(app: cdk.App, stage: str) -> None:
    """Run the rules at synthesis; a finding without a reason here stops it. `CDK_VALIDATION=false` leaves them out."""
    if os.environ.get("CDK_VALIDATION") == "false":
        return
    validations = cdk.Validations.of(app)
    validations.add_plugins(AwsSolutionsChecks(app))
    for arn, reason in WILDCARDS.items():
        rule = f"AwsSolutions-IAM5[Resource::{arn.format(stage=stage)}]"
        validations.acknowledge(cdk.Acknowledgment(id=rule, reason=reason))
    for rule, reason in REASONS.items():
        validations.acknowledge(cdk.Acknowledgment(id=rule, reason=reason))
