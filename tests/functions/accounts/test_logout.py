import pytest

from ..rows import unchanged
from ..world import lost, upset
from .app import App

INVALID = {"success": False, "message": "Invalid token"}
DONE = {"success": True, "message": "Logout successful"}


def test_a_session_is_ended_by_its_refresh_token(app: App) -> None:
    answer = app.call("accounts.logout", {"refresh": app.tokens["refresh"]})
    assert (answer.status, answer.json) == (200, DONE)
    assert app.rotate().status == 401


def test_the_access_token_runs_out_by_itself(app: App) -> None:
    app.call("accounts.logout", {"refresh": app.tokens["refresh"]})
    assert app.call("accounts.profile").status == 200


def test_without_a_token_the_session_that_asks_is_ended(app: App) -> None:
    other = App(app.aws)
    other.log_in()
    assert app.call("accounts.logout").json == DONE
    assert (app.rotate().status, other.rotate().status) == (401, 200)


def test_one_app_may_log_out_another_of_its_owner(app: App) -> None:
    other = App(app.aws)
    other.log_in()
    assert app.call("accounts.logout", {"refresh": other.tokens["refresh"]}).status == 200
    assert (app.rotate().status, other.rotate().status) == (200, 401)


def test_a_plain_login_is_ended_too(app: App) -> None:
    tokens = app.aws.http("accounts.token", {"username": app.email, "password": app.password}).json
    assert app.aws.http("accounts.logout", {"refresh": tokens["refresh"]}, token=tokens["access"]).json == DONE
    assert app.aws.http("accounts.refresh", {"refresh": tokens["refresh"]}).status == 401


def test_a_token_that_was_ended_is_none_any_more(app: App) -> None:
    app.call("accounts.logout", {"refresh": app.tokens["refresh"]})
    answer = app.call("accounts.logout", {"refresh": app.tokens["refresh"]})
    assert (answer.status, answer.json) == (400, INVALID)


@pytest.mark.parametrize("refresh", ["garbage", "a.b.c", "x" * 91])
def test_garbage_is_no_token(app: App, refresh: str) -> None:
    with unchanged(app.aws):
        answer = app.call("accounts.logout", {"refresh": refresh})
    assert (answer.status, answer.json) == (400, INVALID)


def test_nobody_logs_out_somebody_else(app: App) -> None:
    other = App(app.aws, "vali@example.com")
    other.sign_up()
    assert app.call("accounts.logout", {"refresh": other.tokens["refresh"]}).json == INVALID
    assert other.rotate().status == 200


def test_a_lost_answer_of_dynamodb_is_no_invalid_token(app: App) -> None:
    with upset("TransactWriteItems", lost):
        assert app.call("accounts.logout", {"refresh": app.tokens["refresh"]}).json == DONE
