"""What accounts tell of security: who got in, who did not, who left, and who has a new password."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from kalit.kit.resources import Queue, Table
from tests.cloud import Cloud

from ..world import Clock, refused, upset
from .app import App
from .staff import OTP, Staff

FORM = {"content-type": "application/x-www-form-urlencoded"}
NEW = {"new_password": "yangi kalit 7", "new_password_confirm": "yangi kalit 7"}


def told(aws: Cloud, event_type: str = "") -> list[dict[str, Any]]:
    """The events that were written, the oldest first."""
    rows = [json.loads(row["event"]) for row in aws.rows(Table.ACCOUNTS, "SECURITY-EVENT#")]
    found = [event for event in rows if event["event_type"] == event_type or not event_type]
    return sorted(found, key=lambda event: (event["created_at"], event["id"]))


def fail(app: App, name: str = "", address: str = "") -> int:
    """A login that fails, at the door of names; its status."""
    headers = app.headers | ({"x-kalit-address": address} if address else {})
    body = {"username": name or app.email, "password": "a wrong one"}
    return app.aws.http("accounts.token", body, headers=headers).status


def replace(aws: Cloud, name: str, password: str, headers: dict[str, str]) -> int:
    """Somebody sets a password of his own instead of a one-time password; the page's status."""
    form = urlencode({"username": name, "one_time_password": password, **NEW})
    return aws.http("accounts.login_form", raw=form.encode(), headers={**headers, **FORM}).status


def own(app: App, **more: Any) -> dict[str, Any]:
    """What is the same in all that the app's owner does."""
    uuid = app.row["pk"].removeprefix("ACCOUNT#")
    nothing = {"owner": None, "device": None, "device_name": "", "metadata": {}}
    where = {"ip_address": app.address, "user_agent": "Kalit/3.1 (Android)"}
    return {"user": uuid, **nothing, **where, "created_at": "2026-01-05T12:00:00.000Z", **more}


def without_id(event: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in event.items() if name != "id"}


def test_a_sign_up_is_a_login(app: App) -> None:
    [event] = told(app.aws)
    assert without_id(event) == own(app, event_type="LOGIN_SUCCESS", severity="LOW", description="Logged in")


@pytest.mark.parametrize("door", ["login", "token"])
def test_a_login_is_told(app: App, clock: Clock, door: str) -> None:
    clock.move(seconds=7)
    body = {"email" if door == "login" else "username": app.email, "password": app.password}
    assert app.aws.http(f"accounts.{door}", body, headers=app.headers).status == 200
    event = told(app.aws, "LOGIN_SUCCESS")[-1]
    assert without_id(event) == own(
        app, event_type="LOGIN_SUCCESS", severity="LOW", description="Logged in", created_at="2026-01-05T12:00:07.000Z"
    )


def test_a_failed_login_is_told_to_the_account_that_it_was_meant_for(app: App) -> None:
    assert fail(app) == 401
    [event] = told(app.aws, "LOGIN_FAILED")
    assert without_id(event) == own(app, event_type="LOGIN_FAILED", severity="MEDIUM", description="Login failed")


@pytest.mark.parametrize("door", ["login", "token", "login_form"])
def test_a_name_that_nobody_has_is_told_to_nobody_and_not_kept(app: App, door: str) -> None:
    """A password may have been typed in its place."""
    secret = "parol@example.com"
    if door == "login_form":
        replace(app.aws, secret, "a wrong one", app.headers)
    else:
        app.aws.http(f"accounts.{door}", {"email": secret, "username": secret, "password": "a wrong one"})
    [event] = told(app.aws, "LOGIN_FAILED")
    assert (event["user"], event["description"]) == (None, "Login failed: no such account")
    assert secret not in str(app.aws.rows(Table.ACCOUNTS))


def test_failed_logins_of_a_minute_are_one_event_for_an_account_and_an_address(app: App, clock: Clock) -> None:
    for _ in range(3):
        fail(app)
    assert len(told(app.aws, "LOGIN_FAILED")) == 1
    fail(app, address="203.0.113.8")
    assert len(told(app.aws, "LOGIN_FAILED")) == 2
    clock.move(minutes=1)
    fail(app)
    assert len(told(app.aws, "LOGIN_FAILED")) == 3


def test_whatever_names_an_address_tries_that_nobody_has_are_one_event_a_minute(app: App) -> None:
    for number in range(5):
        fail(app, f"nobody{number}")
    assert len(told(app.aws, "LOGIN_FAILED")) == 1


def test_what_was_told_already_asks_for_nothing_more(app: App) -> None:
    fail(app)
    app.aws.stream("accounts.dispatch", *app.aws.rows(Table.ACCOUNTS, "SECURITY-EVENT#"))
    fail(app)
    assert not [row for row in app.aws.rows(Table.ACCOUNTS, "SECURITY-EVENT#") if "outbox" in row]


