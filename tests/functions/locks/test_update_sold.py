import json
from typing import Any

import pytest

from kalit.kit.resources import Queue

from ..rows import unchanged
from ..world import Killed, killed_after, meanwhile, upset
from .yard import Yard


def audited(yard: Yard) -> list[dict[str, Any]]:
    return [json.loads(row["entry"]) for row in yard.rows("AUDIT#")]


def test_an_administrator_sets_the_status_of_anybodys_lock(yard: Yard) -> None:
    answer = yard.ask("update_sold", {"status": "MAINTENANCE"}, by="boss")
    assert (answer.status, answer.json["status"], answer.json["owner"]) == (
        200,
        "MAINTENANCE",
        yard.people["owner"],
    )
    assert yard.data("show")["status"] == "MAINTENANCE"


def test_it_goes_to_the_audit_log(yard: Yard) -> None:
    yard.ask("update_sold", {"status": "INACTIVE"}, by="boss")
    [entry] = audited(yard)
    assert (entry["action"], entry["resource_type"], entry["resource_id"]) == ("device.update", "device", yard.id)
    assert entry["details"] == {"before": {"status": "ACTIVE"}, "after": {"status": "INACTIVE"}}
    assert (entry["user"], entry["ip_address"]) == (yard.people["boss"], "198.51.100.7")
    yard.follow("audit")
    assert [told["id"] for told in yard.aws.messages(Queue.AUDIT)] == [entry["id"]]


@pytest.mark.parametrize("by", ["manager", "owner", "stranger"])
def test_nobody_else_does(yard: Yard, by: str) -> None:
    with unchanged(yard.aws):
        assert yard.ask("update_sold", {"status": "INACTIVE"}, by=by).status == 403


@pytest.mark.parametrize(
    ("told", "fields"),
    [
        ({}, {"status": ["This field is required."]}),
        ({"status": "SOLD"}, {"status": ['"SOLD" is not a valid choice.']}),
        ({"status": None}, {"status": ["This field may not be null."]}),
    ],
    ids=str,
)
def test_what_will_not_do_is_refused_by_its_field(yard: Yard, told: Any, fields: Any) -> None:
    with unchanged(yard.aws):
        answer = yard.ask("update_sold", told, by="boss")
    assert (answer.status, answer.json) == (400, fields)


def test_nothing_else_of_it_can_be_set(yard: Yard) -> None:
    before = yard.data("show")
    told = {"status": "ACTIVE", "is_locked": False, "name": "Mine", "owner": yard.people["boss"]}
    yard.ask("update_sold", told, by="boss")
    assert yard.data("show") == before


def test_a_lock_that_never_was_is_not_found(yard: Yard) -> None:
    never = "3f0f4f9e-6a35-4cb5-9b66-0a54cf0d1a11"
    assert yard.ask("update_sold", {"status": "ACTIVE"}, by="boss", id=never).status == 404


def test_a_lock_that_is_deleted_meanwhile_is_not_brought_back(yard: Yard) -> None:
    with upset("TransactWriteItems", meanwhile(lambda: yard.ask("delete"))):
        assert yard.ask("update_sold", {"status": "INACTIVE"}, by="boss").status == 404
    assert audited(yard) == []


def test_what_is_done_is_audited_whoever_dies(yard: Yard) -> None:
    with upset("TransactWriteItems", killed_after), pytest.raises(Killed):
        yard.ask("update_sold", {"status": "INACTIVE"}, by="boss")
    assert (yard.data("show")["status"], len(audited(yard))) == ("INACTIVE", 1)


def test_who_asks_again_after_a_lost_answer_is_audited_once(yard: Yard) -> None:
    answers = [yard.ask("update_sold", {"status": "INACTIVE"}, by="boss") for _ in range(2)]
    assert [answer.status for answer in answers] == [200, 200]
    assert answers[0].json == answers[1].json
    assert len(audited(yard)) == 1
