import base64
from typing import Any

import pytest

from kalit.kit.resources import Table
from tests.cloud import Cloud

from ..rows import change_ali, kept, unchanged
from ..world import Clock, Killed, at_once, killed_after, meanwhile, refused, upset
from .app import App
from .staff import FORBIDDEN, MUST_CHANGE, NEW, OTP, Staff

TAKEN = {"username": ["A user with that username already exists."]}
NOBODY = {"detail": "No active account found with the given credentials"}


def test_a_manager_is_made_with_a_one_time_password(staff: Staff) -> None:
    answer = staff.create(email="dilshod@example.com")
    assert answer.status == 201
    assert set(answer.json) == {"username", "one_time_password", "role"}
    assert (answer.json["username"], answer.json["role"]) == ("dilshod", "manager")
    password = answer.json["one_time_password"]
    assert len(password) == 12
    assert password.isascii()
    assert password.isalnum()
    assert staff.create("vali").json["one_time_password"] != password


def test_a_password_may_be_told_and_is_then_the_one_time_password(staff: Staff) -> None:
    assert staff.create(password=OTP).json["one_time_password"] == OTP
    assert staff.log_in().json["must_change_password"] is True


def test_the_account_is_a_manager_whatever_the_body_says(staff: Staff) -> None:
    assert staff.create(role="admin", is_staff=True, is_active=False).json["role"] == "manager"
    row = staff.row()
    assert (row["role"], row["is_active"], row["must_change_password"]) == ("manager", True, True)
    assert row["one_time_until"] == "2026-01-08T12:00:00.000Z"
    assert (row["listing"], row["ordinal"]) == ("manager", f"{2:019d}")


def test_the_one_time_password_lies_open_nowhere(staff: Staff) -> None:
    staff.create(password=OTP, key="k-1")
    for text in (OTP, base64.b64encode(OTP.encode()).decode()):
        assert text not in str(kept(staff.aws))
    [copy] = staff.sealed
    assert copy["ttl"] == 1_767_873_600


def test_it_is_told_to_the_audit_log_without_the_password(staff: Staff) -> None:
    staff.create(email="d@example.com", password=OTP)
    [entry] = staff.audit
    assert (entry["action"], entry["resource_type"], entry["username"]) == ("manager.create", "account", "boss")
    assert entry["resource_id"] == staff.row()["pk"].removeprefix("ACCOUNT#")
    assert entry["details"] == {
        "before": None,
        "after": {"username": "dilshod", "email": "d@example.com", "role": "manager"},
    }


@pytest.mark.parametrize("name", ["boss", "boss@example.com", "BOSS@example.com"])
def test_a_name_that_is_taken_is_refused(staff: Staff, name: str) -> None:
    with unchanged(staff.aws):
        answer = staff.create(name)
    assert (answer.status, answer.json) == (400, TAKEN)


def test_an_email_is_to_reach_him_at_and_may_be_anybodys(staff: Staff) -> None:
    for name in ("dilshod", "vali"):
        assert staff.create(name, email="boss@example.com", password=OTP).status == 201
    assert staff.log_in("boss@example.com").status == 401
    told = {"email": "boss@example.com", "password": "password123"}
    assert staff.aws.http("accounts.login", told).json["user"]["email"] == "boss@example.com"


@pytest.mark.parametrize(
    ("told", "field", "message"),
    [
        ({"username": ""}, "username", "This field may not be blank."),
        ({"username": "dil shod"}, "username", "Enter a valid username."),
        ({"username": "d" * 151}, "username", "Ensure this field has no more than 150 characters."),
        ({"email": "nobody"}, "email", "Enter a valid email address."),
        ({"password": " "}, "password", "This field may not be blank."),
        ({"password": "x" * 257}, "password", "Ensure this field has no more than 256 characters."),
    ],
    ids=str,
)
def test_what_will_not_do_makes_nobody(staff: Staff, told: dict[str, Any], field: str, message: str) -> None:
    with unchanged(staff.aws):
        answer = staff.create(**told)
    assert (answer.status, list(answer.json)) == (400, [field])
    assert answer.json[field][0].startswith(message)