def test_who_is_locked_out_writes_nothing_more(app: App, clock: Clock, calls: list[str]) -> None:
    while fail(app) != 429:
        pass
    clock.move(minutes=1)
    before = told(app.aws)
    calls.clear()
    assert fail(app) == 429
    assert calls == ["GetItem", "GetItem", "UpdateItem", "GetItem"]
    assert told(app.aws) == before


@pytest.mark.parametrize("name", ["", "nobody"])
def test_what_cannot_be_told_changes_no_answer(app: App, name: str, caplog: pytest.LogCaptureFixture) -> None:
    with upset("PutItem", refused("InternalServerError")):
        assert fail(app, name) == 401
    assert told(app.aws, "LOGIN_FAILED") == []
    assert "failed login not told" in caplog.text


def test_a_login_with_a_one_time_password_that_is_none_is_told(app: App) -> None:
    assert replace(app.aws, app.email, "a wrong one", app.headers) == 400
    [event] = told(app.aws, "LOGIN_FAILED")
    assert without_id(event) == own(app, event_type="LOGIN_FAILED", severity="MEDIUM", description="Login failed")


def test_a_one_time_password_that_was_replaced_is_told(staff: Staff) -> None:
    staff.create(password=OTP)
    assert replace(staff.aws, "dilshod", OTP, {"x-kalit-address": staff.address}) == 200
    [event] = told(staff.aws, "PASSWORD_CHANGE")
    assert event["user"] == staff.row()["pk"].removeprefix("ACCOUNT#")
    assert (event["description"], event["ip_address"]) == ("Replaced a one-time password", staff.address)


def test_a_logout_is_told_once_for_a_session(app: App) -> None:
    for _ in range(2):
        assert app.call("accounts.logout").status == 200
    assert app.call("accounts.logout", {"refresh": app.tokens["refresh"]}).status == 400
    [event] = told(app.aws, "LOGOUT")
    assert without_id(event) == own(app, event_type="LOGOUT", severity="LOW", description="Logged out")


def test_a_changed_password_is_told(app: App) -> None:
    assert app.call("accounts.change_password", {"old_password": "wrong", **NEW}).status == 400
    assert told(app.aws, "PASSWORD_CHANGE") == []
    assert app.call("accounts.change_password", {"old_password": app.password, **NEW}).status == 200
    [event] = told(app.aws, "PASSWORD_CHANGE")
    description = "Changed the password"
    assert without_id(event) == own(app, event_type="PASSWORD_CHANGE", severity="MEDIUM", description=description)


def test_a_password_that_was_forgotten_and_set_anew_is_told(app: App) -> None:
    app.ask_reset()
    message = app.told()
    assert message
    link = message["body"].partition("/reset/")[2].partition("/")[0]
    assert app.aws.http("accounts.reset_password", {"token": link, **NEW}, headers=app.headers).status == 200
    [event] = told(app.aws, "PASSWORD_CHANGE")
    description = "Set a forgotten password anew"
    assert without_id(event) == own(app, event_type="PASSWORD_CHANGE", severity="MEDIUM", description=description)


def test_an_event_goes_to_its_keeper_as_a_job_of_its_own(app: App) -> None:
    [row] = app.aws.rows(Table.ACCOUNTS, "SECURITY-EVENT#")
    app.aws.stream("accounts.dispatch", row, row)
    messages = app.aws.messages(Queue.SECURITY)
    assert messages == [json.loads(row["event"])] * 2
    [job] = [job for job in app.aws.rows(Table.OPS, "JOB#") if job["queue"] == "security"]
    assert job["pk"] == f"JOB#{messages[0]['id']}"
    assert app.address not in str(app.aws.rows(Table.OPS, "JOB#"))


CALLS = {
    "login": ["GetItem", "GetItem", "UpdateItem", "UpdateItem", "TransactWriteItems", "Sign", "GenerateMac"],
    "failed": ["GetItem", "GetItem", "UpdateItem", "UpdateItem", "PutItem"],
    "refresh": ["GenerateMac", "BatchGetItem", "UpdateItem", "Sign"],
    "logout": ["GetItem", "TransactWriteItems"],
}
ACTS = {
    "login": lambda app: app.log_in(),
    "failed": lambda app: app.log_in(password="a wrong one"),
    "refresh": lambda app: app.rotate(),
    "logout": lambda app: app.call("accounts.logout"),
}


@pytest.mark.parametrize("act", CALLS)
def test_telling_costs_no_call_but_that_of_a_login_that_fails(app: App, calls: list[str], act: str) -> None:
    app.log_in()
    app.call("accounts.profile")  # and this process knows the keys
    calls.clear()
    ACTS[act](app)
    assert calls == CALLS[act]


def test_who_is_nobody_costs_the_same_calls_as_somebody(app: App, calls: list[str]) -> None:
    fail(app)
    known, made = fail(app), calls[-5:]
    calls.clear()
    assert (fail(app, "nobody"), calls) == (known, made)
