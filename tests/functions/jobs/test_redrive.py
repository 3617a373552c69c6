import pytest

from kalit.jobs import dead_store
from kalit.kit.resources import Queue, Table
from tests.cloud import Cloud

from ..rows import unchanged
from ..world import Killed, killed_after, upset
from .office import Office, by_hand


def states(office: Office, *ids: str) -> list[str]:
    return [office.job(id)["state"] for id in ids]


def test_all_dead_jobs_of_a_queue_are_sent_again(office: Office) -> None:
    dead = [office.dead(num) for num in range(3)]
    office.bury(by_hand({"a": 1}), "sum-dead")
    office.clock.move(seconds=1)
    answer = office.ask("redrive", {"queue": "default"})
    assert answer.status == 202
    office.settle()
    assert states(office, *dead, answer.json["task_id"]) == ["completed"] * 4
    assert office.jobs(queue="sum")[0]["state"] == "dead"


def test_all_dead_jobs_of_all_queues_are_sent_again(office: Office) -> None:
    dead = office.dead()
    order = {"id": "019b8e0c-2c00-7c11-8a51-0d4f1f3a9c11"}
    office.bury(by_hand(order), "sms_queue-dead")
    office.clock.move(seconds=1)
    office.ask("redrive", {})
    office.settle()
    assert states(office, dead) == ["completed"]
    assert office.jobs(queue="sms_queue")[0]["state"] == "completed"
    assert office.get("list", state="dead")["count"] == 0


def test_those_that_die_again_stay_dead(office: Office) -> None:
    office.bury(by_hand("not JSON"), "default-dead")
    office.clock.move(seconds=1)
    office.ask("redrive", {})
    office.settle()
    [dead] = office.jobs(state="dead")
    assert dead["tries"] == 5
    office.settle()
    assert office.job(dead["id"])["tries"] == 5


def test_those_that_died_after_it_was_asked_for_are_left_alone(office: Office) -> None:
    office.ask("redrive", {})
    office.clock.move(seconds=1)
    [redrive] = office.waiting(Queue.DEFAULT)
    late = office.dead()
    office.work(Queue.DEFAULT, redrive)
    assert states(office, late) == ["dead"]


def test_more_than_are_sent_at_once_are_continued_by_a_message(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dead_store, "AT_ONCE", 2)
    dead = [office.dead(num) for num in range(5)]
    office.ask("redrive", {"queue": "default"})
    office.settle()
    assert states(office, *dead) == ["completed"] * 5


def test_those_behind_more_that_died_later_are_sent_too(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dead_store, "AT_ONCE", 2)
    early = office.dead()
    office.ask("redrive", {"queue": "default"})
    office.clock.move(seconds=1)
    [redrive] = office.waiting(Queue.DEFAULT)
    late = [office.dead() for _ in range(3)]
    office.work(Queue.DEFAULT, redrive)
    office.settle()
    assert states(office, early, *late) == ["completed", "dead", "dead", "dead"]


def test_a_redrive_that_died_is_taken_up_again(office: Office) -> None:
    dead = [office.dead(num) for num in range(3)]
    office.ask("redrive", {})
    [redrive] = office.waiting(Queue.DEFAULT)
    with upset("TransactWriteItems", killed_after, after=2), pytest.raises(Killed):
        office.work(Queue.DEFAULT, redrive)
    office.work(Queue.DEFAULT, redrive)
    office.settle()
    assert states(office, *dead) == ["completed"] * 3
    assert [office.job(id)["tries"] for id in dead] == [1] * 3


def test_what_has_no_message_stays_dead(office: Office) -> None:
    office.bury(by_hand({"requestPayload": {"id": "tick"}}), "undelivered")
    office.clock.move(seconds=1)
    office.ask("redrive", {})
    office.settle()
    assert office.get("list", state="dead")["count"] == 1


def test_a_queue_that_is_none_is_refused(aws: Cloud, office: Office) -> None:
    with unchanged(aws):
        answer = office.ask("redrive", {"queue": "zzz"})
    assert (answer.status, answer.json) == (400, {"queue": ['"zzz" is not a valid choice.']})


def test_who_asked_for_it_stands_in_the_audit_log(office: Office) -> None:
    id = office.ask("redrive", {"queue": "sum"}).json["task_id"]
    [entry] = office.audited(Table.JOBS)
    assert (entry["action"], entry["resource_id"], entry["details"]["after"]) == ("job.redrive", "sum", {"job": id})
