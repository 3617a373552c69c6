import pytest

from kalit.jobs import history_store
from kalit.kit.resources import Queue, Table
from tests.cloud import Cloud

from .office import Office, by_hand


@pytest.fixture
def pages_of_three(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history_store, "PAGE_SIZE", 3)


def test_fifty_are_a_page() -> None:
    assert history_store.PAGE_SIZE == 50


def test_before_there_are_any_the_list_is_empty(office: Office) -> None:
    assert office.get("list") == {"count": 0, "next": None, "previous": None, "results": []}


def test_the_newest_come_first_from_whatever_queue(office: Office, pages_of_three: None) -> None:
    asked = []
    for door, body in [("ask_task_1", {"num": 1}), ("ask_sms", {}), ("ask_runner", {}), ("ask_task_1", {"num": 2})]:
        asked.append(office.ask(door, body).json["task_id"])
        office.clock.move(seconds=1)
    first, second = (office.get("list", page=page) for page in (1, 2))
    assert [job["id"] for job in first["results"] + second["results"]] == asked[::-1]
    assert (first["count"], first["previous"], first["next"]) == (4, None, "http://localhost:8000/api/jobs/?page=2")
    assert (second["previous"], second["next"]) == ("http://localhost:8000/api/jobs/", None)
    assert office.get("list", page="last") == second


def test_queues_and_states_are_told_apart_and_counted(office: Office) -> None:
    office.dead()
    office.ask("ask_task_1", {"num": 1})
    office.drain()
    office.ask("ask_task_1", {"num": 2})
    office.ask("ask_sms", {})
    office.bury(by_hand({"a": 1}), "sum-dead")
    for query, count in [
        ({}, 5),
        ({"queue": "default"}, 3),
        ({"queue": "sms_queue"}, 1),
        ({"queue": "email"}, 0),
        ({"state": "dead"}, 2),
        ({"state": "pending"}, 2),
        ({"queue": "default", "state": "dead"}, 1),
        ({"queue": "default", "state": "completed"}, 1),
        ({"queue": "sum", "state": "completed"}, 0),
        ({"queue": "", "state": ""}, 5),
    ]:
        told = office.get("list", **query)
        assert (told["count"], len(told["results"])) == (count, count), query
        for name, value in query.items():
            assert {job[name] for job in told["results"]} <= {value} or not value


@pytest.mark.parametrize("field", ["queue", "state"])
def test_a_filter_that_is_none_is_refused(office: Office, field: str) -> None:
    answer = office.aws.http("jobs.list", token=office.token, query={field: "zzz"})
    said = "Select a valid choice. zzz is not one of the available choices."
    assert (answer.status, answer.json) == (400, {field: [said]})


@pytest.mark.parametrize("page", ["2", "0", "-1", "x", "1.5"])
def test_a_page_that_is_not_there_is_not_found(office: Office, page: str) -> None:
    answer = office.aws.http("jobs.list", token=office.token, query={"page": page})
    assert (answer.status, answer.json) == (404, {"detail": "Invalid page."})


def test_jobs_older_than_thirty_days_are_gone(aws: Cloud, office: Office) -> None:
    old = by_hand({"job": "task_1", "num": 1}, "old")
    office.work(Queue.DEFAULT, old)
    office.clock.move(days=29)
    token = aws.log_in("ali")
    query = {"queue": "default"}
    assert aws.http("jobs.list", token=token, query=query).json["count"] == 1
    office.clock.move(days=2)
    token = aws.log_in("ali")
    told = aws.http("jobs.list", token=token, query=query).json
    assert (told["count"], told["results"]) == (0, [])


def test_no_phone_is_in_any_row_of_the_history(office: Office) -> None:
    office.ask("ask_sms", {"phone": "+998901234567"})
    office.settle()
    office.bury(by_hand({"phone": "+998901234567", "to": ["998901234567"]}), "sms-dead")
    told = [row for row in office.aws.rows(Table.OPS) if row["pk"].startswith(("JOB", "AUDIT"))]
    assert len(told) > 3
    assert not [row for row in told if "901234567" in str(row)]
