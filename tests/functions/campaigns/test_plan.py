"""Planning: one message for each who is meant, at his time, page by page, whoever dies in between."""

from typing import Any

import pytest

from kalit.campaigns import audience_store, run_store

from ..world import Killed, followed_by, killed_after, meanwhile, upset
from .office import LATER, Office

pytestmark = pytest.mark.long  # runs from beginning to end


def plan(office: Office, run: int = 1) -> Any:
    return office.aws.call("campaigns.plan", {"run": run})["do"]


@pytest.fixture
def begun(office: Office, monkeypatch: pytest.MonkeyPatch) -> int:
    """A campaign for five clients in three zones, two to a page, whose run has begun."""
    monkeypatch.setattr(run_store, "MOST", 2)
    for number, zone in enumerate(("Asia/Tashkent", "Europe/London", "Asia/Tokyo", "Europe/London", "Asia/Tashkent")):
        office.client(timezone=zone, phone_number=f"+99890100000{number + 3}")
    id = office.campaign(time_interval_start="13:00", time_interval_end="18:00")
    for move in (office.follow, office.begin):
        move()
    office.waiting.clear()
    assert office.aws.call("campaigns.begin", {"run": 1})["do"] == "plan"
    return id


def planned(office: Office) -> list[tuple[int, str]]:
    return sorted((message["client"], message["planned_send_at"][5:16]) for message in office.messages())


ALL = [(1, "01-05T12:00"), (2, "01-05T13:00"), (3, "01-06T04:00"), (4, "01-05T13:00"), (5, "01-05T12:00")]


def test_each_zone_has_its_time(office: Office, begun: int) -> None:
    assert plan(office) == "watch"
    assert planned(office) == ALL
    assert office.accounted(begun) == {"pending": 5}
    assert plan(office) == "watch"
    assert office.accounted(begun) == {"pending": 5}


def test_who_cannot_be_reached_in_time_gets_no_message(office: Office) -> None:
    office.client(timezone="Asia/Tokyo")
    id = office.campaign(time_interval_start="13:00", time_interval_end="18:00", end_datetime="2026-01-05T20:00:00Z")
    office.run()
    shown = office.shown(id)
    assert (shown["status"], shown["is_active"], shown["failure"]) == ("FAILED", False, "nobody")
    assert office.accounted(id) == {}


def test_a_step_plans_so_many_pages_and_asks_to_go_on(
    office: Office, begun: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_store, "PAGES_AT_ONCE", 1)
    assert [plan(office) for _ in range(4)] == ["plan", "plan", "plan", "watch"]
    assert office.accounted(begun) == {"pending": 5}


@pytest.mark.parametrize("after", range(3))
@pytest.mark.parametrize("operation", ["PutItem", "BatchExecuteStatement", "TransactWriteItems"])
def test_who_dies_anywhere_is_followed_by_another(office: Office, begun: int, operation: str, after: int) -> None:
    with upset(operation, killed_after, after=after, own=True), pytest.raises(Killed):
        plan(office)
    assert plan(office) == "watch"
    assert planned(office) == ALL
    assert office.accounted(begun) == {"pending": 5}


@pytest.mark.parametrize("operation", ["PutItem", "BatchExecuteStatement", "TransactWriteItems"])
def test_two_who_plan_the_same_plan_it_once(office: Office, begun: int, operation: str) -> None:
    with upset(operation, meanwhile(lambda: plan(office)), after=1, own=True):
        assert plan(office) == "watch"
    assert planned(office) == ALL
    assert office.accounted(begun) == {"pending": 5}


def test_a_client_who_moves_to_a_later_page_meanwhile_is_counted_once(office: Office, begun: int) -> None:
    def move() -> None:
        office.move("update_client", 1, body={"timezone": "Pacific/Auckland"})

    with upset("TransactWriteItems", followed_by(move), own=True):
        assert plan(office) == "watch"
    assert office.accounted(begun) == {"pending": 5}
    office.settle(60)
    office.pass_time(hours=15)
    assert office.accounted(begun) == {"sent": 5}
    assert office.status(begun) == "FINISHED"


def test_a_client_who_comes_meanwhile_may_be_planned_and_is_counted_if_he_is(office: Office, begun: int) -> None:
    with upset("TransactWriteItems", followed_by(lambda: office.client(timezone="Pacific/Auckland")), own=True):
        assert plan(office) == "watch"
    assert office.accounted(begun) == {"pending": 6}


@pytest.mark.parametrize("verb", ["pause", "cancel", "delete"])
def test_what_is_held_back_or_called_off_is_planned_no_further(office: Office, begun: int, verb: str) -> None:
    with upset("TransactWriteItems", followed_by(lambda: office.move(verb, begun)), own=True):
        assert plan(office) == "end"
    if verb == "pause":
        assert office.accounted(begun) == {"pending": 2}
    office.settle()
    assert office.outbox == []
    if verb == "cancel":
        assert office.accounted(begun) == {"cancelled": 2}
    if verb == "delete":
        assert not office.kept("MESSAGE#") + office.kept("PAGE#")


def test_a_page_of_a_run_that_is_called_off_before_it_is_counted_never_is(office: Office, begun: int) -> None:
    with upset("TransactWriteItems", meanwhile(lambda: office.move("cancel", begun)), own=True):
        assert plan(office) == "end"
    assert office.accounted(begun) == {}
    office.settle()
    assert (office.accounted(begun), office.outbox, office.kept("SLOT#")) == ({}, [], [])


@pytest.mark.parametrize("operation", ["PutItem", "BatchExecuteStatement", "TransactWriteItems"])
def test_a_deleted_run_that_was_purged_while_it_was_planned_leaves_nothing(
    office: Office, begun: int, operation: str
) -> None:
    def gone() -> None:
        office.move("delete", begun)
        office.run()

    with upset(operation, meanwhile(gone), after=1, own=True):
        assert plan(office) == "end"
    assert not office.kept("MESSAGE#") + office.kept("PAGE#") + office.kept("SLOT#") + office.rows("RUN")


def test_a_run_that_is_deleted_while_it_ends_stays_deleted(office: Office, begun: int) -> None:
    for client in range(1, 6):
        assert office.ask("delete_client", id=client).status == 204
    with upset("Query", followed_by(lambda: office.move("delete", begun)), after=1):
        plan(office)
    assert [row["state"] for row in office.rows("RUN") if "state" in row] == ["DELETED"]
    office.settle()
    assert not office.rows("RUN")


def test_by_phones_the_pages_are_of_phones(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audience_store, "PHONES_AT_ONCE", 2)
    phones = [f"+99890100000{number}" for number in range(3, 8)]
    first, *_ = [office.client(phone_number=phone) for phone in phones]
    id = office.campaign(tag="", client_filter=phones, **LATER)

    def move() -> None:
        office.move("update_client", first, body={"phone_number": phones[-1]})

    office.run()
    office.clock.move(hours=1)
    with upset("BatchExecuteStatement", followed_by(move)):
        office.run()
    assert office.accounted(id) == {"sent": 5}


def test_many_tags_follow_each_other(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_store, "MOST", 2)
    for tag in ("a", "b", "b", "b", "c", "d"):
        office.client(tag=tag, phone_number=f"+9989010{ord(tag):05}")
    office.client(tag="b", mobile_operator_code="91")
    id = office.campaign(tag="a", client_filter={"tags": ["b", "c", "none"], "operator_codes": ["90"]})
    office.run()
    assert office.accounted(id) == {"sent": 5}


def test_a_run_that_never_was_is_at_its_end(office: Office) -> None:
    assert plan(office, 77) == "end"
