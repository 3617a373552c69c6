"""The record of every try, good or bad; and the lock's own log, which tells of each opening once."""

from typing import Any
from unittest import mock

import pytest
from botocore.client import BaseClient

from kalit.kit import clock

from ..locks.yard import NOT_FOUND, NOT_YOURS, Yard, hmac_of, invalid
from .keypad import HOME, NOBODYS, Keypad


def listed(yard: Yard, *, by: str = "owner", **query: Any) -> Any:
    return yard.ask("access.logs", by=by, query=query)


def times(answer: Any) -> list[str]:
    """When what is listed happened: hours and minutes."""
    assert answer.status == 200, answer.text
    return [row["created_at"][11:16] for row in answer.json["results"]]


def test_every_try_is_on_record_the_newest_first(yard: Yard, keypad: Keypad) -> None:
    id = keypad.pin("482913", user=yard.people["member"], max_usage=1)
    keypad.show("pin", "482913")
    keypad.again("pin", "482913")
    keypad.again("pin", "999999")
    keypad.again("pin", "482913", signature="0" * 64)
    answer = listed(yard)
    assert answer.status == 200
    told = answer.json["results"]
    assert {name: value for name, value in answer.json.items() if name != "results"} == {
        "count": 4,
        "next": None,
        "previous": None,
        "page_size": 20,
        "total_pages": 1,
        "current_page": 1,
    }
    assert [(row["success"], row["reason"]) for row in told] == [
        (False, "bad signature"),
        (False, "unknown"),
        (False, "max usage reached"),
        (True, ""),
    ]
    assert told[3] == {
        "id": told[3]["id"],
        "device": yard.id,
        "device_name": "Front door",
        "method": "pin",
        "event_type": "UNLOCK_PIN",
        "attempted": "****",
        "success": True,
        "reason": "",
        "code": id,
        "name": "Cleaner",
        "user": yard.people["member"],
        "ip_address": HOME,
        "created_at": "2026-01-05T12:00:00.000Z",
    }
    assert (told[1]["code"], told[1]["name"], told[1]["user"]) == (None, "", None)


@pytest.fixture
def spread(yard: Yard, keypad: Keypad) -> str:
    """Tries at noon and half an hour apart, by turns at two locks; gives the other one."""
    other: dict[str, Any] = yard.register("LOCK-002").json["data"]
    for n in range(6):
        if n % 2:
            at = str(int(yard.clock.now.timestamp()))
            signature = hmac_of(other["device_secret"], f"LOCK-002:{at}:1111")
            keypad.show("pin", "1111", name="LOCK-002", signature=signature)
        else:
            keypad.show("pin", "1111")
        yard.clock.move(minutes=30)
    return str(other["id"])


ALL = ["14:30", "14:00", "13:30", "13:00", "12:30", "12:00"]


def test_those_of_all_locks_come_in_one_order(yard: Yard, spread: str) -> None:
    assert times(listed(yard)) == ALL
    assert times(listed(yard, device=yard.id)) == ["14:00", "13:00", "12:00"]
    assert times(listed(yard, device=spread)) == ["14:30", "13:30", "12:30"]


