from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from kalit.kit.ids import derived
from kalit.kit.resources import Table
from tests.cloud import Cloud

from ..rows import unchanged
from ..world import BEGINNING, Clock, Killed, killed_after, upset
from .happenings import alerts, counted_alerts, event, person, record

TICKS = iter(range(1_000))
CODES = ["Multiple failed codes at one lock"]
LOGINS = ["Multiple failed logins"]


def tick(aws: Cloud) -> None:
    aws.call("security.find_suspicious", {"id": f"tick {next(TICKS)}"})


def found(aws: Cloud) -> list[dict[str, Any]]:
    return [row for row in aws.rows(Table.SECURITY, "EVENT#") if row["event_type"] == "BRUTE_FORCE"]


def ago(minutes: float) -> str:
    return (BEGINNING - timedelta(minutes=minutes)).isoformat()


def login(number: int, **other: Any) -> dict[str, Any]:
    nobody = {"user": None, "owner": None, "device": None, "device_name": "", "metadata": {}}
    return event(number, **{**nobody, "event_type": "LOGIN_FAILED", "ip_address": "", **other})


def codes(aws: Cloud, *minutes: float, **other: Any) -> None:
    """Codes that failed at a lock, so many minutes ago."""
    record(aws, *(event(number, created_at=ago(gone), **other) for number, gone in enumerate(minutes, 1)))


def test_five_failed_codes_at_one_lock_are_an_attack(aws: Cloud, clock: Clock) -> None:
    codes(aws, 14, 11, 8, 5, 2)
    tick(aws)
    [attack] = found(aws)
    assert (attack["severity"], [attack["description"]]) == ("HIGH", CODES)
    assert (attack["device"], attack["owner"], attack["device_name"]) == (person("door"), person("owner"), "Дарвоза")
    assert attack["created_at"] == "2026-01-05T11:58:00.000Z"
    assert (alerts(aws), counted_alerts(aws)) == ({UUID(attack["pk"][6:]).int: "open"}, (1, 0))
    [alert] = aws.rows(Table.SECURITY, "ALERT#")
    assert (alert["alert_type"], alert["holder"]) == ("multiple_failures", person("owner"))


def test_it_is_the_event_that_the_locks_tell_of_at_once(aws: Cloud, clock: Clock) -> None:
    codes(aws, 14, 11, 8, 5, 2)
    id = derived("lock event", "BRUTE_FORCE", "HIGH", person("door"), "2026-01-05T11:45")
    record(aws, event(9, id=str(id), event_type="BRUTE_FORCE", severity="HIGH"))
    tick(aws)
    assert (len(found(aws)), counted_alerts(aws)) == (1, (1, 0))


@pytest.mark.parametrize(
    "minutes", [[14, 11, 8, 5], [15.1, 11, 8, 5, 0], [45, 44, 43, 42, 41]], ids=["four", "slow", "long ago"]
)
def test_less_is_none(aws: Cloud, clock: Clock, minutes: list[float]) -> None:
    codes(aws, *minutes)
    with unchanged(aws):
        tick(aws)


def test_failed_codes_at_five_locks_are_none(aws: Cloud, clock: Clock) -> None:
    record(aws, *(event(number, device=person(f"door {number}")) for number in range(5)))
    tick(aws)
    assert found(aws) == []


def test_failed_logins_of_one_account_are_its_owners_to_know(aws: Cloud, clock: Clock) -> None:
    record(aws, *(login(n, user=person("ali"), ip_address=f"203.0.113.{n}", created_at=ago(n)) for n in range(5)))
    tick(aws)
    [attack] = found(aws)
    assert (attack["user"], attack["ip_address"], [attack["description"]]) == (person("ali"), "", LOGINS)
    [alert] = aws.rows(Table.SECURITY, "ALERT#")
    assert alert["holder"] == person("ali")


def test_failed_logins_from_one_address_are_the_staffs_to_know(aws: Cloud, clock: Clock) -> None:
    people = [None, person("ali"), person("vali"), person("gani"), person("soli")]
    record(aws, *(login(n, user=who, ip_address="203.0.113.7") for n, who in enumerate(people)))
    tick(aws)
    [attack] = found(aws)
    assert (attack.get("user"), attack["ip_address"], [attack["description"]]) == (None, "203.0.113.7", LOGINS)
    [alert] = aws.rows(Table.SECURITY, "ALERT#")
    assert "holder" not in alert


def test_failed_logins_of_many_from_many_addresses_are_none(aws: Cloud, clock: Clock) -> None:
    record(aws, *(login(n, user=person(f"p{n}"), ip_address=f"203.0.113.{n}") for n in range(9)))
    tick(aws)
    assert found(aws) == []


def test_all_severities_and_both_sides_of_midnight_are_looked_at(aws: Cloud, clock: Clock) -> None:
    clock.move(hours=-11, minutes=-55)  # five past midnight
    severities = ["LOW", "MEDIUM", "HIGH", "CRITICAL", "MEDIUM"]
    moments = ["04T23:54", "04T23:57", "05T00:00", "05T00:03", "05T00:05"]
    record(
        aws,
        *(
            event(n, severity=severity, created_at=f"2026-01-{moment}:00Z")
            for n, (severity, moment) in enumerate(zip(severities, moments, strict=True))
        ),
    )
    tick(aws)
    [attack] = found(aws)
    assert attack["created_at"] == "2026-01-05T00:05:00.000Z"


def test_the_next_tick_tells_nothing_anew(aws: Cloud, clock: Clock) -> None:
    codes(aws, 14, 11, 8, 5, 2)
    tick(aws)
    clock.move(minutes=15)
    with unchanged(aws):
        tick(aws)


def test_a_tick_that_dies_is_replaced_by_the_next(aws: Cloud, clock: Clock) -> None:
    codes(aws, 14, 11, 8, 5, 2)
    with upset("TransactWriteItems", killed_after, own=True), pytest.raises(Killed):
        tick(aws)
    tick(aws)
    assert (len(found(aws)), counted_alerts(aws)) == (1, (1, 0))


def test_what_it_costs(aws: Cloud, clock: Clock, calls: list[str]) -> None:
    codes(aws, 14, 11, 8, 5, 2)
    calls.clear()
    tick(aws)
    job, work = ["PutItem", "GetItem", "TransactWriteItems"], ["BatchGetItem", "TransactWriteItems"]
    assert calls == [*job, *["Query"] * 8, *work, "TransactWriteItems"]


def test_the_log_says_nothing_of_whom_and_where(aws: Cloud, clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    codes(aws, 14, 11, 8, 5, 2)
    record(aws, *(login(n + 10, ip_address="203.0.113.7") for n in range(5)))
    caplog.clear()
    tick(aws)
    assert len(found(aws)) == 2
    said = caplog.text + "".join(str(vars(line)) for line in caplog.records)
    assert not [told for told in ("203.0.113.7", "Дарвоза") if told in said]
