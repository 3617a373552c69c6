"""Campaigns, those first that start last."""

import pytest

from kalit.campaigns import store

from .office import Office


def starting(hour: int) -> dict[str, str]:
    return {"start_datetime": f"2026-01-05T{hour}:00:00Z"}


def listed(office: Office, **told: object) -> list[int]:
    return [one["id"] for one in office.ask("list", **told).json["results"]]  # type: ignore[arg-type]


def test_who_has_no_campaigns_gets_an_empty_page(office: Office) -> None:
    answer = office.ask("list")
    assert (answer.status, answer.json) == (200, {"count": 0, "next": None, "previous": None, "results": []})


def test_those_come_first_that_start_last(office: Office) -> None:
    three, one, two = (office.campaign(**starting(hour)) for hour in (15, 13, 14))
    assert listed(office) == [three, two, one]
    assert office.ask("list").json["results"][0] == office.shown(three)


def test_of_two_that_start_together_the_newer_comes_first(office: Office) -> None:
    ids = [office.campaign(**starting(13)) for _ in range(3)]
    assert listed(office) == sorted(ids, reverse=True)


def test_a_campaign_that_starts_at_another_time_has_another_place(office: Office) -> None:
    first, second = (office.campaign(**starting(hour)) for hour in (13, 14))
    office.move("update", first, body=starting(15))
    assert listed(office) == [first, second]
    assert office.ask("list").json["count"] == 2


def test_campaigns_come_page_by_page(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "PAGE_SIZE", 2)
    ids = [office.campaign(**starting(hour)) for hour in (17, 16, 15, 14, 13)]
    pages = [listed(office, query={"page": page}) for page in (1, 2, 3)]
    assert pages == [ids[:2], ids[2:4], ids[4:]]
    assert office.ask("list", query={"page": 2}).json["next"] == "http://localhost:8000/api/campaigns/?page=3"
    assert office.ask("list", query={"page": 4}).json == {"detail": "Invalid page."}


def test_everybody_sees_his_own_and_staff_sees_all(office: Office) -> None:
    ids = {by: office.campaign(by=by, **starting(13)) for by in ("ali", "vali", "manager", "boss")}
    for by in ids:
        expected = [ids[by]] if by in ("ali", "vali") else list(reversed(ids.values()))
        assert listed(office, by=by) == expected, by
        assert office.ask("list", by=by).json["count"] == len(expected), by


def test_a_deleted_campaign_is_listed_no_more(office: Office) -> None:
    first, second = (office.campaign(**starting(hour)) for hour in (13, 14))
    office.move("delete", second)
    assert (listed(office), office.ask("list").json["count"]) == ([first], 1)
