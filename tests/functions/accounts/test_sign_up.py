from typing import Any

import pytest

from kalit.kit.resources import Table
from tests.cloud import Cloud

from ..rows import kept, unchanged
from ..world import Clock, at_once
from .app import EMAIL, PASSWORD, App, invalid


def test_an_account_is_opened_with_an_email_and_logged_in(aws: Cloud, clock: Clock) -> None:
    app = App(aws)
    answer = app.sign_up(first_name=" Ali ", last_name="Valiyev", phone_number="+998 90 123-45-67")
    assert answer.status == 201
    told = answer.json
    assert (told["success"], told["message"]) == (True, "User registered successfully")
    assert told["data"] == {"user": told["user"], "tokens": told["tokens"]}
    assert set(told["tokens"]) == {"refresh", "access"}
    user = told["user"]
    assert app.row["pk"] == f"ACCOUNT#{user.pop('id')}"
    assert user == {
        "email": EMAIL,
        "phone": "+998 90 123-45-67",
        "first_name": "Ali",
        "last_name": "Valiyev",
        "full_name": "Ali Valiyev",
        "is_active": True,
        "email_verified": False,
        "phone_verified": False,
        "created_at": "2026-01-05T12:00:00.000Z",
        "updated_at": "2026-01-05T12:00:00.000Z",
    }


def test_an_account_without_names_is_called_by_its_email(aws: Cloud) -> None:
    assert App(aws).sign_up().json["user"]["full_name"] == EMAIL


def test_the_new_tokens_open_doors(app: App) -> None:
    assert app.call("accounts.profile").status == 200
    assert app.call("tasks.list").status == 200


def test_the_new_account_may_log_in_on_either_way(app: App) -> None:
    assert app.log_in().status == 200
    for name in ("username", "email"):
        assert app.aws.http("accounts.token", {name: EMAIL, "password": PASSWORD}).status == 200


def test_rights_are_not_for_the_asking(aws: Cloud) -> None:
    app = App(aws)
    app.sign_up(role="admin", is_staff=True, email_verified=True, id=7)
    assert (app.row["role"], app.row["email_verified"]) == ("user", False)


def test_the_password_is_kept_nowhere_as_it_is(app: App) -> None:
    assert PASSWORD not in str(kept(app.aws))


@pytest.mark.parametrize("email", ["ali@example.com", "ALI@Example.com", " ali@example.com "])
def test_an_email_can_be_registered_once(app: App, email: str) -> None:
    with unchanged(app.aws):
        answer = App(app.aws, email).sign_up()
    assert (answer.status, answer.json) == (400, invalid(email="User with this email already exists."))


def test_an_email_that_is_somebodys_username_is_taken(aws: Cloud) -> None:
    aws.register("ali@example.com")
    assert App(aws).sign_up().json == invalid(email="User with this email already exists.")


def test_an_email_that_is_an_administrators_is_taken(aws: Cloud) -> None:
    aws.call("accounts.bootstrap", {"username": "admin", "email": EMAIL, "password": PASSWORD})
    assert App(aws).sign_up().json == invalid(email="User with this email already exists.")


def test_of_many_at_once_one_gets_the_email(aws: Cloud) -> None:
    answers = at_once([lambda: App(aws).sign_up()] * 8)
    assert sorted(answer.status for answer in answers) == [201] + [400] * 7


@pytest.mark.parametrize(
    ("told", "fields"),
    [
        ({"email": "ali"}, {"email": "Enter a valid email address."}),
        ({"email": "ali@"}, {"email": "Enter a valid email address."}),
        ({"email": "a li@example.com"}, {"email": "Enter a valid email address."}),
        ({"email": "ali@example"}, {"email": "Enter a valid email address."}),
        ({"email": "a" * 65 + "@example.com"}, {"email": "Enter a valid email address."}),
        ({"email": f"ali@{'x' * 150}.com"}, {"email": "Ensure this field has no more than 150 characters."}),
        ({"email": ""}, {"email": "This field may not be blank."}),
        ({"email": None}, {"email": "This field may not be null."}),
        ({"password_confirm": "another word"}, {"password_confirm": "Passwords do not match"}),
        ({"phone": "+998 (90)"}, {"phone": "Invalid phone number format"}),
        ({"phone": "12345678901234567890x"}, {"phone": "Ensure this field has no more than 20 characters."}),
        ({"first_name": "x" * 151}, {"first_name": "Ensure this field has no more than 150 characters."}),
    ],
    ids=lambda told: str(told)[:40],
)
def test_what_will_not_do_is_refused_by_its_field(aws: Cloud, told: dict[str, Any], fields: dict[str, str]) -> None:
    with unchanged(aws):
        answer = App(aws).sign_up(**told)
    assert (answer.status, answer.json) == (400, invalid(**fields))


@pytest.mark.parametrize(
    ("password", "message"),
    [
        ("Ab1!xyz", "This password is too short. It must contain at least 8 characters."),
        ("password123", "This password is too common."),
        ("73918264", "This password is entirely numeric."),
        ("ali@example", "The password is too similar to the email address."),
        ("valiyev99", "The password is too similar to the last name."),
        ("Alisher-9", "The password is too similar to the first name."),
        (
            "12345",
            "This password is too short. It must contain at least 8 characters. This password is too common. "
            "This password is entirely numeric.",
        ),
        ("x" * 257, "Ensure this field has no more than 256 characters."),
        (" ", "This field may not be blank."),
    ],
)
def test_a_weak_password_is_refused_with_all_that_is_wrong(aws: Cloud, password: str, message: str) -> None:
    told = {"first_name": "Alisher", "last_name": "Valiyev", "password": password, "password_confirm": password}
    with unchanged(aws):
        answer = App(aws).sign_up(**told)
    assert (answer.status, answer.json["error"]["fields"]["password"]) == (400, [message])


def test_a_password_of_256_letters_will_do(aws: Cloud) -> None:
    assert App(aws, password="qulf" * 64).sign_up().status == 201


def test_what_is_missing_is_named(aws: Cloud) -> None:
    answer = aws.http("accounts.sign_up", {})
    assert answer.json["error"]["fields"].keys() == {"email", "password", "password_confirm"}


@pytest.mark.long
def test_one_address_cannot_try_out_who_is_there_for_ever(app: App) -> None:
    told = [app.sign_up().status for _ in range(101)]
    assert told == [400] * 100 + [429]
    assert App(app.aws, "new@example.com").sign_up().status == 429
    assert App(app.aws, "new@example.com", address="192.0.2.1").sign_up().status == 201


def test_the_session_begins_where_the_app_is(app: App) -> None:
    [session] = app.sessions
    assert (session["family"], session["address"], session["agent"]) == ("auth", "198.51.100.7", "Kalit/3.1 (Android)")
    assert not [row for row in app.aws.rows(Table.OPS) if "198.51.100.7" in str(row)], "addresses are hashed there"
