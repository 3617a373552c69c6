import json
from typing import Any

import pytest

from kalit.kit.resources import Queue, Table
from tests.cloud import Cloud

from ..rows import change_ali, put
from ..world import Clock, Killed, killed_after, refused, upset
from .happenings import event, person, record

EVENING = {"hours": 6, "minutes": 59}  # from noon in Greenwich to 23:59 in Tashkent


@pytest.fixture
def admins(aws: Cloud, token: str, clock: Clock) -> None:
    """Ali and Vali are administrators with an e-mail; others have none, are blocked, or are none. It is 23:59."""
    change_ali(aws, role="admin", listing="admin", email="ali@example.com")
    [row] = [row for row in aws.rows(Table.ACCOUNTS, "ACCOUNT#") if row.get("username") == "ali"]
    others: list[dict[str, Any]] = [
        {"username": "vali", "email": "vali@example.com"},
        {"username": "gani", "email": ""},
        {"username": "soli", "email": "soli@example.com", "listing": "admin#blocked", "is_active": False},
        {"username": "olim", "email": "olim@example.com", "listing": "manager", "role": "manager"},
        {"username": "botir", "email": "botir@example.com", "is_active": False},  # as if the index were behind
    ]
    for number, other in enumerate(others, 7):
        key = {"pk": f"ACCOUNT#{person(other['username'])}", "number": number, "ordinal": f"{number:019}"}
        put(aws, Table.ACCOUNTS, {**row, **key, **other})
    clock.move(**EVENING)


def tick(aws: Cloud, id: str = "2026-01-05T18:59:00Z") -> None:
    aws.call("security.send_report", {"id": id})


def letters(aws: Cloud) -> list[dict[str, Any]]:
    return sorted(aws.messages(Queue.EMAIL), key=lambda letter: str(letter["to"]))


def delivered(aws: Cloud) -> list[str]:
    """To whom the letters that wait, once sent, have gone; each time that one was."""
    told = {"attributes": {"ApproximateReceiveCount": "1"}, "messageAttributes": {}, "eventSource": "aws:sqs"}
    records = [{"messageId": str(n), "body": json.dumps(letter)} | told for n, letter in enumerate(letters(aws))]
    assert aws.call("notices.email", {"Records": records}) == {"batchItemFailures": []}
    return sorted(json.loads(row["told"])["to"] for row in aws.rows(Table.OPS, "OUTBOX#email# "))


def test_every_active_administrator_with_an_address_is_written_to(aws: Cloud, admins: None) -> None:
    tick(aws)
    assert [letter["to"] for letter in letters(aws)] == ["ali@example.com", "vali@example.com"]


def test_a_letter_tells_the_day_in_three_languages(aws: Cloud, admins: None) -> None:
    record(
        aws,
        event(1, event_type="TAMPER_DETECTED", severity="CRITICAL"),
        event(2, event_type="LOGIN_FAILED"),
        event(3, event_type="LOGIN_FAILED"),
    )
    tick(aws)
    letter = letters(aws)[0]
    assert letter["subject"] == "Kalit 2026-01-05: xavfsizlik · безопасность · security (3)"
    body = letter["body"]
    for told in (
        "2026-01-05 kuni 3 ta xavfsizlik hodisasi",
        "За 2026-01-05 событий безопасности: 3 (CRITICAL 1, HIGH 0, MEDIUM 2, LOW 0).",
        "Failed logins: 2. Tampering: 1. Open alerts: 1.",
        "LOGIN_FAILED: 2\nTAMPER_DETECTED: 1\n",
    ):
        assert told in body


def test_the_day_is_that_of_tashkent(aws: Cloud, admins: None) -> None:
    moments = ["04T18:59:59.999", "04T19:00:00", "05T00:00:00", "05T18:59:00", "05T19:00:00"]
    record(aws, *(event(n, created_at=f"2026-01-{moment}Z") for n, moment in enumerate(moments)))
    tick(aws)
    assert "(3)" in letters(aws)[0]["subject"]


def test_a_day_without_events_is_told_of_as_well(aws: Cloud, admins: None) -> None:
    tick(aws)
    assert "Security events on 2026-01-05: 0 " in letters(aws)[0]["body"]


def test_a_tick_that_comes_twice_writes_to_nobody_twice(aws: Cloud, admins: None, clock: Clock) -> None:
    tick(aws)
    clock.move(minutes=20)
    tick(aws, "as another tick")
    assert delivered(aws) == ["ali@example.com", "vali@example.com"]


@pytest.mark.parametrize(("operation", "after"), [("SendMessage", 0), ("SendMessage", 1), ("BatchGetItem", 0)])
def test_one_that_dies_is_replaced_by_one_that_writes_to_the_rest_about_the_same_day(
    aws: Cloud, admins: None, clock: Clock, operation: str, after: int
) -> None:
    """Though it is tomorrow by then."""
    with upset(operation, killed_after, after=after), pytest.raises(Killed):
        tick(aws)
    clock.move(minutes=3)
    tick(aws)
    assert {letter["subject"][:16] for letter in letters(aws)} == {"Kalit 2026-01-05"}
    tick(aws, "for what was taken out")
    assert delivered(aws) == ["ali@example.com", "vali@example.com"]


def test_one_that_cannot_be_written_to_holds_up_no_other(aws: Cloud, admins: None) -> None:
    with upset("SendMessage", refused("ServiceUnavailable")), pytest.raises(Exception, match="ServiceUnavailable"):
        tick(aws)
    assert [letter["to"] for letter in letters(aws)] == ["vali@example.com"]
    tick(aws)
    assert [letter["to"] for letter in letters(aws)] == ["ali@example.com", "vali@example.com"]


def test_the_next_day_has_a_letter_of_its_own(aws: Cloud, admins: None, clock: Clock) -> None:
    tick(aws)
    first = letters(aws)[0]["id"]
    clock.move(days=1)
    tick(aws, "2026-01-06T18:59:00Z")
    assert letters(aws)[0]["id"] != first


def test_the_log_and_the_history_say_nothing_of_whom(
    aws: Cloud, admins: None, caplog: pytest.LogCaptureFixture
) -> None:
    tick(aws)
    said = caplog.text + "".join(str(vars(line)) for line in caplog.records) + str(aws.rows(Table.OPS, "JOB#"))
    assert "example.com" not in said


def test_what_it_costs(aws: Cloud, admins: None, calls: list[str]) -> None:
    record(aws, event(1))
    calls.clear()
    tick(aws)
    job, sent = ["PutItem", "GetItem", "TransactWriteItems"], ["SendMessage", "TransactWriteItems"]
    numbers, people = ["Query", "Query", "Query"], ["Query", "BatchGetItem"]
    assert calls == [*job, *numbers, *people, *sent, *sent, "TransactWriteItems"]
