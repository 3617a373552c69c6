"""Which names and passwords an account may have, and how passwords are kept."""

from typing import Any

import pytest

from kalit.accounts import passwords
from kalit.accounts.directory import Credentials, NewAccount
from kalit.kit.fields import read

from .refusals import refusal

BAD_NAME = "Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters."
BLANK = "This field may not be blank."


def named(username: Any) -> dict[str, Any]:
    return {"username": username, "password": "password123"}


@pytest.mark.parametrize(
    "username",
    ["a", "seeduser", "ali.valiyev+1@example.com", "_", "42", "Али-Вали", "Oʻktam", "李", "x" * 150, "ў" * 150],
)
def test_a_name_of_letters_digits_and_five_marks_is_taken(username: str) -> None:
    assert read(NewAccount, named(username)).username == username


@pytest.mark.parametrize(
    "username",
    ["ali vali", "ali!", "a/b", "a:b", "a,b", "a'b", "<b>", "a\nb", "ali\x00", "a#b", "🔑", "a\u202eb", "a\u200bb"],
)
def test_a_name_with_other_characters_is_refused(username: str) -> None:
    assert refusal(NewAccount, named(username)) == {"username": [BAD_NAME]}


@pytest.mark.parametrize(("typed", "kept"), [("ａｌｉ", "ali"), ("ﬁn", "fin"), ("и\u0306ван", "йван"), ("①", "1")])
def test_names_that_look_the_same_are_the_same(typed: str, kept: str) -> None:
    assert read(NewAccount, named(typed)).username == kept


@pytest.mark.parametrize("typed", ["ａｌｉ", "и\u0306ван"])
def test_a_name_is_the_same_at_login_as_at_registration(typed: str) -> None:
    assert read(Credentials, named(typed)).username == read(NewAccount, named(typed)).username


@pytest.mark.parametrize("model", [NewAccount, Credentials])
def test_a_name_is_trimmed(model: type[NewAccount] | type[Credentials]) -> None:
    assert read(model, named("  ali\n")).username == "ali"


@pytest.mark.parametrize("username", ["", "  "])
@pytest.mark.parametrize("model", [NewAccount, Credentials])
def test_a_blank_name_is_refused(model: type[NewAccount] | type[Credentials], username: str) -> None:
    assert refusal(model, named(username)) == {"username": [BLANK]}


def test_a_name_of_151_characters_is_too_long() -> None:
    message = "Ensure this field has no more than 150 characters."
    assert refusal(NewAccount, named("x" * 151)) == {"username": [message]}


def test_a_name_is_measured_as_it_is_kept() -> None:
    assert set(refusal(NewAccount, named("\ufb03" * 150))) == {"username"}


@pytest.mark.parametrize("username", [None, True, ["ali"], {}])
@pytest.mark.parametrize("model", [NewAccount, Credentials])
def test_a_name_that_is_no_text_is_refused(model: type[NewAccount] | type[Credentials], username: Any) -> None:
    assert set(refusal(model, named(username))) == {"username"}


@pytest.mark.parametrize("password", ["password123", "Password1", "1", " a ", "пароль", "x" * 256, "🔑"])
@pytest.mark.parametrize("model", [NewAccount, Credentials])
def test_a_password_is_kept_as_typed(model: type[NewAccount] | type[Credentials], password: str) -> None:
    assert read(model, {"username": "ali", "password": password}).password == password


@pytest.mark.parametrize(
    ("password", "message"),
    [
        ("", BLANK),
        ("   ", BLANK),
        (None, "This field may not be null."),
        (["a"], "Not a valid string."),
        ("x" * 257, "Ensure this field has no more than 256 characters."),
    ],
    ids=lambda value: str(value)[:10],
)
@pytest.mark.parametrize("model", [NewAccount, Credentials])
def test_a_password_that_is_none_is_refused(
    model: type[NewAccount] | type[Credentials], password: Any, message: str
) -> None:
    assert refusal(model, {"username": "ali", "password": password}) == {"password": [message]}


@pytest.mark.parametrize("model", [NewAccount, Credentials])
def test_both_fields_are_required(model: type[NewAccount] | type[Credentials]) -> None:
    required = ["This field is required."]
    assert refusal(model, {}) == {"username": required, "password": required}


def test_an_email_may_stand_for_the_name_at_login() -> None:
    assert read(Credentials, {"email": "ali@example.com", "password": "p"}).username == "ali@example.com"


def test_an_email_does_not_stand_for_the_name_at_registration() -> None:
    assert set(refusal(NewAccount, {"email": "ali@example.com", "password": "p"})) == {"username"}


@pytest.mark.parametrize("extra", ["role", "is_staff", "is_active", "id", "uuid"])
def test_nobody_can_say_more_about_a_new_account(extra: str) -> None:
    assert not hasattr(read(NewAccount, {**named("ali"), extra: "admin"}), extra)


def test_a_kept_password_matches_itself_alone() -> None:
    kept = passwords.hashed("password123")
    assert passwords.matches(kept, "password123")
    assert not passwords.matches(kept, "Password123")
    assert not passwords.matches(kept, "password123 ")


def test_a_kept_password_does_not_show() -> None:
    one, other = passwords.hashed("password123"), passwords.hashed("password123")
    assert "password123" not in one
    assert one != other
    assert one.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


@pytest.mark.parametrize("kept", [None, "", "!", "password123"])
@pytest.mark.parametrize("password", ["password123", "no account has this password"])
def test_nothing_matches_where_no_password_is_kept(kept: str | None, password: str) -> None:
    assert not passwords.matches(kept, password)
