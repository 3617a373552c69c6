"""`make deploy STAGE=dev`: `cdk deploy` with the pinned CLI, and what must happen before, between and after."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping

import boto3

from kalit.providers.outcomes import SANDBOX

from . import preflight, shield
from .installation import (
    Admin,
    Client,
    DoorFailed,
    Mqtt,
    PaymentKeys,
    first_administrator,
    payments_open,
    share_edge_secret,
    share_mqtt,
    share_payment_keys,
    share_web_acl,
    upload_static_files,
)
from .packages import LAMBDA_PYTHON, vendor_zip
from .preflight import NotReady
from .stages import Stage

Cdk = Callable[..., None]


def main(arguments: list[str]) -> int:
    try:
        stage = preflight.stage(arguments[0] if arguments else "", os.environ)
        preflight.senders(stage)
        keys = preflight.payments(stage, os.environ)
        preflight.inbound(os.environ)
        preflight.tools()
        session = boto3.Session(region_name=os.environ.get("AWS_REGION"))
        region = preflight.region(session.region_name)
        account = preflight.account(session.client, stage)
        for needed in preflight.regions(region, stage):
            preflight.bootstrapped(_in(session, needed), needed, stage)
        if f"{sys.version_info.major}.{sys.version_info.minor}" != LAMBDA_PYTHON:
            print(f"note: without Python {LAMBDA_PYTHON} here the layers go uncompiled; functions start half as fast")
        preflight.packaged(vendor_zip(stage.architecture, native=False), stage.architecture)
        print(f"Deploying {stage.name} to account {account} in {region}")
        deploy(stage, session.client, _in(session, shield.REGION), Admin.from_environment(os.environ), keys, _cdk)
        lines = farewell(
            stage, region, _outputs(session.client, f"{stage.name}-edge"), payments_open(session.client, stage)
        )
    except (NotReady, DoorFailed) as error:
        print(error, file=sys.stderr)
        return 1
    for line in lines:
        print(line)
    return 0


def deploy(stage: Stage, client: Client, afar: Client, admin: Admin, keys: PaymentKeys | None, cdk: Cdk) -> None:
    """All stacks in order, and between them what they need of each other. `afar`: the web ACL's region."""
    cdk(stage, f"{stage.name}-state")
    share_edge_secret(client, stage)
    share_mqtt(client, stage, Mqtt.of_aws(client))
    if keys:
        share_payment_keys(client, stage, keys)
    upload_static_files(client, stage)  # before the pages that name them
    if stage.web_acl:
        cdk(stage, f"{stage.name}-shield")
        share_web_acl(client, stage, _outputs(afar, f"{stage.name}-shield")["Arn"])
    cdk(stage, f"{stage.name}-accounts-doors")
    # Before the edge opens, so that nobody else can take the name.
    first_administrator(client, stage, admin, print)
    cdk(stage, "--all")


def farewell(stage: Stage, region: str, outputs: Mapping[str, str], paying: bool) -> Iterator[str]:
    """Where everything is, and what is left to do by hand."""
    url = outputs["Url"]
    console = f"https://{region}.console.aws.amazon.com/cloudwatch/home?region={region}"
    yield f"Ready: {url}"
    yield f"  docs       {url}/api/docs/"
    yield f"  dashboard  {console}#dashboards/dashboard/{stage.dashboard}"
    if stage.domain:
        yield f"  DNS        {stage.domain} must be a CNAME (or alias) of {outputs['DnsTarget']}"
    if not paying:
        yield "  payments   nobody can pay: set STRIPE_API_KEY and STRIPE_WEBHOOK_SECRET, and deploy again"
    if stage.sms_origin != SANDBOX and not stage.inbound_digest:
        yield "  answers    to SMS are not heard, STOP neither: set KALIT_INBOUND_SECRET, and deploy again"
    if stage.alarm_email:
        yield f"  alarms     go to {stage.alarm_email}, once the address has confirmed AWS's message"
    else:
        yield "  alarms     reach nobody: set alarm_email in infra/stages.py, or KALIT_ALARM_EMAIL, and deploy again"


def _in(session: boto3.Session, region: str) -> Client:
    return lambda service: session.client(service, region_name=region)


def _outputs(client: Client, stack: str) -> dict[str, str]:
    told = client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0].get("Outputs", [])
    return {output["OutputKey"]: output["OutputValue"] for output in told}


def _cdk(stage: Stage, *stacks: str) -> None:
    """Deploy stacks; what goes wrong the CLI has told itself."""
    command = ["npx", "cdk", "deploy", "--context", f"stage={stage.name}", "--require-approval", "never", *stacks]
    if failed := subprocess.run(command, check=False).returncode:
        raise SystemExit(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