def test_an_empty_email_is_none(staff: Staff) -> None:
    assert staff.create(email="").status == 201


@pytest.mark.parametrize("role", ["manager", "user"])
def test_managers_and_users_make_no_managers(aws: Cloud, token: str, role: str) -> None:
    change_ali(aws, role=role)
    with unchanged(aws):
        answer = Staff(aws, token).create()
    assert (answer.status, answer.json) == (403, FORBIDDEN)


def test_the_same_key_gets_the_same_password_again(staff: Staff) -> None:
    first, again = staff.create(key="k-1"), staff.create(key="k-1")
    assert (first.status, first.json) == (again.status, again.json)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert staff.create("vali", key="k-1").status == 422


OPERATIONS = ["GetItem", "PutItem", "UpdateItem", "GenerateDataKey", "TransactWriteItems"]


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("after", [0, 1])
def test_a_crash_leaves_a_whole_manager_or_none_and_the_key_finds_him(
    staff: Staff, clock: Clock, operation: str, after: int
) -> None:
    if (operation, after) in [("UpdateItem", 1), ("TransactWriteItems", 1)]:
        return  # made but once
    with pytest.raises(Killed), upset(operation, killed_after, after=after):
        staff.create(key="k-1")
    made = len([row for row in staff.aws.rows(Table.ACCOUNTS, "ACCOUNT#") if row.get("username") == "dilshod"])
    assert len(staff.sealed) == len(staff.audit) == staff.counts.get("manager", 0) == made
    clock.move(seconds=12)
    answer = staff.create(key="k-1")
    assert answer.status == 201
    assert staff.counts == {"admin": 1, "manager": 1}
    assert len(staff.audit) == 1
    assert staff.log_in(password=answer.json["one_time_password"]).status == 200


def test_a_repeated_request_does_not_give_a_password_again_that_was_used(staff: Staff, clock: Clock) -> None:
    with pytest.raises(Killed), upset("TransactWriteItems", killed_after):
        staff.create(key="k-1", password=OTP)
    staff.log_in()
    clock.move(seconds=12)
    answer = staff.create(key="k-1", password=OTP)
    assert (answer.status, answer.json) == (400, TAKEN)


def test_what_fails_on_our_side_leaves_the_name_free(staff: Staff) -> None:
    with unchanged(staff.aws), upset("TransactWriteItems", refused("InternalServerError")):
        assert staff.create(key="k-1").status == 500
    assert staff.create(key="k-1").status == 201


def test_of_many_who_make_the_same_manager_one_does(staff: Staff) -> None:
    answers = at_once([lambda: staff.create("vali")] * 6)
    assert sorted(answer.status for answer in answers) == [201] + [400] * 5
    assert staff.counts == {"admin": 1, "manager": 1}


# What becomes of the password.


def test_it_lets_in_once(staff: Staff) -> None:
    staff.create(password=OTP)
    first, second = staff.log_in(), staff.log_in()
    assert (first.status, first.json["must_change_password"]) == (200, True)
    assert (second.status, second.json) == (401, NOBODY)
    assert staff.sealed == []


def test_of_twenty_logins_at_once_one_gets_in(staff: Staff) -> None:
    staff.create(password=OTP)
    answers = at_once([staff.log_in] * 20)
    assert sum(answer.status == 200 for answer in answers) == 1
    assert {answer.status for answer in answers} <= {200, 401, 429}
    sessions = [row for row in staff.aws.rows(Table.ACCOUNTS, staff.row()["pk"]) if row["sk"].startswith("SESSION#")]
    assert len(sessions) == 1


def test_of_two_logins_of_which_one_is_overtaken_one_gets_in(staff: Staff) -> None:
    staff.create(password=OTP)
    with upset("TransactWriteItems", meanwhile(lambda: staff.log_in())):
        assert staff.log_in().status == 401


