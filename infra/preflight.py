"""What must be so before anything is deployed; each failure names its cure."""

import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from kalit.providers.outcomes import SANDBOX

from . import shield
from .catalog import ROOT
from .installation import Client, PaymentKeys
from .local.assembly import SynthesisFailed, check_node
from .stages import STAGES, Stage, chosen

SHORTEST_SECRET = 20  # letters: who sees its digest among a function's settings must not find out what it is of
BOOTSTRAP = "/cdk-bootstrap/hnb659fds/version"
OLDEST_BOOTSTRAP = 6  # that our templates' own rule accepts
CDK = ROOT / "node_modules" / ".bin" / "cdk"
# What a compiled file's header says that it runs on (ELF, e_machine).
MACHINES = {"arm64": 0xB7, "x86_64": 0x3E}


class NotReady(Exception):
    """Something is missing; the message says what, and what to do about it."""


def stage(name: str, env: Mapping[str, str]) -> Stage:
    """The stage of that name, with what the environment sets otherwise."""
    if name not in STAGES or STAGES[name].sandbox:
        there = ", ".join(row.name for row in STAGES.values() if not row.sandbox)
        raise NotReady(f"There is no stage {name!r} to deploy. There are: {there}. Choose one: make deploy STAGE=dev")
    return chosen(name, env)


def tools() -> None:
    """Node.js and the CDK command line."""
    try:
        check_node()
    except SynthesisFailed as error:
        raise NotReady(str(error)) from None
    if not CDK.exists() or not shutil.which("npx"):
        raise NotReady("The CDK command line is not installed. Install it: make node_modules")


def region(name: str | None) -> str:
    if not name:
        raise NotReady("No region is set. Choose one: export AWS_REGION=eu-central-1")
    return name


def account(client: Client, stage: Stage) -> str:
    """Whose account the credentials are for; the stage may name the only one that is right."""
    try:
        here = str(client("sts").get_caller_identity()["Account"])
    except (BotoCoreError, ClientError) as error:
        raise NotReady(
            f"AWS does not know who you are ({error}). Sign in first: aws sso login, or export AWS_PROFILE."
        ) from None
    if stage.account and here != stage.account:
        raise NotReady(
            f"These credentials are for account {here}, but stage {stage.name} belongs to {stage.account}. "
            "Choose that account's profile: export AWS_PROFILE=…"
        )
    return here


def inbound(env: Mapping[str, str]) -> None:
    """Raises `NotReady` for a secret of people's answers that could be guessed."""
    if 0 < len(env.get("KALIT_INBOUND_SECRET", "")) < SHORTEST_SECRET:
        raise NotReady(
            "KALIT_INBOUND_SECRET is too short. Make one: python3 -c 'import secrets; print(secrets.token_urlsafe())'"
        )


def senders(stage: Stage) -> None:
    """What is for customers reaches them."""
    missing = [
        f"{row} in infra/stages.py, or {variable}"
        for row, variable, sender in (
            ("email_from", "KALIT_EMAIL_FROM", stage.email_from),
            ("sms_origin", "KALIT_SMS_ORIGIN", stage.sms_origin),
        )
        if stage.production and sender == SANDBOX
    ]
    if missing:
        raise NotReady(f"Stage {stage.name} would send nothing to anybody. Set {' and '.join(missing)}.")


def payments(stage: Stage, env: Mapping[str, str]) -> PaymentKeys | None:
    """The payment provider's keys, where they are set; else the stage keeps those that it has."""
    keys = PaymentKeys(env.get("STRIPE_API_KEY", ""), env.get("STRIPE_WEBHOOK_SECRET", ""))
    if not keys.api_key and not keys.webhook_secret:
        return None
    if not keys.api_key or not keys.webhook_secret:
        raise NotReady("STRIPE_API_KEY and STRIPE_WEBHOOK_SECRET belong together: set both of them, or none.")
    if stage.production != ("_live_" in keys.api_key):
        kind = "real" if stage.production else "test"
        raise NotReady(f"Stage {stage.name} takes {kind} money, and STRIPE_API_KEY does not.")
    return keys


def bootstrapped(client: Client, region: str, stage: Stage) -> None:
    """The region has CDK's own stack, new enough."""
    cure = f"Do it once: AWS_REGION={region} make bootstrap STAGE={stage.name}"
    try:
        version = int(client("ssm").get_parameter(Name=BOOTSTRAP)["Parameter"]["Value"])
    except ClientError as error:
        if error.response["Error"]["Code"] != "ParameterNotFound":
            raise NotReady(f"Whether {region} is prepared for deployments cannot be read: {error}") from None
        raise NotReady(f"This account's {region} is not prepared for deployments. {cure}") from None
    if version < OLDEST_BOOTSTRAP:
        raise NotReady(f"This account's {region} was prepared by an older CDK (version {version}). {cure}")


def regions(region: str, stage: Stage) -> list[str]:
    """The regions that the stage has stacks in."""
    return list(dict.fromkeys([region, shield.REGION] if stage.web_acl else [region]))


def packaged(layer: Path, architecture: str) -> None:
    """The layer is there, and what is compiled in it runs on the stage's processors."""
    if not layer.exists():
        raise NotReady(f"The vendor layer {layer.name} is not built. Delete build/ and deploy again.")
    with zipfile.ZipFile(layer) as package:
        for name in package.namelist():
            if name.endswith(".so") and _machine(package, name) != MACHINES[architecture]:
                raise NotReady(
                    f"{name} in {layer.name} does not run on {architecture}. Delete build/ and deploy again."
                )


def _machine(package: zipfile.ZipFile, name: str) -> int:
    with package.open(name) as file:
        return int.from_bytes(file.read(20)[18:20], "little")
