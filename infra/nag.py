"""cdk-nag's AwsSolutions rules over all stacks, and why some are answered otherwise."""

import os

import aws_cdk as cdk
from cdk_nag import AwsSolutionsChecks

REASONS = {
    "AwsSolutions-APIG4": "Tokens are verified in the doors: an HTTP API's JWT authorizer knows RSA only and cannot "
    "give the contract's error bodies. Every door's parameters say who may call; a test walks the matrix.",
    "AwsSolutions-CFR1": "Customers travel; no country is shut out.",
    "AwsSolutions-CFR2": "Production has a web ACL; a stage without customers does without its price.",
    "AwsSolutions-CFR3": "The API's access log has every request once; CloudFront's would repeat it.",
    "AwsSolutions-CFR4": "A stage with its own domain requires TLS 1.2; CloudFront's certificate cannot be told to.",
    "AwsSolutions-L1": "python3.13 is the newest runtime that all our locked wheels are built for.",
    "AwsSolutions-S1": "Two buckets hold what everybody may read, one files of a day behind links; the audit log "
    "tells who asked for those.",
    "AwsSolutions-SF1": "Standard executions keep their own history for 90 days; failures raise the task's sweeper.",
    "AwsSolutions-SF2": "The machine has one step; its Lambda's log tells as much.",
    "AwsSolutions-SMG4": "Not replaced on a schedule: CloudFront and the doors would have to learn the edge's in one "
    "moment, and the payment provider's keys are replaced by people, at the provider first.",
    "AwsSolutions-SQS3": "Dead-letter queues have none of their own.",
}

# Wildcards, each by its resource: the names behind them are made by AWS at run time.
WILDCARDS = {
    "arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:{stage}-countdown:*": "A cancelled "
    "countdown's execution is stopped by its name; the machine's own executions are all that fits.",
    "arn:<AWS::Partition>:iot:<AWS::Region>:<AWS::AccountId>:topic/smartlock/*/commands": "Locks come by registration; "
    "a command goes to any of them, and to no topic but theirs.",
    **{
        f"arn:<AWS::Partition>:iot:<AWS::Region>:<AWS::AccountId>:{what}/*": "Locks come by registration, "
        "and with them their things, certificates and connections."
        for what in ("thing", "cert", "client")
    },
    "{stage}-state:ExportsOutputFnGetAttImportsBucket18B2D913ArnFA2A8993/*": "Every import has files of its own.",
    "{stage}-state:ExportsOutputFnGetAttExportsBucket5A12738BArn6FAD0B2A/*": "Whoever exports puts a file into the "
    "bucket of exports, and signs a link to it; each has a name of chance.",
    **{
        f"{{stage}}-state:ExportsOutputFnGetAttPictures8CDD258BArn7B03F255/{folder}/*": "Pictures come by upload: "
        "whoever asks for one, or takes one, may do so in that folder of their bucket alone."
        for folder in ("uploads", "media")
    },
}

# What may be asked for on all resources alone, since its actions know none, by the policies that do: X-Ray's of every
# stack, and those of the roles of locks' doors.
ANY = {
    "Tracing": "X-Ray's actions know no resources; the policy has those that active tracing asks for.",
    "LocksCreateRole/DefaultPolicy": "Making a key pair, and attaching it to a thing, know no resources in IoT Core.",
    "LocksDeleteRole/DefaultPolicy": "Detaching a certificate from a thing knows no resources in IoT Core.",
    "LocksDispatchRole/DefaultPolicy": "Attaching and detaching certificates know no resources in IoT Core.",
}


def check(app: cdk.App, stage: str) -> None:
    """Run the rules at synthesis; a finding without a reason here stops it. `CDK_VALIDATION=false` leaves them out."""
    if os.environ.get("CDK_VALIDATION") == "false":
        return
    validations = cdk.Validations.of(app)
    validations.add_plugins(AwsSolutionsChecks(app))
    for construct in app.node.find_all():
        for policy, reason in ANY.items():
            if construct.node.path.endswith(f"/{policy}"):
                any_resource = cdk.Acknowledgment(id="AwsSolutions-IAM5[Resource::*]", reason=reason)
                cdk.Validations.of(construct).acknowledge(any_resource)
    for arn, reason in WILDCARDS.items():
        rule = f"AwsSolutions-IAM5[Resource::{arn.format(stage=stage)}]"
        validations.acknowledge(cdk.Acknowledgment(id=rule, reason=reason))
    for rule, reason in REASONS.items():
        validations.acknowledge(cdk.Acknowledgment(id=rule, reason=reason))
