"""Clients by their numbers, page by page."""

import pytest

from kalit.campaigns import store

from .office import Office

URL = "http://localhost:8000/api/clients/"


def test_who_has_no_clients_gets_an_empty_page(office: Office) -> None:
    office.client(by="vali")
    answer = office.ask("list_clients")
    assert (answer.status, answer.json) == (200, {"count": 0, "next": None, "previous": None, "results": []})


def test_fifty_stand_on_a_page() -> None:
    assert store.PAGE_SIZE == 50


def test_clients_come_by_number_page_by_page(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "PAGE_SIZE", 3)
    ids = office.clients(7)
    pages = [office.ask("list_clients", query={"page": n}).json for n in (1, 2, 3)]
    assert [[one["id"] for one in page["results"]] for page in pages] == [ids[:3], ids[3:6], ids[6:]]
    assert {page["count"] for page in pages} == {7}
    assert [page["next"] for page in pages] == [f"{URL}?page=2", f"{URL}?page=3", None]
    assert [page["previous"] for page in pages] == [None, URL, f"{URL}?page=2"]
    assert office.ask("list_clients", query={"page": "last"}).json == pages[2]
    answer = office.ask("list_clients", query={"page": 4})
    assert (answer.status, answer.json) == (404, {"detail": "Invalid page."})


def test_clients_are_listed_as_they_are_shown_alone(office: Office) -> None:
    shown = [office.ask("show_client", id=id).json for id in (office.client(), office.client(timezone="UTC"))]
    assert office.ask("list_clients").json["results"] == shown


def test_everybody_sees_his_own_and_staff_sees_all(office: Office) -> None:
    ids = {by: office.client(by=by) for by in ("ali", "vali", "manager", "boss")}
    for by in ids:
        page = office.ask("list_clients", by=by).json
        expected = [ids[by]] if by in ("ali", "vali") else list(ids.values())
        assert ([one["id"] for one in page["results"]], page["count"]) == (expected, len(expected)), by


def test_who_is_gone_is_listed_no_more(office: Office) -> None:
    first, second = office.clients(2)
    office.move("delete_client", first)
    page = office.ask("list_clients").json
    assert (page["count"], [one["id"] for one in page["results"]]) == (1, [second])
