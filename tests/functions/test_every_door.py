"""What holds for every door alike: the edge's secret, the headers of every answer, sizes, and the sample events."""

import json
from typing import Any

import pytest

from infra.catalog import ROOT
from infra.events import sample
from kalit.kit.api import Endpoint
from tests.cloud import DOORS, Answer, Cloud

from .rows import change_ali, refusal, unchanged
from .world import Clock

ENDPOINTS = [door.name for door in DOORS.values() if isinstance(door, Endpoint)]
OTHERS = [door.name for door in DOORS.values() if not isinstance(door, Endpoint)]

at_every_endpoint = pytest.mark.parametrize("name", ENDPOINTS)


def knock(aws: Cloud, name: str, **told: Any) -> Answer:
    """A door, by the path of its sample."""
    door = DOORS[name]
    assert isinstance(door, Endpoint)
    return aws.http(name, **told, **sample(door).get("pathParameters", {}))


@at_every_endpoint
@pytest.mark.parametrize("secret", ["", "a guess"])
def test_who_does_not_come_through_the_edge_is_turned_away(aws: Cloud, name: str, secret: str) -> None:
    with unchanged(aws):
        answer = knock(aws, name, headers={"x-kalit-edge": secret})
    told = {"detail": "Requests must come through the public address of this service."}
    assert (answer.status, answer.json) == (403, refusal(name, 403, told))


def test_the_edge_alone_is_not_enough_for_a_token(aws: Cloud, token: str) -> None:
    assert knock(aws, "tasks.list", token=token, headers={"x-kalit-edge": ""}).status == 403


@at_every_endpoint
def test_every_answer_has_its_security_headers_and_its_id(aws: Cloud, name: str) -> None:
    answer = knock(aws, name, headers={"x-request-id": "mine-7"})
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")
    assert answer.headers["X-Request-Id"] == "mine-7"


@at_every_endpoint
def test_a_body_past_the_limit_is_refused(aws: Cloud, token: str, name: str) -> None:
    change_ali(aws, role="admin")
    with unchanged(aws):
        answer = knock(aws, name, raw=b" " * 1_000_001, token=token, headers={"content-type": "application/json"})
    told = {"detail": "The body is 1000001 bytes; at most 1000000 are accepted."}
    assert (answer.status, answer.json) == (413, refusal(name, 413, told))


@pytest.mark.parametrize("name", OTHERS)
def test_a_door_understands_its_sample_event(aws: Cloud, clock: Clock, name: str) -> None:
    folder, _, verb = name.partition(".")
    event = json.loads((ROOT / "events" / folder / f"{verb}.json").read_text())
    aws.call(name, event)
