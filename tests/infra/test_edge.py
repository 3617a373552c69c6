"""CloudFront's function, run as CloudFront runs it; and the distribution with a domain of its own and a web ACL."""

import json
import subprocess
from dataclasses import replace
from typing import Any

import pytest

from infra.edge import STRIP
from infra.stages import STAGES
from tests.infra.conftest import CERTIFICATE, DOMAIN, Templates


def passed(uri: str, **headers: str) -> Any:
    """The request that leaves the function."""
    told = {name: {"value": value} for name, value in headers.items()}
    event = {"request": {"uri": uri, "headers": told}, "viewer": {"ip": "198.51.100.7"}}
    script = f"{STRIP}\nconsole.log(JSON.stringify(handler({json.dumps(event)})))"
    return json.loads(subprocess.run(["node", "-e", script], capture_output=True, text=True, check=True).stdout)


@pytest.mark.parametrize(
    ("asked", "served"),
    [
        ("/", "/"),
        ("/api/tasks/", "/api/tasks"),
        ("/api/tasks", "/api/tasks"),
        ("/api/tasks//", "/api/tasks"),
        ("//", "/"),
    ],
)
def test_the_final_slash_is_stripped(asked: str, served: str) -> None:
    assert passed(asked)["uri"] == served


def test_the_api_learns_who_asked_and_where() -> None:
    sent = {"host": "api.example.com", "x-kalit-address": "forged", "x-kalit-host": "forged"}
    headers = {name: told["value"] for name, told in passed("/api/tasks/", **sent)["headers"].items()}
    assert headers["x-kalit-address"] == "198.51.100.7"
    assert headers["x-kalit-host"] == "api.example.com"
    assert headers["x-kalit-path"] == "/api/tasks/"
    assert headers["x-kalit-scheme"] == "https"


def test_a_stage_may_have_a_domain_of_its_own(furnished: Templates) -> None:
    """The rule about TLS 1.2 needs no excuse here."""
    (distribution,) = furnished.all("AWS::CloudFront::Distribution")
    told = distribution.properties["DistributionConfig"]
    assert told["Aliases"] == [DOMAIN]
    assert told["ViewerCertificate"] == {
        "AcmCertificateArn": CERTIFICATE,
        "MinimumProtocolVersion": "TLSv1.2_2021",
        "SslSupportMethod": "sni-only",
    }
    outputs = json.loads((furnished.folder / "prod-edge.template.json").read_text())["Outputs"]
    assert outputs["Url"]["Value"] == f"https://{DOMAIN}"
    assert "Fn::GetAtt" in outputs["DnsTarget"]["Value"]


def test_a_domain_comes_with_its_certificate() -> None:
    with pytest.raises(ValueError, match="certificate"):
        replace(STAGES["prod"], domain="api.example.com")


def test_production_tells_an_address_that_asks_too_often_to_wait(prod: Templates, dev: Templates) -> None:
    assert not list(dev.all("AWS::WAFv2::WebACL"))
    (acl,) = prod.all("AWS::WAFv2::WebACL")
    assert acl.properties["Scope"] == "CLOUDFRONT"
    (rule,) = acl.properties["Rules"]
    assert rule["Statement"]["RateBasedStatement"] == {
        "AggregateKeyType": "IP",
        "EvaluationWindowSec": 60,
        "Limit": 600,
    }
    answer = rule["Action"]["Block"]["CustomResponse"]
    assert answer["ResponseCode"] == 429
    assert answer["ResponseHeaders"] == [{"Name": "retry-after", "Value": "60"}]
    body = acl.properties["CustomResponseBodies"][answer["CustomResponseBodyKey"]]
    assert body["ContentType"] == "APPLICATION_JSON"
    assert json.loads(body["Content"])["detail"]


def test_the_edge_finds_the_web_acl_of_the_other_region(prod: Templates) -> None:
    manifest = json.loads((prod.folder / "manifest.json").read_text())["artifacts"]
    assert manifest["prod-shield"]["environment"].endswith("/us-east-1")
    (distribution,) = prod.all("AWS::CloudFront::Distribution")
    parameter = distribution.properties["DistributionConfig"]["WebACLId"]["Ref"]
    template = json.loads((prod.folder / "prod-edge.template.json").read_text())
    assert template["Parameters"][parameter]["Default"] == STAGES["prod"].web_acl_parameter
