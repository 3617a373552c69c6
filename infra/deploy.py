"""`make deploy STAGE=dev`: `cdk deploy` with the pinned CLI, and what must happen before, between and after."""

import os
import subprocess
import sys

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from .installation import Admin, DoorFailed, first_administrator, share_edge_secret, upload_static_files
from .packages import LAMBDA_PYTHON, vendor_zip
from .stages import STAGES


def main(arguments: list[str]) -> int:
    name = arguments[0] if arguments else ""
    if name not in STAGES or STAGES[name].sandbox:
        return _no(f"There is no stage {name!r} to deploy. There are: {', '.join(s for s in STAGES if s != 'local')}")
    stage = STAGES[name]
    session = boto3.Session(region_name=os.environ.get("AWS_REGION"))
    if not session.region_name:
        return _no("No region is set. Choose one: export AWS_REGION=eu-central-1")
    try:
        account = session.client("sts").get_caller_identity()["Account"]
    except (BotoCoreError, ClientError) as error:
        return _no(f"AWS does not know who you are ({error}). Sign in first: aws sso login, or export AWS_PROFILE.")
    if f"{sys.version_info.major}.{sys.version_info.minor}" != LAMBDA_PYTHON:
        print(f"note: without Python {LAMBDA_PYTHON} here the layers go uncompiled; functions start half as fast")
    vendor_zip(stage.architecture, native=False)
    print(f"Deploying {name} to account {account} in {session.region_name}")
    if _cdk(name, f"{name}-state"):
        return 1
    share_edge_secret(session.client, stage)
    upload_static_files(session.client, stage)  # before the pages that name them
    if _cdk(name, f"{name}-accounts-doors"):
        return 1
    try:
        # Before the edge opens, so that nobody else can take the name.
        first_administrator(session.client, stage, Admin.from_environment(os.environ), print)
    except DoorFailed as error:
        return _no(str(error))
    if _cdk(name, "--all"):
        return 1
    outputs = session.client("cloudformation").describe_stacks(StackName=f"{name}-edge")["Stacks"][0]["Outputs"]
    print("Ready:", next(output["OutputValue"] for output in outputs if output["OutputKey"] == "Url"))
    return 0


def _cdk(stage: str, *stacks: str) -> int:
    command = ["npx", "cdk", "deploy", "--context", f"stage={stage}", "--require-approval", "never", *stacks]
    return subprocess.run(command, check=False).returncode


def _no(why: str) -> int:
    print(why, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
