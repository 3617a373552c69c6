from typing import Any

import pytest

from kalit.kit.resources import Table
from tests.cloud import Answer

from ..rows import unchanged
from ..world import Clock, at_once, lost, meanwhile, upset
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


def by_code(app: App, code: str, reset: str = "") -> Answer:
    return confirm(app, reset=reset or app.reset, code=code)


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


def test_a_link_is_used_once(app: App) -> None:
    token = link_of(app)
    assert [confirm(app, token=token).status for _ in range(2)] == [200, 400]


def test_a_code_is_used_once(app: App) -> None:
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
        answer = confirm(app, "password123", reset=app.reset, code=code)
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
    assert over(by_code(app, code_of(app), other.reset))


def test_who_is_nobody_hears_the_same_by_the_same_calls(app: App, calls: list[str]) -> None:
    code = int(code_of(app))
    calls.clear()
    known, made = by_code(app, f"{(code + 1) % 10**6:06}"), calls[:]
    app.ask_reset("sms", email="nobody@example.com")
    calls.clear()
    answer = by_code(app, "123456")
    assert (answer.status, answer.json, calls) == (known.status, known.json, made)


def test_a_link_dies_with_the_next_password(app: App) -> None:
    token = link_of(app)
    told = {"old_password": app.password, "new_password": NEW, "new_password_confirm": NEW}
    assert app.call("accounts.change_password", told).status == 200
    assert over(confirm(app, "boshqa qulf kaliti", token=token))
    assert app.log_in(password=NEW).status == 200


def test_an_account_that_another_opened_in_ones_name_is_ones_own_by_the_link(app: App) -> None:
    """His phone is still on file, but codes do not go there any more."""
    confirm(app, token=link_of(app))
    app.ask_reset("sms")
    assert app.told("sms") is None


def test_a_weak_word_that_crosses_a_good_one_leaves_nothing_behind(app: App) -> None:
    code = code_of(app)
    with upset("UpdateItem", meanwhile(lambda: by_code(app, code))):
        assert confirm(app, "password123", reset=app.reset, code=code).status == 400
    assert app.aws.rows(Table.ACCOUNTS, "RESET#") == []
    assert over(by_code(app, code))


def test_a_code_whose_answer_was_lost_is_not_counted_twice(app: App) -> None:
    code = int(code_of(app))
    for _ in range(4):
        by_code(app, f"{(code + 1) % 10**6:06}")
    with upset("TransactWriteItems", lost):
        assert by_code(app, f"{code:06}").status == 200


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
