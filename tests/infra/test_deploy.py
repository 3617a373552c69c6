"""`make deploy` without deploying: its checks, the order of its steps, and what it prints."""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws

from infra import preflight, static
from infra.deploy import deploy, farewell, main
from infra.installation import Admin, PaymentKeys, payments_open, share_payment_keys
from infra.preflight import NotReady
from infra.stages import STAGES

DEV, PROD = STAGES["dev"], STAGES["prod"]
REGION = "eu-central-1"
ACL = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/prod-kalit/1"


@pytest.fixture
def client() -> Iterator[Any]:
    with mock_aws():
        yield boto3.Session(region_name=REGION).client


def refusing(service: str, call: str, code: str) -> Any:
    """A client of which AWS refuses a call."""
    made = boto3.Session(region_name=REGION).client(service)
    stubber = Stubber(made)
    stubber.add_client_error(call, code)
    stubber.activate()
    return lambda _: made


@pytest.mark.parametrize("name", ["", "local", "staging"])
def test_only_stages_of_aws_are_deployed(name: str) -> None:
    with pytest.raises(NotReady, match="dev, prod"):
        preflight.stage(name, {})
    assert main([name]) == 1


def test_a_region_must_be_chosen() -> None:
    assert preflight.region(REGION) == REGION
    with pytest.raises(NotReady, match="export AWS_REGION"):
        preflight.region(None)


def test_whoever_deploys_is_known() -> None:
    with pytest.raises(NotReady, match="aws sso login"):
        preflight.account(refusing("sts", "get_caller_identity", "ExpiredToken"), DEV)


def test_a_stage_goes_to_its_own_account_only(client: Any) -> None:
    here = preflight.account(client, DEV)
    assert preflight.account(client, replace(DEV, account=here)) == here
    with pytest.raises(NotReady, match="belongs to 999999999999") as refused:
        preflight.account(client, preflight.stage("dev", {"KALIT_ACCOUNT": "999999999999"}))
    assert "AWS_PROFILE" in str(refused.value)


def test_a_region_is_bootstrapped_first(client: Any) -> None:
    with pytest.raises(NotReady, match=f"AWS_REGION={REGION} make bootstrap STAGE=dev"):
        preflight.bootstrapped(client, REGION, DEV)
    ssm = client("ssm")
    ssm.put_parameter(Name=preflight.BOOTSTRAP, Value="5", Type="String")
    with pytest.raises(NotReady, match=r"older CDK \(version 5\)"):
        preflight.bootstrapped(client, REGION, DEV)
    ssm.put_parameter(Name=preflight.BOOTSTRAP, Value="21", Type="String", Overwrite=True)
    preflight.bootstrapped(client, REGION, DEV)


def test_a_right_that_is_missing_is_not_taken_for_a_bootstrap_that_is() -> None:
    with pytest.raises(NotReady, match="AccessDenied"):
        preflight.bootstrapped(refusing("ssm", "get_parameter", "AccessDeniedException"), REGION, DEV)


def test_the_web_acls_region_is_bootstrapped_too() -> None:
    assert preflight.regions(REGION, DEV) == [REGION]
    assert preflight.regions(REGION, PROD) == [REGION, "us-east-1"]
    assert preflight.regions("us-east-1", PROD) == ["us-east-1"]


def layer(folder: Path, machine: int) -> Path:
    """A layer with one compiled file for a machine."""
    path = folder / "layer-vendor.zip"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("python/module.py", "")
        package.writestr("python/module.so", b"\x7fELF".ljust(18, b"\0") + machine.to_bytes(2, "little"))
    return path


def test_the_layer_runs_on_the_stages_processors(tmp_path: Path) -> None:
    with pytest.raises(NotReady, match="Delete build"):
        preflight.packaged(tmp_path / "layer-vendor.zip", "arm64")
    preflight.packaged(layer(tmp_path, 0xB7), "arm64")
    preflight.packaged(layer(tmp_path, 0x3E), "x86_64")
    with pytest.raises(NotReady, match="does not run on arm64"):
        preflight.packaged(layer(tmp_path, 0x3E), "arm64")


def test_the_cdk_command_line_is_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(preflight, "CDK", tmp_path / "cdk")
    with pytest.raises(NotReady, match="make node_modules"):
        preflight.tools()
    (tmp_path / "cdk").touch()
    preflight.tools()
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NotReady, match=r"Node\.js is not installed"):
        preflight.tools()


class Aws:
    """An account that notes what is asked of it, in order with the stacks."""

    def __init__(self, told: list[str]) -> None:
        self.told = told

    def __call__(self, service: str) -> "Aws":
        return self

    def get_secret_value(self, **asked: str) -> dict[str, str]:
        return {"SecretString": "secret"}

    def put_secret_value(self, **asked: str) -> None:
        self.told.append(f"{asked['SecretId']} {asked['SecretString']}")

    def put_parameter(self, **asked: Any) -> None:
        self.told.append(f"{asked['Name']} {asked['Value'][:12]}")

    def describe_stacks(self, **asked: str) -> Any:
        told = {"Arn": ACL, static.BUCKET: "files"}
        return {"Stacks": [{"Outputs": [{"OutputKey": key, "OutputValue": told[key]} for key in told]}]}

    def describe_endpoint(self, **asked: str) -> dict[str, str]:
        return {"endpointAddress": "a1b2-ats.iot.us-east-1.amazonaws.com"}

    def list_objects_v2(self, **asked: str) -> dict[str, Any]:
        return {}

    def put_object(self, **asked: Any) -> None:
        if asked["Key"].endswith("/swagger.js"):
            self.told.append(f"{asked['Bucket']} swagger.js")

    def invoke(self, **asked: Any) -> Any:
        self.told.append(asked["FunctionName"])
        return {"Payload": io.BytesIO(json.dumps({"created": True, "role": "admin"}).encode())}


