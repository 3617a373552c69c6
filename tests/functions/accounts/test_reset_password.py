from typing import Any

import pytest

from kalit.kit.resources import Table
from tests.cloud import Answer

from ..rows import put, unchanged
from ..world import Clock, at_once
from .app import App

NEW = "yangi qulf kaliti"
OVER = "This link or code is not valid any more. Ask for a new one."


def link_of(app: App) -> str:
    """Ask for a link; its token."""
    app.ask_reset()
    message = app.told()
    assert message
    return str(message["body"].partition("/reset/")[2].partition("/")[0])


def code_of(app: App) -> str:
    """Ask for a code."""
    app.ask_reset("sms")
    message = app.told("sms")
    assert message
    return str(message["text"][:6])


def confirm(app: App, password: str = NEW, **proof: Any) -> Answer:
    body = {"new_password": password, "new_password_confirm": password, **proof}
    return app.aws.http("accounts.reset_password", body)


def by_code(app: App, code: str, email: str = "") -> Answer:
    return confirm(app, email=email or app.email, code=code)


def over(answer: Answer) -> bool:
    return (answer.status, answer.json["error"]["message"]) == (400, OVER)


def test_a_link_sets_a_new_password_and_ends_all_sessions(app: App) -> None:
    answer = confirm(app, token=link_of(app))
    assert (answer.status, answer.json) == (200, {"success": True, "message": "Password changed successfully"})
    assert (app.rotate().status, app.call("accounts.profile").status) == (401, 401)
    assert (app.log_in().status, app.log_in(password=NEW).status) == (400, 200)


def test_who_came_by_the_link_has_shown_that_the_address_is_his(app: App) -> None:
    confirm(app, token=link_of(app))
    assert (app.row["email_verified"], app.row["phone_verified"]) == (True, False)


def test_a_code_sets_a_new_password(app: App) -> None:
    assert by_code(app, code_of(app)).status == 200
    assert app.log_in(password=NEW).status == 200
    assert (app.row["email_verified"], app.row["phone_verified"]) == (False, True)


def test_a_link_or_code_is_used_once(app: App) -> None:
    token = link_of(app)
    assert [confirm(app, token=token).status for _ in range(2)] == [200, 400]
    code = code_of(app)
    assert [by_code(app, code).status for _ in range(2)] == [200, 400]


def test_of_many_at_once_one_sets_the_password(app: App) -> None:
    token = link_of(app)
    answers = at_once([lambda: confirm(app, token=token)] * 6)
    assert sorted(answer.status for answer in answers) == [200] + [400] * 5


def test_a_link_holds_for_half_an_hour(app: App, clock: Clock) -> None:
    token = link_of(app)
    clock.move(seconds=1_800)
    assert over(confirm(app, token=token))


def test_a_code_is_tried_five_times(app: App) -> None:
    code = code_of(app)
    wrong = f"{(int(code) + 1) % 10**6:06}"
    assert all(over(by_code(app, wrong)) for _ in range(5))
    assert over(by_code(app, code))


def test_codes_tried_at_once_are_not_more(app: App) -> None:
    code = int(code_of(app))
    guesses = [f"{(code + n) % 10**6:06}" for n in range(1, 21)]
    at_once([lambda guess=guess: by_code(app, guess) for guess in guesses])
    [row] = app.aws.rows(Table.ACCOUNTS, "RESET#")
    assert row["tries"] == 5
    assert over(by_code(app, f"{code:06}"))


def test_a_weak_password_does_not_use_up_the_proof(app: App) -> None:
    code = code_of(app)
    for _ in range(6):
        answer = confirm(app, "password123", email=app.email, code=code)
        assert list(answer.json["error"]["fields"]) == ["new_password"]
    assert by_code(app, code).status == 200


@pytest.mark.parametrize(
    "token", ["garbage", ".", "3f0f4f9e-6a35-4cb5-9b66-0a54cf0d1a11.00", "x" * 200, "ключ.ключ"], ids=lambda t: t[:12]
)
def test_a_forged_link_changes_nothing(app: App, token: str) -> None:
    link_of(app)
    with unchanged(app.aws):
        assert over(confirm(app, token=token))


def test_a_link_of_which_a_letter_was_changed_changes_nothing(app: App) -> None:
    token = link_of(app)
    touched = token[:-1] + ("0" if token[-1] != "0" else "1")
    assert over(confirm(app, token=touched))
    assert app.log_in().status == 200


def test_a_code_is_not_for_another_name(app: App) -> None:
    other = App(app.aws, "vali@example.com")
    other.sign_up(phone="+998 90 765-43-21")
    code_of(other)
    assert over(by_code(app, code_of(app), email=other.email))


def test_who_is_nobody_hears_the_same(app: App) -> None:
    app.ask_reset("sms", email="nobody@example.com")
    answer, known = by_code(app, "123456", email="nobody@example.com"), by_code(app, "123456")
    assert (answer.status, answer.json) == (known.status, known.json)


def test_an_account_that_changed_its_name_in_between_is_still_meant(app: App) -> None:
    token = link_of(app)
    put(app.aws, Table.ACCOUNTS, {**app.row, "first_name": "Vali"})
    assert confirm(app, token=token).status == 200


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "new_password"),
        ({"new_password": NEW, "new_password_confirm": NEW}, "errors"),
        ({"new_password": NEW, "new_password_confirm": NEW, "code": "1"}, "errors"),
        ({"new_password": NEW, "new_password_confirm": "other", "token": "x.y"}, "new_password_confirm"),
        ({"new_password": "x" * 257, "new_password_confirm": NEW, "token": "x.y"}, "new_password"),
    ],
    ids=["nothing", "no proof", "no name", "unlike", "long"],
)
def test_a_body_that_will_not_do_is_refused(app: App, body: dict[str, str], field: str) -> None:
    answer = app.aws.http("accounts.reset_password", body)
    assert answer.status == 400
    assert field in answer.json["error"]["fields"]