def test_they_come_in_pages_across_locks(yard: Yard, spread: str) -> None:
    for size in (1, 2, 4, 6):
        pages = -(-6 // size)
        answers = [listed(yard, page=page, page_size=size) for page in range(1, pages + 1)]
        assert [at for answer in answers for at in times(answer)] == ALL, size
        assert {answer.json["count"] for answer in answers} == {6}
        assert answers[-1].json["next"] is None
        assert listed(yard, page="last", page_size=size).json["results"] == answers[-1].json["results"]
        assert listed(yard, page=pages + 1, page_size=size).status == 404


SPANS: list[tuple[dict[str, str], list[str]]] = [
    ({"start_date": "2026-01-05T13:00:00Z"}, ALL[:4]),
    ({"start_date": "2026-01-05T13:00:00.001Z"}, ALL[:3]),
    ({"end_date": "2026-01-05T13:00:00Z"}, ALL[3:]),
    ({"end_date": "2026-01-05T12:59:59.999Z"}, ALL[4:]),
    ({"start_date": "2026-01-05T13:00:00", "end_date": "2026-01-05T18:30:00+05:00"}, ALL[2:4]),
    ({"start_date": "2026-01-05", "end_date": "2026-01-05"}, ALL),
    ({"start_date": "2026-01-05"}, ALL),
    ({"end_date": "2026-01-05"}, ALL),
    ({"start_date": "2026-01-06"}, []),
    ({"end_date": "2026-01-04"}, []),
    ({"start_date": "2026-01-05T14:00:00Z", "end_date": "2026-01-05T13:00:00Z"}, []),
    ({"start_date": "2026-01-05T14:00:00Z", "end_date": "2026-01-05T14:00:00Z"}, ["14:00"]),
    ({"start_date": "2030-01-01", "end_date": "2020-01-01"}, []),
    ({"start_date": "0002-01-01", "end_date": "8999-12-31"}, ALL),
]


def test_of_a_span_of_time_those_in_it_are_told(yard: Yard, spread: str) -> None:
    for query, told in SPANS:
        answer = listed(yard, **query)
        assert (times(answer), answer.json["count"]) == (told, len(told)), query


def test_no_span_is_asked_of_the_table_that_ends_before_it_begins(yard: Yard, spread: str) -> None:
    """DynamoDB refuses one, and moto does not."""
    spans: list[list[str]] = []
    original = BaseClient._make_api_call

    def noted(client: BaseClient, name: str, asked: dict[str, Any]) -> Any:
        if "BETWEEN" in asked.get("KeyConditionExpression", ""):
            values = [str(value["S"]) for value in asked["ExpressionAttributeValues"].values()]
            spans.append([value for value in values if value.startswith("TRY#")])
        return original(client, name, asked)

    with mock.patch.object(BaseClient, "_make_api_call", noted):
        for query in ({"start_date": "2030-01-01"}, {"start_date": "2026-01-05", "end_date": "2026-01-04"}, {}):
            assert listed(yard, **query).status == 200
    assert spans
    assert all(span == sorted(span) for span in spans)


def test_where_no_beginning_is_asked_for_it_is_thirty_days_back(yard: Yard, keypad: Keypad) -> None:
    keypad.show("pin", "1111")
    for days, told in ((30, 1), (1, 0)):
        yard.clock.move(days=days)
        assert len(listed(yard).json["results"]) == told
    assert len(listed(yard, start_date="2026-01-01").json["results"]) == 1


@pytest.mark.parametrize(
    "value", ["yesterday", "2026-13-01", "2026-02-30", "9999-12-31", "0001-01-01", "9" * 30, "nan"]
)
@pytest.mark.parametrize("name", ["start_date", "end_date"])
def test_what_is_no_time_is_refused_by_its_field(yard: Yard, name: str, value: str) -> None:
    answer = listed(yard, **{name: value})
    assert (answer.status, list(answer.json["error"]["fields"])) == (400, [name])


def test_a_device_must_be_one_that_is_there(yard: Yard) -> None:
    assert listed(yard, device="LOCK-001").json == invalid(device="Must be a valid UUID.")
    assert listed(yard, device=NOBODYS).json == NOT_FOUND
    assert listed(yard, by="").status == 401


@pytest.mark.parametrize("door", ["logs", "recent_logs"])
def test_who_may_read_the_logs_of_a_lock_reads_its_tries(yard: Yard, keypad: Keypad, door: str) -> None:
    keypad.show("pin", "1111")
    for by in ("owner", "admin", "member"):
        assert yard.ask(f"access.{door}", by=by).json["count"] == 1, by
        assert yard.ask(f"access.{door}", by=by, query={"device": yard.id}).json["count"] == 1, by
    for by in ("viewer", "former", "stranger", "manager", "boss"):
        assert yard.ask(f"access.{door}", by=by).json["count"] == 0, by
        assert yard.ask(f"access.{door}", by=by, query={"device": yard.id}).json == NOT_YOURS, by


def test_who_shares_no_more_and_whose_lock_is_gone_reads_nothing(yard: Yard, keypad: Keypad) -> None:
    keypad.show("pin", "1111")
    yard.ask("unshare", id=yard.shares["member"])
    assert listed(yard, by="member").json["count"] == 0
    yard.ask("delete")
    assert listed(yard).json["count"] == 0
    assert listed(yard, device=yard.id).json == NOT_FOUND


def test_the_next_owner_reads_nothing_of_the_one_before(yard: Yard, keypad: Keypad) -> None:
    keypad.show("pin", "1111")
    yard.ask("delete")
    id = yard.register(by="stranger").json["data"]["id"]
    assert listed(yard, by="stranger", device=id).json["count"] == 0


# The lock's own log

OPENED = ("UNLOCK_PIN", True)


def told_by_lock(yard: Yard, method: str = "pin", **more: Any) -> dict[str, Any]:
    return yard.hear("response", type="unlock", method=method, **{"success": True, **more})


def test_an_opening_is_told_once_though_the_lock_reports_it_too(yard: Yard, keypad: Keypad) -> None:
    keypad.pin("482913")
    keypad.show("pin", "482913")
    yard.clock.move(seconds=2)
    told_by_lock(yard)
    assert yard.log == [OPENED]
    assert yard.data("status")["is_locked"] is False
    assert yard.data("show")["access_stats"]["total_unlocks_30d"] == 1


@pytest.mark.parametrize("after", [0, 1, 60])
def test_it_may_report_within_a_minute(yard: Yard, keypad: Keypad, after: int) -> None:
    keypad.pin("482913")
    keypad.show("pin", "482913")
    yard.clock.move(seconds=after)
    told_by_lock(yard)
    assert yard.log == [OPENED]


def test_what_it_reports_later_is_another_opening(yard: Yard, keypad: Keypad) -> None:
    keypad.pin("482913")
    keypad.show("pin", "482913")
    yard.clock.move(seconds=60.001)
    told_by_lock(yard)
    assert yard.log == [OPENED, OPENED]


@pytest.mark.parametrize("counted", [True, False], ids=["counter", "older firmware"])
def test_a_report_that_comes_twice_tells_nothing_more(yard: Yard, keypad: Keypad, counted: bool) -> None:
    keypad.pin("482913")
    keypad.show("pin", "482913")
    yard.clock.move(seconds=1)
    heard = told_by_lock(yard, **({} if counted else {"counter": None}))
    yard.again(heard)
    if counted:
        yard.clock.move(seconds=2)
        yard.again(heard)
        assert yard.log == [OPENED]
    assert yard.log[0] == OPENED


def test_every_opening_has_its_own_report(yard: Yard, keypad: Keypad) -> None:
    keypad.pin("482913")
    for _ in range(3):
        yard.clock.move(seconds=5)
        keypad.show("pin", "482913")
        yard.clock.move(seconds=1)
        told_by_lock(yard)
    assert yard.log == [OPENED] * 3


def test_without_our_word_it_is_told_as_it_is_reported(yard: Yard, keypad: Keypad) -> None:
    """A PIN that the lock knows by itself, while it is offline."""
    told_by_lock(yard)
    assert yard.log == [OPENED]
    assert keypad.tries == []


@pytest.mark.parametrize(("method", "event"), [("nfc", "UNLOCK_NFC"), ("physical", "UNLOCK_PHYSICAL")])
def test_another_way_in_is_another_opening(yard: Yard, keypad: Keypad, method: str, event: str) -> None:
    keypad.pin("482913")
    keypad.show("pin", "482913")
    yard.clock.move(seconds=1)
    told_by_lock(yard, method)
    told_by_lock(yard)
    assert sorted(yard.log) == sorted([(event, True), OPENED])


def test_that_it_could_not_open_is_told(yard: Yard, keypad: Keypad) -> None:
    keypad.pin("482913")
    keypad.show("pin", "482913")
    yard.clock.move(seconds=1)
    told_by_lock(yard, success=False, error="jammed")
    assert yard.log == [OPENED, ("UNLOCK_PIN", False)]


def test_a_refusal_lets_nobody_in_unseen(yard: Yard, keypad: Keypad) -> None:
    """A lock that opens though we refused says so on its log."""
    keypad.show("pin", "482914")
    yard.clock.move(seconds=1)
    told_by_lock(yard)
    assert yard.log == [("UNLOCK_PIN", False), OPENED]


def test_that_it_closes_again_is_told(yard: Yard, keypad: Keypad) -> None:
    keypad.pin("482913")
    keypad.show("pin", "482913")
    for type in ("unlock", "lock"):
        yard.clock.move(seconds=1)
        yard.hear("response", type=type, success=True, method="pin" if type == "unlock" else "auto")
    assert yard.log == [OPENED, ("LOCK", True)]


@pytest.mark.parametrize(("kind", "event"), [("nfc", "UNLOCK_NFC"), ("qr", "UNLOCK_QR")])
def test_cards_and_qr_codes_are_told_once_too(yard: Yard, keypad: Keypad, kind: str, event: str) -> None:
    keypad.card("04:A3:5B:1C")
    keypad.show(kind, keypad.qr()["code"] if kind == "qr" else "04:A3:5B:1C")
    yard.clock.move(seconds=1)
    told_by_lock(yard, kind)
    assert yard.log == [(event, True)]


def test_a_report_that_overtakes_our_own_word_is_told_too(yard: Yard, keypad: Keypad) -> None:
    """It cannot: the lock opens on our answer. What came before is something else."""
    keypad.pin("482913")
    told_by_lock(yard)
    yard.clock.move(seconds=1)
    keypad.show("pin", "482913")
    assert yard.log == [OPENED, OPENED]


def test_the_time_of_the_last_opening_is_told(yard: Yard, keypad: Keypad) -> None:
    keypad.pin("482913")
    keypad.show("pin", "482913")
    assert yard.data("status")["last_unlock"] == clock.wire(yard.clock.now)