def test_what_stacks_need_of_each_other_is_there_in_time() -> None:
    told: list[str] = []
    keys = PaymentKeys("rk_live_1", "whsec_1")
    deploy(PROD, Aws(told), Aws(told), Admin(password="password123"), keys, lambda stage, *stacks: told.extend(stacks))
    assert told == [
        "prod-state",
        "/kalit/prod/edge-secret-sha256 2bb80d537b1d",
        '/kalit/prod/mqtt {"endpoint":',
        'prod-payments {"api_key": "rk_live_1", "webhook_secret": "whsec_1", "api_base": ""}',
        "files swagger.js",
        "prod-shield",
        "/kalit/prod/web-acl arn:aws:wafv",
        "prod-accounts-doors",
        "prod-accounts-bootstrap",
        "--all",
    ]


def test_a_stage_without_a_web_acl_has_no_step_for_it() -> None:
    told: list[str] = []
    deploy(DEV, Aws(told), Aws(told), Admin(password="password123"), None, lambda stage, *stacks: told.extend(stacks))
    assert not [step for step in told if "shield" in step or "web-acl" in step]


def test_nothing_follows_a_stack_that_failed() -> None:
    def failing(stage: object, *stacks: str) -> None:
        raise SystemExit(1)

    told: list[str] = []
    with pytest.raises(SystemExit):
        deploy(DEV, Aws(told), Aws(told), Admin(), None, failing)
    assert told == []


def test_it_ends_with_where_everything_is() -> None:
    outputs = {"Url": "https://d1.cloudfront.net", "DnsTarget": "d1.cloudfront.net"}
    text = "\n".join(farewell(DEV, REGION, outputs, paying=False))
    assert "https://d1.cloudfront.net/api/docs/" in text
    assert "region=eu-central-1#dashboards/dashboard/dev-kalit" in text
    assert "KALIT_ALARM_EMAIL" in text
    assert "STRIPE_API_KEY" in text
    own = replace(PROD, domain="api.example.com", certificate="arn", alarm_email="ops@example.com")
    text = "\n".join(farewell(own, REGION, {**outputs, "Url": "https://api.example.com"}, paying=True))
    assert "api.example.com must be a CNAME (or alias) of d1.cloudfront.net" in text
    assert "go to ops@example.com" in text
    assert "payments" not in text


def test_production_that_would_reach_nobody_is_not_deployed() -> None:
    with pytest.raises(NotReady, match=r"KALIT_EMAIL_FROM and sms_origin in .*KALIT_SMS_ORIGIN"):
        preflight.senders(PROD)
    with pytest.raises(NotReady, match="Set sms_origin"):
        preflight.senders(replace(PROD, email_from="kalit@example.com"))
    preflight.senders(replace(PROD, email_from="kalit@example.com", sms_origin="arn:aws:sms-voice:…"))
    preflight.senders(DEV)


def test_a_stage_takes_the_money_that_it_is_for() -> None:
    both = {"STRIPE_API_KEY": "rk_test_1", "STRIPE_WEBHOOK_SECRET": "whsec_1"}
    assert preflight.payments(DEV, {}) is None
    assert preflight.payments(DEV, both) == PaymentKeys("rk_test_1", "whsec_1")
    with pytest.raises(NotReady, match="takes real money"):
        preflight.payments(PROD, both)
    with pytest.raises(NotReady, match="takes test money"):
        preflight.payments(DEV, {**both, "STRIPE_API_KEY": "sk_live_1"})
    with pytest.raises(NotReady, match="belong together"):
        preflight.payments(DEV, {"STRIPE_API_KEY": "rk_test_1"})


def test_payments_are_open_once_somebody_has_given_the_keys(client: Any) -> None:
    client("secretsmanager").create_secret(Name=DEV.payment_keys, SecretString=json.dumps({"api_key": ""}))
    assert not payments_open(client, DEV)
    share_payment_keys(client, DEV, PaymentKeys("rk_test_1", "whsec_1"))
    assert payments_open(client, DEV)


def test_the_secret_of_peoples_answers_is_long_and_its_digest_alone_is_deployed() -> None:
    secret = "a secret of twenty-nine letters"
    preflight.inbound({})
    preflight.inbound({"KALIT_INBOUND_SECRET": secret})
    with pytest.raises(NotReady, match=r"secrets.token_urlsafe"):
        preflight.inbound({"KALIT_INBOUND_SECRET": "too short"})
    stage = preflight.stage("dev", {"KALIT_INBOUND_SECRET": secret})
    assert stage.inbound_digest == hashlib.sha256(secret.encode()).hexdigest()
    assert preflight.stage("dev", {}).inbound_digest == ""


def test_who_deploys_hears_that_nobody_is_heard() -> None:
    outputs = {"Url": "https://d1.cloudfront.net"}
    real = replace(DEV, sms_origin="arn:aws:sms-voice:…")
    assert "KALIT_INBOUND_SECRET" in "\n".join(farewell(real, REGION, outputs, paying=True))
    for silent in (DEV, replace(real, inbound_digest="…")):
        assert "KALIT_INBOUND_SECRET" not in "\n".join(farewell(silent, REGION, outputs, paying=True))
