"""Deploy a synthesized assembly with boto3: what `cdk deploy` does, for the engine and without Node.

Stacks go up in the assembly's order; one whose template and assets are as they were is left alone.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from infra.installation import share_edge_secret, upload_static_files
from infra.stages import Stage

REGION = "us-east-1"
ACCOUNT = "000000000000"
# Monitoring that the engine does not know: (type, a property that makes it unknown or none, what it is called).
# Left out here, and said so; nothing else ever is.
UNKNOWN = (
    ("AWS::Logs::QueryDefinition", "", "saved queries"),
    ("AWS::Budgets::Budget", "", "budgets"),
    ("AWS::CloudWatch::Alarm", "Metrics", "alarms on a sum of metrics"),
)


class Aws:
    """Clients for one engine, as the account's administrator."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self._session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name=REGION)
        self.client = cache(self._client)

    def _client(self, service: str) -> Any:
        config = Config(retries={"total_max_attempts": 2}, read_timeout=120)
        return self._session.client(service, endpoint_url=self.endpoint, config=config)


class DeploymentFailed(Exception):
    """A stack could not be made; the message has CloudFormation's reasons."""


def deploy(aws: Aws, assembly: Path, stage: Stage, say: Callable[[str], None]) -> dict[str, dict[str, str]]:
    """Bring the engine to what the assembly says. Returns each stack's outputs."""
    for service in ("s3", "ssm", "cloudformation"):
        aws.client(service)
    _put_parameter(aws, "/cdk-bootstrap/hnb659fds/version", "99")
    outputs = {}
    for name, artifact in _stacks(assembly):
        template = _template(assembly / artifact["properties"]["templateFile"], say)
        _upload(aws, assembly, name)
        say(f"{name}: {_apply(aws, name, template)}")
        outputs[name] = _outputs(aws, name)
        if name == f"{stage.name}-state":
            share_edge_secret(aws.client, stage)
            upload_static_files(aws.client, stage)
    return outputs


def _put_parameter(aws: Aws, name: str, value: str) -> None:
    aws.client("ssm").put_parameter(Name=name, Value=value, Type="String", Overwrite=True)


def _stacks(assembly: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The stacks of an assembly, those first that others depend on."""
    artifacts = json.loads((assembly / "manifest.json").read_text())["artifacts"]
    stacks = {id: told for id, told in artifacts.items() if told["type"] == "aws:cloudformation:stack"}
    done: set[str] = set()
    while len(done) < len(stacks):
        for id, told in stacks.items():
            if id not in done and all(d in done for d in told.get("dependencies", []) if d in stacks):
                done.add(id)
                yield id, told


def _template(file: Path, say: Callable[[str], None]) -> str:
    template = json.loads(file.read_text())
    known = {id: resource for id, resource in template["Resources"].items() if not _unknown(resource)}
    left_out = Counter(_unknown(resource) for id, resource in template["Resources"].items() if id not in known)
    if left_out:
        say(f"left out, the engine does not know them: {', '.join(f'{n} {what}' for what, n in left_out.items())}")
    return json.dumps({**template, "Resources": known})


def _unknown(resource: Mapping[str, Any]) -> str:
    """What a resource is called that the engine does not know, or nothing."""
    found = (
        what
        for type, property, what in UNKNOWN
        if resource["Type"] == type and (not property or property in resource["Properties"])
    )
    return next(found, "")


def _upload(aws: Aws, assembly: Path, stack: str) -> None:
    """Put the stack's assets into the bucket that its template names."""
    s3 = aws.client("s3")
    for asset in json.loads((assembly / f"{stack}.assets.json").read_text())["files"].values():
        for place in asset["destinations"].values():
            bucket = place["bucketName"].replace("${AWS::AccountId}", ACCOUNT).replace("${AWS::Region}", REGION)
            try:
                s3.head_object(Bucket=bucket, Key=place["objectKey"])
            except ClientError:
                s3.create_bucket(Bucket=bucket)
                s3.upload_file(str(assembly / asset["source"]["path"]), bucket, place["objectKey"])


def _apply(aws: Aws, name: str, template: str) -> str:
    """Create or update one stack and wait for it. Returns what was done."""
    cloudformation = aws.client("cloudformation")
    told = json.dumps([template, _parameters(aws, template)])
    tag = {"Key": "template", "Value": hashlib.sha256(told.encode()).hexdigest()}
    stack = _describe(aws, name)
    if stack and tag in stack.get("Tags", []) and stack["StackStatus"].endswith("_COMPLETE"):
        return "unchanged"
    call = cloudformation.update_stack if stack else cloudformation.create_stack
    assets = f"cdk-hnb659fds-assets-{ACCOUNT}-{REGION}"
    key = f"templates/{name}.json"
    aws.client("s3").put_object(Bucket=assets, Key=key, Body=template.encode())
    call(
        StackName=name,
        TemplateURL=f"{aws.endpoint}/{assets}/{key}",
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"],
        Tags=[tag],
    )
    done = "updated" if stack else "created"
    waiter = cloudformation.get_waiter(f"stack_{done[:-1]}_complete")
    try:
        waiter.wait(StackName=name, WaiterConfig={"Delay": 0.1, "MaxAttempts": 1200})
    except Exception:
        raise DeploymentFailed(f"{name}: {_reasons(aws, name)}") from None
    return done


def _parameters(aws: Aws, template: str) -> list[str]:
    """The values of the parameters (SSM) that a template reads."""
    named = (told for told in json.loads(template).get("Parameters", {}).values() if "SSM::Parameter" in told["Type"])
    ssm = aws.client("ssm")
    return [ssm.get_parameter(Name=told["Default"])["Parameter"]["Value"] for told in named]


def _describe(aws: Aws, name: str) -> dict[str, Any] | None:
    try:
        stack: dict[str, Any] = aws.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]
    except ClientError:
        return None
    return stack


def _reasons(aws: Aws, name: str) -> str:
    events = aws.client("cloudformation").describe_stack_events(StackName=name)["StackEvents"]
    told = [
        f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', event['ResourceStatus'])}"
        for event in events
        if "FAILED" in event["ResourceStatus"]
    ]
    return "; ".join(told) or "no reason given"


def _outputs(aws: Aws, name: str) -> dict[str, str]:
    stack = _describe(aws, name) or {}
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}


def api_id(aws: Aws, stage: Stage) -> str:
    """The id of the stage's HTTP API."""
    apis = aws.client("apigatewayv2").get_apis()["Items"]
    return next(str(api["ApiId"]) for api in apis if api["Name"] == f"{stage.name}-kalit")


def resume(aws: Aws) -> int:
    """Start executions again that a stop of the engine has cut: their waits are absolute, their steps idempotent."""
    states = aws.client("stepfunctions")
    resumed = 0
    for machine in states.list_state_machines()["stateMachines"]:
        arn = machine["stateMachineArn"]
        pages = states.get_paginator("list_executions").paginate(stateMachineArn=arn, statusFilter="FAILED")
        cut = [run for page in pages for run in page["executions"]]
        for run in cut:
            told = states.describe_execution(executionArn=run["executionArn"])
            if told.get("error") == "States.ServiceRestart":
                name, _, times = run["name"].partition(".again-")
                again = f"{name}.again-{int(times or 0) + 1}"
                try:
                    states.start_execution(stateMachineArn=arn, name=again, input=told["input"])
                    resumed += 1
                except states.exceptions.ExecutionAlreadyExists:
                    continue
    return resumed
