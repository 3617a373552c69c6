from typing import Any

import pytest

from kalit.kit.resources import Table

from ..rows import put, unchanged
from ..world import Clock
from .app import App, invalid


def test_what_is_told_is_changed_and_the_rest_stays(app: App, clock: Clock) -> None:
    clock.move(minutes=10)
    answer = app.call("accounts.update_profile", {"first_name": "Vali"})
    assert (answer.status, answer.json["message"]) == (200, "Profile updated successfully")
    user = answer.json["data"]
    assert (user["full_name"], user["phone"]) == ("Vali Valiyev", "+998 90 123-45-67")
    assert (user["created_at"], user["updated_at"]) == ("2026-01-05T12:00:00.000Z", "2026-01-05T12:10:00.000Z")
    assert app.call("accounts.profile").json["data"] == user


@pytest.mark.parametrize(
    "told", [{"email": "other@example.com"}, {"role": "admin"}, {"is_active": False}, {"id": "7"}, {}], ids=str
)
def test_what_is_not_the_owners_to_change_is_ignored(app: App, told: dict[str, Any]) -> None:
    before = app.row
    assert app.call("accounts.update_profile", told).status == 200
    assert app.row == before


def test_names_can_be_taken_back(app: App) -> None:
    app.call("accounts.update_profile", {"first_name": "", "last_name": " ", "phone": ""})
    assert app.call("accounts.profile").json["data"]["full_name"] == app.email


def test_another_phone_is_not_verified_any_more(app: App) -> None:
    put(app.aws, Table.ACCOUNTS, {**app.row, "phone_verified": True})
    same = {"first_name": "A", "phone": app.row["phone"]}
    assert app.call("accounts.update_profile", same).json["data"]["phone_verified"] is True
    assert app.call("accounts.update_profile", {"phone_number": "+998 1"}).json["data"]["phone_verified"] is False


@pytest.mark.parametrize(
    ("told", "fields"),
    [
        ({"phone": "call me"}, {"phone": "Invalid phone number format"}),
        ({"phone": "+"}, {"phone": "Invalid phone number format"}),
        ({"first_name": None}, {"first_name": "This field may not be null."}),
        ({"first_name": {}}, {"first_name": "Not a valid string."}),
        ({"last_name": "x" * 151}, {"last_name": "Ensure this field has no more than 150 characters."}),
    ],
    ids=lambda told: str(told)[:30],
)
def test_what_will_not_do_is_refused(app: App, told: dict[str, Any], fields: dict[str, str]) -> None:
    with unchanged(app.aws):
        answer = app.call("accounts.update_profile", told)
    assert (answer.status, answer.json) == (400, invalid(**fields))


def test_a_wrong_password_changes_nothing_and_counts_as_a_try(app: App) -> None:
    told = {"phone": "+998 1", "password": "a guess"}
    with unchanged(app.aws):
        answers = [app.call("accounts.update_profile", told) for _ in range(11)]
    assert [answer.status for answer in answers] == [400] * 10 + [429]
    assert answers[0].json["error"]["fields"] == {"password": ["Incorrect password"]}