@pytest.mark.parametrize(("hours", "status"), [(71.9, 200), (72, 401), (73, 401)])
def test_it_holds_for_three_days(staff: Staff, clock: Clock, hours: float, status: int) -> None:
    staff.create(password=OTP)
    clock.move(hours=hours)
    assert staff.log_in().status == status


def test_a_locks_app_says_so_twice(staff: Staff) -> None:
    staff.create("d@example.com", email="d@example.com", password=OTP)
    app = App(staff.aws, "d@example.com", OTP)
    answer = app.log_in()
    assert (answer.status, answer.json["must_change_password"]) == (200, True)
    assert answer.json["data"]["must_change_password"] is True
    assert set(answer.json["data"]["tokens"]) == set(answer.json["tokens"]) == {"access", "refresh"}
    assert app.log_in().status == 400
    assert app.call("accounts.profile").json["error"]["message"] == MUST_CHANGE["detail"]
    app.tokens |= app.rotate().json
    assert app.call("accounts.profile").status == 403


def test_who_came_by_a_name_does_not_get_in_by_it_where_emails_are_asked_for(staff: Staff) -> None:
    staff.create(password=OTP, email="d@example.com")
    told = {"email": "dilshod", "password": OTP}
    assert staff.aws.http("accounts.login", told).status == 400
    assert staff.log_in().status == 200, "and nothing was used by it"


def test_ordinary_logins_say_nothing_of_it(staff: Staff, app: App) -> None:
    assert set(app.aws.http("accounts.token", {"username": app.email, "password": app.password}).json) == {
        "access",
        "refresh",
    }
    answer = app.log_in().json
    assert "must_change_password" not in answer
    assert "must_change_password" not in answer["data"]


def test_until_he_has_a_password_of_his_own_every_other_door_is_closed(staff: Staff) -> None:
    staff.create(password=OTP)
    tokens = staff.log_in().json
    access = staff.aws.http("accounts.refresh", {"refresh": tokens["refresh"]}).json["access"]
    for token in (tokens["access"], access):
        answer = staff.aws.http("tasks.list", token=token)
        assert (answer.status, answer.json) == (403, MUST_CHANGE)
    assert staff.change_password(tokens["access"]).status == 200
    assert staff.aws.http("tasks.list", token=tokens["access"]).status == 200
    assert staff.log_in().status == 401
    assert "must_change_password" not in staff.log_in(password=NEW).json
    assert "one_time_until" not in staff.row()


def test_the_new_password_must_be_a_new_one(staff: Staff) -> None:
    staff.create(password=OTP)
    access = staff.log_in().json["access"]
    answer = staff.change_password(access, new=OTP)
    assert answer.status == 400
    assert answer.json["error"]["fields"] == {"new_password": ["Choose a password other than the one-time password."]}
    assert staff.aws.http("tasks.list", token=access).status == 403


def test_a_forgotten_one_time_password_is_replaced_by_a_link(staff: Staff) -> None:
    staff.create("d@example.com", email="d@example.com", password=OTP)
    app = App(staff.aws, "d@example.com", OTP)
    app.ask_reset()
    message = app.told()
    assert message
    link = str(message["body"].partition("/reset/")[2].partition("/")[0])

    def reset(password: str) -> int:
        told = {"token": link, "new_password": password, "new_password_confirm": password}
        return staff.aws.http("accounts.reset_password", told).status

    assert reset(OTP) == 400
    assert reset(NEW) == 200
    assert staff.sealed == []
    assert app.log_in().status == 400
    assert "must_change_password" not in app.log_in(password=NEW).json
    assert app.call("accounts.profile").status == 200


def test_a_blocked_manager_uses_nothing(staff: Staff) -> None:
    staff.create(password=OTP)
    staff.change(2, is_active=False)
    assert staff.log_in().status == 401
    staff.change(2, is_active=True)
    assert staff.log_in().status == 200


def test_what_a_manager_costs(staff: Staff, calls: list[str]) -> None:
    staff.create()
    calls.clear()
    staff.create("vali")
    assert calls == ["GetItem", "UpdateItem", "GenerateDataKey", "TransactWriteItems"]
