import json

import pytest

from kalit.kit.resources import Machine
from tests.cloud import Cloud

from ..rows import unchanged
from ..world import Killed, at_once, killed_after, upset
from .importer import ALI, Importer


def executions(aws: Cloud) -> list[dict[str, str]]:
    """What the machine was told, of each execution."""
    states = aws.client("stepfunctions")
    found = states.list_executions(stateMachineArn=aws.ids[Machine.IMPORT])["executions"]
    return [json.loads(states.describe_execution(executionArn=one["executionArn"])["input"]) for one in found]


def test_an_import_whose_file_is_there_is_started(importer: Importer) -> None:
    id = importer.create()["id"]
    importer.upload(id, [ALI])
    answer = importer.start(id)
    assert (answer.status, answer.json["state"], answer.json["started_at"]) == (
        202,
        "checking",
        "2026-01-05T12:00:00.000Z",
    )
    [order] = executions(importer.aws)
    assert order["id"] == id


def test_without_its_file_it_is_not(importer: Importer) -> None:
    id = importer.create()["id"]
    with unchanged(importer.aws):
        answer = importer.start(id)
    assert (answer.status, executions(importer.aws)) == (409, [])
    assert "has not been uploaded yet" in answer.json["detail"]


def test_it_is_started_once(importer: Importer) -> None:
    id = importer.begun([ALI])
    with unchanged(importer.aws):
        answer = importer.start(id)
    assert (answer.status, len(executions(importer.aws))) == (409, 1)
    assert "was started before" in answer.json["detail"]


def test_of_those_who_start_it_at_once_one_does(importer: Importer) -> None:
    id = importer.create()["id"]
    importer.upload(id, [ALI])
    assert sorted(answer.status for answer in at_once([lambda: importer.start(id)] * 5)) == [202, 409, 409, 409, 409]
    assert len(executions(importer.aws)) == 1


@pytest.mark.parametrize("operation", ["StartExecution", "UpdateItem"])
def test_who_died_starting_it_can_be_asked_again(importer: Importer, operation: str) -> None:
    id = importer.create()["id"]
    importer.upload(id, [ALI])
    with upset(operation, killed_after), pytest.raises(Killed):
        importer.start(id)
    assert importer.start(id).status == (202 if operation == "StartExecution" else 409)
    assert len(executions(importer.aws)) == 1
    assert importer.show(id)["state"] == "checking"


def test_it_is_nobody_elses(importer: Importer, stranger: Importer) -> None:
    id = importer.create()["id"]
    importer.upload(id, [ALI])
    assert stranger.start(id).status == 404
    assert executions(importer.aws) == []


def test_there_is_none_of_that_name(importer: Importer) -> None:
    assert importer.start("019c1f3e-6a35-7cb5-9b66-0a54cf0d1a11").status == 404
