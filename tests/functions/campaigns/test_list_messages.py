"""Messages, those of the newest run first, page by page."""

import pytest

from kalit.campaigns import message_store

from .office import LATER, Office

URL = "http://localhost:8000/api/messages/"


def test_who_has_no_messages_gets_an_empty_page(office: Office) -> None:
    office.campaign(**LATER)
    answer = office.ask("list_messages")
    assert (answer.status, answer.json) == (200, {"count": 0, "next": None, "previous": None, "results": []})


def test_messages_come_page_by_page_the_newest_run_first(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(message_store, "PAGE_SIZE", 2)
    clients = office.clients(3)
    id = office.campaign()
    office.run()
    first = office.shown(id)["active_run"]
    second = office.start(id, force=True)
    office.run()
    pages = [office.ask("list_messages", query={"page": page}).json for page in (1, 2, 3)]
    found = [[(one["run"], one["client"]) for one in page["results"]] for page in pages]
    expected = [(run, client) for run in (second, first) for client in clients]
    assert found == [expected[:2], expected[2:4], expected[4:]]
    assert {page["count"] for page in pages} == {6}
    assert [page["next"] for page in pages] == [f"{URL}?page=2", f"{URL}?page=3", None]
    assert [page["previous"] for page in pages] == [None, URL, f"{URL}?page=2"]
    assert office.ask("list_messages", query={"page": "last"}).json == pages[2]
    assert office.ask("list_messages", query={"page": 4}).json == {"detail": "Invalid page."}


def test_fifty_stand_on_a_page() -> None:
    assert message_store.PAGE_SIZE == 50


def test_messages_are_listed_as_they_are_shown_alone(office: Office) -> None:
    office.client()
    office.client(timezone="Europe/London")
    office.campaign(time_interval_start="16:00", time_interval_end="23:00")
    office.run()
    listed = office.messages()
    assert {one["status"] for one in listed} == {"SENT", "PENDING"}
    assert [office.ask("show_message", id=one["id"]).json for one in listed] == listed


def test_everybody_sees_his_own_and_staff_sees_all(office: Office) -> None:
    ids = {}
    for by in ("ali", "vali", "boss"):
        office.client(by=by)
        ids[by] = office.campaign(by=by)
    office.run()
    for by, expected in {"ali": ["ali"], "vali": ["vali"], "manager": ["boss", "vali", "ali"]}.items():
        page = office.ask("list_messages", by=by).json
        assert [one["campaign"] for one in page["results"]] == [ids[name] for name in expected], by
        assert page["count"] == len(expected), by


def test_a_deleted_message_leaves_its_place_to_the_next(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(message_store, "PAGE_SIZE", 2)
    clients = office.clients(4)
    office.campaign()
    office.run()
    office.move("delete_message", office.messages()[0]["id"])
    pages = [office.ask("list_messages", query={"page": page}).json for page in (1, 2)]
    assert [[one["client"] for one in page["results"]] for page in pages] == [clients[1:3], clients[3:]]
