"""A campaign tried dry: nothing is sent or kept."""

from typing import Any

import pytest

from ..rows import unchanged
from .office import Office

PLAN = {
    "start_datetime": "2030-01-01T00:00:00Z",
    "end_datetime": "2030-01-01T12:00:00Z",
    "time_interval_start": "09:00:00",
    "time_interval_end": "18:00:00",
}


def preview(office: Office, id: int, **told: Any) -> Any:
    answer = office.ask("preview", told, id=id)
    assert answer.status == 200, answer.text
    return answer.json


@pytest.fixture
def id(office: Office) -> int:
    for zone in ("Asia/Tashkent", "Asia/Tashkent", "Europe/Berlin", "America/New_York"):
        office.client(timezone=zone)
    return office.campaign(**PLAN)


def test_it_tells_whom_it_reaches_when_and_for_how_much(office: Office, id: int) -> None:
    with unchanged(office.aws):
        told = preview(office, id)
    assert (told["audience"], told["in_time"], told["never"]) == (4, 3, 1)
    assert [(one["timezone"], one["clients"], one["planned_send_at"]) for one in told["zones"]] == [
        ("Asia/Tashkent", 2, "2030-01-01T04:00:00.000Z"),
        ("Europe/Berlin", 1, "2030-01-01T08:00:00.000Z"),
        ("America/New_York", 1, None),
    ]
    assert (told["first_at"], told["last_at"]) == ("2030-01-01T04:00:00.000Z", "2030-01-01T08:00:00.000Z")
    assert (told["segments"], told["price_per_segment"], told["cost"]) == (3, "0.0079", "0.0237")
    assert office.outbox == []


def test_it_can_be_tried_at_another_time(office: Office, id: int) -> None:
    told = preview(office, id, at="2030-01-01T11:30:00Z")
    assert {one["timezone"]: one["planned_send_at"] for one in told["zones"]} == {
        "Asia/Tashkent": "2030-01-01T11:30:00.000Z",
        "Europe/Berlin": "2030-01-01T11:30:00.000Z",
        "America/New_York": None,
    }
    assert preview(office, id, at="2031-01-01T00:00:00Z")["in_time"] == 0


def test_it_tells_what_makes_a_text_dear(office: Office, id: int) -> None:
    office.ask("update", {"text_message": "Yangi qulflar: oʻtgan narxda"}, id=id)
    text = preview(office, id)["text"]
    assert text == {"encoding": "UCS-2", "characters": 28, "segments": 1, "per_segment": 70, "culprit": "ʻ"}


def test_a_link_counts_as_long_as_it_will_be(office: Office, id: int) -> None:
    bare = preview(office, id)["text"]["characters"]
    office.ask("update", {"text_message": "New locks are here.{opt_out}"}, id=id)
    link = office.ask("show_opt_out", id=1).json["link"]
    assert preview(office, id)["text"]["characters"] == bare + len(link)


def test_named_phones_are_counted_by_those_who_have_them(office: Office) -> None:
    office.client(phone_number="+998 90 123-45-67")
    office.client(phone_number="+998909999999")
    id = office.campaign(tag="", client_filter={"phone_numbers": ["998901234567", "998900000000"]})
    assert preview(office, id)["audience"] == 1


def test_a_time_that_is_none_is_refused(office: Office, id: int) -> None:
    answer = office.ask("preview", {"at": "tomorrow"}, id=id)
    assert (answer.status, list(answer.json)) == (400, ["at"])
    assert office.ask("preview", {}, id=99).status == 404
