from typing import Any
from urllib.parse import urlencode

import pytest

from tests.cloud import Answer

from ..rows import unchanged
from ..world import Clock, at_once, meanwhile, upset
from .app import PASSWORD, App
from .staff import NEW, OTP, Staff

FORM = {"content-type": "application/x-www-form-urlencoded", "x-kalit-address": "198.51.100.7"}
NOT_VALID = "The username or the one-time password is wrong, or it was used, or it has run out"


def send(staff: Staff, language: str = "", **told: Any) -> Answer:
    form = {"username": "dilshod", "one_time_password": OTP, "new_password": NEW, "new_password_confirm": NEW}
    headers = FORM | {"accept-language": language}
    return staff.aws.http("accounts.login_form", raw=urlencode(form | told).encode(), headers=headers)


@pytest.fixture(autouse=True)
def _dilshod(staff: Staff) -> None:
    """There is a manager who was not in yet."""
    staff.create(password=OTP)


def test_who_was_given_a_password_sets_one_of_his_own(staff: Staff) -> None:
    answer = send(staff)
    assert answer.status == 200
    assert "Password changed successfully" in answer.text
    assert staff.sealed == []
    assert (staff.row()["must_change_password"], staff.row()["last_login_ip"]) == (False, "198.51.100.7")
    assert staff.log_in().status == 401
    assert set(staff.log_in(password=NEW).json) == {"access", "refresh"}


def test_it_works_once(staff: Staff) -> None:
    assert sorted(answer.status for answer in at_once([lambda: send(staff)] * 5)) == [200] + [400] * 4
    assert NOT_VALID in send(staff).text


def test_a_login_elsewhere_has_used_it(staff: Staff) -> None:
    with upset("TransactWriteItems", meanwhile(lambda: staff.log_in())):
        assert send(staff).status == 400
    assert send(staff).status == 400


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ({"new_password": "short", "new_password_confirm": "short"}, "This password is too short."),
        ({"new_password_confirm": "another"}, "New passwords do not match"),
        ({"new_password": OTP, "new_password_confirm": OTP}, "Choose a password other than the one-time password."),
        ({"new_password": "", "new_password_confirm": ""}, "This field may not be blank."),
        ({"one_time_password": "a guess"}, NOT_VALID),
        ({"username": "nobody"}, NOT_VALID),
        ({"username": ""}, "This field may not be blank."),
    ],
    ids=str,
)
def test_what_will_not_do_is_said_on_the_page_and_uses_nothing(
    staff: Staff, told: dict[str, str], message: str
) -> None:
    with unchanged(staff.aws):
        answer = send(staff, **told)
    assert (answer.status, message in answer.text) == (400, True)
    assert send(staff).status == 200


def test_a_password_that_has_run_out_is_refused(staff: Staff, clock: Clock) -> None:
    clock.move(hours=72)
    assert send(staff).status == 400


def test_a_password_of_ones_own_is_not_changed_here(staff: Staff, app: App) -> None:
    app.sign_up()
    with unchanged(staff.aws):
        answer = send(staff, username=app.email, one_time_password=PASSWORD)
    assert (answer.status, NOT_VALID in answer.text) == (400, True)


def test_a_blocked_manager_is_refused(staff: Staff) -> None:
    staff.change(2, is_active=False)
    assert send(staff).status == 400


def test_it_is_tried_no_more_often_than_at_login(staff: Staff) -> None:
    assert [send(staff, one_time_password="a guess").status for _ in range(10)] == [400] * 10
    answer = send(staff)
    assert (answer.status, answer.headers["Retry-After"]) == (429, "900")
    assert staff.log_in().status == 429


def test_what_was_wrong_is_said_in_the_language_asked_for(staff: Staff) -> None:
    assert "одноразовый пароль неверны" in send(staff, "ru", one_time_password="a guess").text
    assert "bir martalik parol xato" in send(staff, "uz", one_time_password="a guess").text


def test_the_name_is_there_again_and_nothing_else_of_what_was_sent(staff: Staff) -> None:
    answer = send(staff, username='"><script>', one_time_password="my secret")
    assert "<script" not in answer.text
    assert 'value="&quot;&gt;&lt;script&gt;"' in answer.text
    assert "my secret" not in answer.text


def test_json_is_no_form(staff: Staff) -> None:
    assert staff.aws.http("accounts.login_form", {"username": "dilshod"}).status == 400
