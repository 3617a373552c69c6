from typing import Any

import pytest

from kalit.accounts import users
from tests.cloud import Answer, Cloud

from ..rows import change_ali
from .app import App
from .staff import FORBIDDEN, Staff

NAMES = ["ali", "Alisher", "alpomish", "vali"]


@pytest.fixture
def people(staff: Staff, monkeypatch: pytest.MonkeyPatch) -> Staff:
    """The administrator, four managers of whom one is blocked, and pages of two."""
    for name in NAMES:
        staff.create(name)
    staff.change(4, is_active=False)
    monkeypatch.setattr(users, "PAGE_SIZE", 2)
    return staff


def names(answer: Answer) -> list[str]:
    return [user["username"] for user in answer.json["results"]]


def test_an_account_is_shown_with_all_that_is_known_of_it(staff: Staff) -> None:
    [boss] = staff.users().json["results"]
    assert boss | {"uuid": ""} == {
        "id": 1,
        "uuid": "",
        "username": "boss",
        "email": "boss@example.com",
        "phone": "",
        "first_name": "",
        "last_name": "",
        "role": "admin",
        "is_active": True,
        "is_staff": True,
        "email_verified": False,
        "phone_verified": False,
        "must_change_password": False,
        "last_login_at": "2026-01-05T12:00:00.000Z",
        "last_login_ip": "",
        "date_joined": "2026-01-05T12:00:00.000Z",
        "updated_at": "2026-01-05T12:00:00.000Z",
    }


def test_accounts_are_listed_by_id_page_by_page(people: Staff) -> None:
    first, second, last = (people.users(page=page) for page in ("1", "2", "last"))
    assert [names(answer) for answer in (first, second, last)] == [["boss", "ali"], ["Alisher", "alpomish"], ["vali"]]
    assert first.json["count"] == 5
    assert first.json["next"] == "http://localhost:8000/api/admin/users/?page=2"
    assert people.users(page="4").status == 404


@pytest.mark.parametrize(
    ("query", "count", "found"),
    [
        ({"role": "admin"}, 1, ["boss"]),
        ({"role": "manager"}, 4, ["ali", "Alisher"]),
        ({"role": "manager", "is_active": "false"}, 1, ["alpomish"]),
        ({"is_active": "true"}, 4, ["boss", "ali"]),
        ({"is_active": "0"}, 1, ["alpomish"]),
        ({"role": "user"}, 0, []),
        ({"role": "", "is_active": ""}, 5, ["boss", "ali"]),
        ({"search": "ali"}, 2, ["ali", "Alisher"]),
        ({"search": "ALI"}, 2, ["ali", "Alisher"]),
        ({"search": "al", "is_active": "false"}, 1, ["alpomish"]),
        ({"search": "al", "page": "2"}, 3, ["alpomish"]),
        ({"search": "boss@EX"}, 1, ["boss"]),
        ({"search": "boss", "role": "manager"}, 0, []),
        ({"search": "li"}, 0, []),
        ({"search": "%"}, 0, []),
    ],
    ids=str,
)
def test_a_list_may_be_narrowed(people: Staff, query: dict[str, str], count: int, found: list[str]) -> None:
    answer = people.users(**query)
    assert (answer.json["count"], names(answer)) == (count, found)


def test_who_has_two_names_of_that_beginning_is_found_once(staff: Staff) -> None:
    assert names(staff.users(search="b")) == ["boss"]


def test_whoever_comes_by_another_way_is_there_too(staff: Staff) -> None:
    staff.aws.register("karim")
    App(staff.aws, "lola@example.com").sign_up()
    assert names(staff.users(role="user")) == ["karim", "lola@example.com"]
    assert names(staff.users(search="lola")) == ["lola@example.com"]
    assert staff.counts == {"admin": 1, "user": 2}


def test_a_search_that_finds_too_many_asks_for_more_letters(people: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(users, "MOST_FOUND", 2)
    answer = people.users(search="al")
    assert (answer.status, list(answer.json)) == (400, ["search"])
    assert people.users(search="ali").status == 200


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ({"role": "zzz"}, {"role": ["Select a valid choice. zzz is not one of the available choices."]}),
        ({"is_active": "zzz"}, {"is_active": ["Must be a valid boolean."]}),
    ],
    ids=str,
)
def test_a_filter_that_will_not_do_is_refused(staff: Staff, query: Any, told: Any) -> None:
    answer = staff.users(**query)
    assert (answer.status, answer.json) == (400, told)


@pytest.mark.parametrize("role", ["manager", "user"])
def test_managers_and_users_see_no_accounts(aws: Cloud, token: str, role: str) -> None:
    change_ali(aws, role=role)
    answer = Staff(aws, token).users()
    assert (answer.status, answer.json) == (403, FORBIDDEN)


def test_what_a_page_costs(people: Staff, calls: list[str]) -> None:
    calls.clear()
    people.users()
    assert calls == ["GetItem", *["Query"] * 7, "BatchGetItem"]
    calls.clear()
    people.users(role="manager", is_active="true")
    assert calls == ["GetItem", *["Query"] * 2, "BatchGetItem"]
    calls.clear()
    people.users(search="ali")
    assert calls == ["GetItem", "Query", "BatchGetItem", "BatchGetItem"]
