from typing import Any

import pytest

from ..locks.yard import NOT_FOUND, NOT_YOURS, Yard
from .keypad import NOBODYS, Keypad


def listed(yard: Yard, *, by: str = "owner", **query: Any) -> Any:
    return yard.ask("access.list_qr", by=by, query=query)


def test_qr_codes_of_all_locks_are_listed_the_newest_first_without_what_they_say(yard: Yard, keypad: Keypad) -> None:
    other = yard.register("LOCK-002").json["data"]["id"]
    made = []
    for device in (yard.id, other, yard.id):
        made.append(keypad.qr(device=device))
        yard.clock.move(seconds=1)
    answer = listed(yard)
    assert answer.status == 200
    secret = {"code", "qr_image"}
    assert answer.json == {
        "count": 3,
        "next": None,
        "previous": None,
        "page_size": 20,
        "total_pages": 1,
        "current_page": 1,
        "results": [{name: code[name] for name in code.keys() - secret} for code in reversed(made)],
    }
    assert [code["device"] for code in listed(yard, device=other).json["results"]] == [other]


def test_they_come_in_pages(yard: Yard, keypad: Keypad) -> None:
    made = []
    for _ in range(3):
        made.append(keypad.qr()["id"])
        yard.clock.move(seconds=1)
    pages = [listed(yard, page=page, page_size=2).json for page in (1, 2, "last")]
    assert [[code["id"] for code in page["results"]] for page in pages] == [made[:0:-1], made[:1], made[:1]]
    assert [page["total_pages"] for page in pages] == [2, 2, 2]
    assert listed(yard, page=3, page_size=2).status == 404


@pytest.mark.parametrize("by", ["member", "viewer", "former", "stranger", "manager", "boss"])
def test_those_of_locks_that_one_does_not_manage_are_not_listed(yard: Yard, keypad: Keypad, by: str) -> None:
    keypad.qr()
    assert listed(yard, by=by).json["results"] == []
    assert listed(yard, by=by, device=yard.id).json == NOT_YOURS


def test_an_admin_sees_them(yard: Yard, keypad: Keypad) -> None:
    id = keypad.qr()["id"]
    assert [code["id"] for code in listed(yard, by="admin").json["results"]] == [id]


def test_those_of_a_deleted_lock_are_not_there(yard: Yard, keypad: Keypad) -> None:
    keypad.qr()
    yard.ask("delete")
    assert listed(yard).json["count"] == 0
    for id in (yard.id, NOBODYS):
        assert listed(yard, device=id).json == NOT_FOUND


def test_a_device_must_be_an_id(yard: Yard) -> None:
    assert listed(yard, device="LOCK-001").status == 400
    assert listed(yard, by="").status == 401
