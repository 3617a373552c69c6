from urllib.parse import urlencode

import pytest

from tests.cloud import Answer

from ..rows import unchanged
from .app import App

NEW = "yangi qulf kaliti"
FORM = {"content-type": "application/x-www-form-urlencoded"}


def send(app: App, token: str, password: str = NEW, again: str = "", **headers: str) -> Answer:
    form = urlencode({"new_password": password, "new_password_confirm": again or password}).encode()
    return app.aws.http("accounts.reset_form", raw=form, headers=FORM | headers, link=token)


def link_of(app: App) -> str:
    app.ask_reset()
    message = app.told()
    assert message
    return str(message["body"].partition("/reset/")[2].partition("/")[0])


def test_the_password_is_set_from_the_page(app: App) -> None:
    answer = send(app, link_of(app))
    assert answer.status == 200
    assert "Password changed successfully" in answer.text
    assert app.log_in(password=NEW).status == 200


@pytest.mark.parametrize(
    ("password", "again", "told"),
    [
        ("short", "short", "This password is too short."),
        (NEW, "another", "New passwords do not match"),
        ("", "", "This field may not be blank."),
    ],
)
def test_what_will_not_do_is_said_on_the_page(app: App, password: str, again: str, told: str) -> None:
    token = link_of(app)
    answer = send(app, token, password, again)
    assert (answer.status, told in answer.text) == (400, True)
    assert send(app, token).status == 200


def test_a_link_that_is_over_is_said_on_the_page(app: App) -> None:
    with unchanged(app.aws):
        answer = send(app, "3f0f4f9e-6a35-4cb5-9b66-0a54cf0d1a11.00", **{"accept-language": "ru"})
    assert (answer.status, "Запросите новые" in answer.text) == (400, True)


def test_nothing_of_what_was_sent_comes_back_as_markup(app: App) -> None:
    answer = send(app, "<script>", "<script>alert(1)</script>")
    assert "<script" not in answer.text


def test_json_is_no_form(app: App) -> None:
    assert app.aws.http("accounts.reset_form", {"new_password": NEW}, link=link_of(app)).status == 400
