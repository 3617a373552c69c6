import json

import pytest
import yaml

from infra.catalog import ROOT
from kalit.kit.api import Endpoint
from tests.cloud import DOORS, Cloud

YAML = ["application/yaml", "application/x-yaml", "text/yaml", "application/yaml;q=0.9, application/json;q=0.1"]


@pytest.mark.parametrize(
    "accept", ["application/json", "*/*", "", "text/html,*/*;q=0.8", "application/json, application/yaml"]
)
def test_the_document_is_json(aws: Cloud, accept: str) -> None:
    answer = aws.http("edge.openapi", headers={"accept": accept})
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json")
    assert answer.json["openapi"] == "3.1.0"


@pytest.mark.parametrize("accept", YAML)
def test_the_document_is_yaml_where_that_is_preferred(aws: Cloud, accept: str) -> None:
    answer = aws.http("edge.openapi", headers={"accept": accept})
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/yaml")
    assert yaml.load(answer.text, yaml.CSafeLoader) == aws.http("edge.openapi").json


def test_the_document_is_at_both_its_addresses(aws: Cloud) -> None:
    door = DOORS["edge.openapi"]
    assert isinstance(door, Endpoint)
    assert door.routes == (("GET", "/api/schema/"), ("GET", "/swagger.json"))
    told = aws.http("edge.openapi").json["paths"]
    assert {"/api/schema/", "/swagger.json"} <= set(told)


def test_the_document_is_the_file_that_travels_with_the_door(aws: Cloud) -> None:
    file = ROOT / "functions" / "edge" / "openapi.json"
    assert aws.http("edge.openapi").json == json.loads(file.read_text())
