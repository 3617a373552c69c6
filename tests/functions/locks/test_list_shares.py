from kalit.kit.resources import Table

from ..rows import put
from .yard import Yard


def test_shares_are_listed_with_whom_and_as_what_the_newest_first(yard: Yard) -> None:
    yard.clock.move(seconds=1)
    yard.ask("share", {"email": "stranger@example.com", "role": "VIEWER"})
    answer = yard.ask("list_shares")
    assert (answer.status, answer.json["success"], answer.json["count"]) == (200, True, 5)
    told = [(share["shared_with"]["email"], share["role"], share["is_active"]) for share in answer.json["data"]]
    assert told[0] == ("stranger@example.com", "VIEWER", True)
    assert sorted(told[1:]) == [
        ("admin@example.com", "ADMIN", True),
        ("former@example.com", "ADMIN", False),
        ("member@example.com", "MEMBER", True),
        ("viewer@example.com", "VIEWER", True),
    ]
    assert {share["shared_by"]["email"] for share in answer.json["data"]} == {"owner@example.com"}


def test_a_lock_that_is_shared_with_nobody_has_an_empty_list(yard: Yard) -> None:
    id = yard.register("LOCK-002").json["data"]["id"]
    assert yard.ask("list_shares", id=id).json == {"success": True, "count": 0, "data": []}


def test_people_are_shown_as_they_are_now(yard: Yard) -> None:
    [row] = yard.aws.rows(Table.ACCOUNTS, f"ACCOUNT#{yard.people['member']} ACCOUNT")
    put(yard.aws, Table.ACCOUNTS, {**row, "first_name": "Vali"})
    names = {share["shared_with"]["first_name"] for share in yard.data("list_shares")}
    assert names == {"", "Vali"}


def test_no_password_is_shown(yard: Yard) -> None:
    assert "password" not in yard.ask("list_shares").text


def test_what_a_list_costs(yard: Yard, calls: list[str]) -> None:
    yard.data("list_shares")
    calls.clear()
    yard.data("list_shares")
    assert calls == ["GetItem", "GetItem", "Query", "BatchGetItem"]
