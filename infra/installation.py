"""What a deployment does beside CloudFormation, on AWS and on a laptop alike."""

import hashlib
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import botocore

from . import static
from .stages import Stage

Client = Callable[[str], Any]


class DoorFailed(Exception):
    """A door that was called by name failed; the message has its error."""


@dataclass(frozen=True)
class Admin:
    """The first administrator; without a password one is made and shown."""

    username: str = "admin"
    email: str = ""
    password: str = ""

    @classmethod
    def from_environment(cls, env: Mapping[str, str]) -> "Admin":
        return cls(
            username=env.get("KALIT_ADMIN_USERNAME") or "admin",
            email=env.get("KALIT_ADMIN_EMAIL", ""),
            password=env.get("KALIT_ADMIN_PASSWORD", ""),
        )


def share_edge_secret(client: Client, stage: Stage) -> str:
    """Tell the doors the SHA-256 of the edge's secret, before they are made. Returns the secret."""
    secret: str = client("secretsmanager").get_secret_value(SecretId=stage.edge_secret)["SecretString"]
    digest = hashlib.sha256(secret.encode()).hexdigest()
    client("ssm").put_parameter(Name=stage.edge_digest, Value=digest, Type="String", Overwrite=True)
    return secret


@dataclass(frozen=True)
class Mqtt:
    """Where locks connect to, and the certificate (PEM) of who vouches for it."""

    endpoint: str
    port: int
    ca_pem: str

    @classmethod
    def of_aws(cls, client: Client) -> "Mqtt":
        """This account's IoT Core, whose certificates Amazon's own authority signs."""
        endpoint = client("iot").describe_endpoint(endpointType="iot:Data-ATS")["endpointAddress"]
        return cls(endpoint, 8883, amazon_roots())


def amazon_roots() -> str:
    """The certificates that IoT Core's own are signed by, RSA and elliptic curve, as botocore trusts them."""
    bundle = (Path(botocore.__file__).parent / "cacert.pem").read_text()
    return "".join(_certificate(bundle, f"Amazon Root CA {number}") for number in (1, 3))


def _certificate(bundle: str, label: str) -> str:
    _, _, told = bundle.partition(f'# Label: "{label}"')
    begin, end = told.index("-----BEGIN"), told.index("END CERTIFICATE-----") + len("END CERTIFICATE-----")
    return told[begin:end] + "\n"


def share_mqtt(client: Client, stage: Stage, mqtt: Mqtt) -> None:
    """Tell the doors that register locks where those connect to, before they are made."""
    client("ssm").put_parameter(Name=stage.mqtt, Value=json.dumps(asdict(mqtt)), Type="String", Overwrite=True)


@dataclass(frozen=True)
class PaymentKeys:
    """What the payment provider knows us by, and signs with. `api_base` is where it is, when it is a sandbox."""

    api_key: str = ""
    webhook_secret: str = ""
    api_base: str = ""

    @classmethod
    def from_environment(cls, env: Mapping[str, str]) -> "PaymentKeys":
        return cls(env.get("STRIPE_API_KEY", ""), env.get("STRIPE_WEBHOOK_SECRET", ""), env.get("STRIPE_API_BASE", ""))


def share_payment_keys(client: Client, stage: Stage, keys: PaymentKeys) -> None:
    """Give the keys to the doors that may read them; they hold within five minutes."""
    client("secretsmanager").put_secret_value(SecretId=stage.payment_keys, SecretString=json.dumps(asdict(keys)))


def payments_open(client: Client, stage: Stage) -> bool:
    """Whether somebody has given the stage its keys."""
    told = client("secretsmanager").get_secret_value(SecretId=stage.payment_keys)["SecretString"]
    return bool(json.loads(told)["api_key"])


def share_web_acl(client: Client, stage: Stage, arn: str) -> None:
    """Tell the edge its web ACL, which lives in another region."""
    client("ssm").put_parameter(Name=stage.web_acl_parameter, Value=arn, Type="String", Overwrite=True)


def upload_static_files(client: Client, stage: Stage) -> str:
    """Bring the static files to what the doors will point to. Returns their bucket."""
    name = bucket(client, stage, static.BUCKET)
    static.upload(client("s3"), name)
    return name


def bucket(client: Client, stage: Stage, output: str) -> str:
    """The bucket that an output of the stage's state names."""
    [stack] = client("cloudformation").describe_stacks(StackName=f"{stage.name}-state")["Stacks"]
    named: str = next(told["OutputValue"] for told in stack["Outputs"] if told["OutputKey"] == output)
    return named


def first_administrator(client: Client, stage: Stage, admin: Admin, say: Callable[[str], None]) -> None:
    """Make the first administrator where there is none of that name; a password of our own making is shown once."""
    password = admin.password or secrets.token_urlsafe(12)
    event = {"username": admin.username, "email": admin.email, "password": password}
    told = call(client, stage, "accounts.bootstrap", event)
    if told["created"] and not admin.password:
        say(f"administrator {admin.username} made, password (shown this once): {password}")
    elif told["role"] != "admin":
        raise DoorFailed(
            f"The name {admin.username}, or its e-mail, belongs to somebody else. "
            "Choose others: KALIT_ADMIN_USERNAME=… KALIT_ADMIN_EMAIL=…"
        )


def call(client: Client, stage: Stage, door: str, event: Any) -> Any:
    """Invoke a door by name. Raises `DoorFailed`."""
    name = f"{stage.name}-{door.replace('.', '-')}"
    answer = client("lambda").invoke(FunctionName=name, Payload=json.dumps(event).encode())
    body = json.loads(answer["Payload"].read() or b"null")
    if "FunctionError" in answer:
        raise DoorFailed(f"{door} failed: {body}")
    return body
