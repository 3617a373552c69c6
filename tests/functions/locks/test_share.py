from typing import Any

import pytest

from ..rows import unchanged
from ..world import at_once, lost, meanwhile, upset
from .yard import NOT_FOUND, Yard, invalid

ALREADY = {"success": False, "message": "Device already shared with this user"}
UNKNOWN = invalid(email="User with this email does not exist")
FLAGS = ("can_unlock", "can_lock", "can_view_logs", "can_manage_access", "can_share")


def share(yard: Yard, email: str = "stranger@example.com", **told: Any) -> Any:
    return yard.ask("share", {"email": email, **told})


def test_a_lock_is_shared_with_an_account(yard: Yard) -> None:
    answer = share(yard, expires_at="2026-02-01T10:00:00+05:00", role="ADMIN")
    assert (answer.status, answer.json["message"]) == (201, "Device shared successfully")
    told = answer.json["data"]
    assert told == {
        "id": told["id"],
        "device": yard.id,
        "shared_with": told["shared_with"],
        "shared_by": told["shared_by"],
        "role": "ADMIN",
        **dict.fromkeys(FLAGS, True),
        "expires_at": "2026-02-01T05:00:00.000Z",
        "is_active": True,
        "created_at": "2026-01-05T12:00:00.000Z",
    }
    assert told["shared_with"]["email"] == "stranger@example.com"
    assert told["shared_by"]["id"] == yard.people["owner"]
    assert yard.ask("unlock", {}, by="stranger").status == 200


@pytest.mark.parametrize(
    ("role", "flags"),
    [
        ("ADMIN", (True, True, True, True, True)),
        ("MEMBER", (True, True, True, False, False)),
        ("VIEWER", (False, False, False, False, False)),
    ],
)
def test_what_a_role_may_is_told(yard: Yard, role: str, flags: tuple[bool, ...]) -> None:
    told = share(yard, role=role).json["data"]
    assert tuple(told[flag] for flag in FLAGS) == flags


def test_a_member_is_usual_and_for_good(yard: Yard) -> None:
    told = share(yard).json["data"]
    assert (told["role"], told["expires_at"]) == ("MEMBER", None)


def test_flags_are_not_for_the_asking(yard: Yard) -> None:
    told = share(yard, role="VIEWER", can_unlock=True, can_share=True, is_active=True).json["data"]
    assert not any(told[flag] for flag in FLAGS)
    assert yard.ask("unlock", {}, by="stranger").status == 403


@pytest.mark.parametrize("email", ["STRANGER@Example.com", " stranger@example.com "])
def test_an_email_is_read_kindly(yard: Yard, email: str) -> None:
    assert share(yard, email).json["data"]["shared_with"]["email"] == "stranger@example.com"


def test_a_naive_time_is_utc(yard: Yard) -> None:
    assert share(yard, expires_at="2026-02-01T10:00:00").json["data"]["expires_at"] == "2026-02-01T10:00:00.000Z"


@pytest.mark.parametrize("email", ["nobody@example.com", "stranger", "x" * 254])
def test_who_has_no_account_is_unknown(yard: Yard, email: str) -> None:
    with unchanged(yard.aws):
        answer = share(yard, email)
    assert (answer.status, answer.json) == (400, UNKNOWN)


def test_a_username_is_no_email(yard: Yard) -> None:
    yard.aws.http("accounts.register", {"username": "nick", "password": "password123"})
    assert share(yard, "nick").json == UNKNOWN


@pytest.mark.parametrize(
    ("told", "fields"),
    [
        ({"role": "OWNER"}, {"role": '"OWNER" is not a valid choice.'}),
        ({"role": "member"}, {"role": '"member" is not a valid choice.'}),
        ({"email": ""}, {"email": "This field may not be blank."}),
        ({"email": None}, {"email": "This field may not be null."}),
        ({"expires_at": "tomorrow"}, None),
    ],
    ids=str,
)
def test_what_will_not_do_is_refused_by_its_field(yard: Yard, told: Any, fields: Any) -> None:
    with unchanged(yard.aws):
        answer = share(yard, **told)
    assert answer.status == 400
    assert answer.json == invalid(**fields) if fields else list(answer.json["error"]["fields"]) == ["expires_at"]


def test_it_is_shared_with_somebody_once(yard: Yard) -> None:
    with unchanged(yard.aws):
        answer = share(yard, "member@example.com", role="ADMIN")
    assert (answer.status, answer.json) == (400, ALREADY)
    assert share(yard, "member@example.com").headers.get("Retry-After") is None


def test_not_with_its_owner(yard: Yard) -> None:
    with unchanged(yard.aws):
        answer = share(yard, "owner@example.com")
    assert (answer.status, answer.json) == (400, {"success": False, "message": "The device is yours already"})


def test_a_share_that_ran_out_gives_way(yard: Yard) -> None:
    answer = share(yard, "former@example.com", role="MEMBER")
    assert answer.status == 201
    assert answer.json["data"]["id"] != yard.shares["former"]
    assert yard.ask("unlock", {}, by="former").status == 200
    assert yard.ask("unshare", id=yard.shares["former"]).status == 404, "the old one is no more"
    assert len(yard.rows("SHARE#")) == 4


def test_of_many_at_once_one_is_made(yard: Yard) -> None:
    answers = at_once([lambda: share(yard)] * 6)
    assert sorted(answer.status for answer in answers) == [201] + [400] * 5
    assert len(yard.rows("SHARE#")) == 5


def test_of_many_that_replace_one_that_ran_out_one_is_made(yard: Yard) -> None:
    answers = at_once([lambda: share(yard, "former@example.com")] * 6)
    assert sorted(answer.status for answer in answers) == [201] + [400] * 5
    assert len(yard.rows("SHARE#")) == 4


def test_a_lock_that_is_deleted_meanwhile_is_not_shared(yard: Yard) -> None:
    with upset("TransactWriteItems", meanwhile(lambda: yard.ask("delete"))):
        answer = share(yard)
    assert (answer.status, answer.json) == (404, NOT_FOUND)
    assert yard.data("list", by="stranger") == []


def test_a_share_whose_answer_got_lost_is_one(yard: Yard) -> None:
    with upset("TransactWriteItems", lost):
        assert share(yard).status == 201
    assert len(yard.rows("SHARE#")) == 5


def test_what_a_share_costs(yard: Yard, calls: list[str]) -> None:
    share(yard)
    yard.ask("unshare", id=yard.shares["viewer"])
    calls.clear()
    share(yard, "viewer@example.com")
    assert calls == ["GetItem", "GetItem", "GetItem", "GetItem", "GetItem", "TransactWriteItems", "BatchGetItem"]
