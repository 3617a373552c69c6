import pytest

from .office import Office


def test_a_job_is_shown(office: Office) -> None:
    id = office.ask("ask_task_1", {"num": 5}).json["task_id"]
    told = office.job(id)
    assert told.pop("arguments")["num"] == 5
    assert told == {
        "id": id,
        "name": "task_1",
        "queue": "default",
        "state": "pending",
        "created_at": "2026-01-05T12:00:00.000Z",
        "ended_at": None,
        "tries": 0,
        "attempts": [],
        "result": None,
        "asked_by": 1,
        "request_id": "sample-request",
        "retryable": False,
    }


@pytest.mark.parametrize("id", ["3f0f4f9e-6a35-4cb5-9b66-0a54cf0d1a11", "x", "1"])
def test_one_that_is_not_there_is_not_found(office: Office, id: str) -> None:
    assert office.ask("show", id=id).status == 404


def test_one_is_shown_as_long_as_it_is_listed_and_no_longer(office: Office) -> None:
    id = office.ask("ask_task_1", {"num": 5}).json["task_id"]
    office.clock.move(days=29)
    office.token = office.aws.log_in("ali")
    assert office.ask("show", id=id).status == 200
    office.clock.move(days=1)
    office.token = office.aws.log_in("ali")
    assert office.ask("show", id=id).status == 404
