from uuid import uuid4

from kalit.kit.resources import Table

from ..rows import unchanged
from ..world import Clock
from .app import App


def id_of(app: App) -> str:
    """The session that the app is in."""
    [own] = [session["id"] for session in app.call("accounts.sessions").json["data"] if session["current"]]
    return str(own)


def test_a_session_is_ended_at_once(app: App) -> None:
    lost = App(app.aws)
    lost.log_in()
    answer = app.call("accounts.end_session", id=id_of(lost))
    assert (answer.status, answer.json) == (200, {"success": True, "message": "Session ended"})
    assert (lost.rotate().status, lost.call("accounts.profile").status) == (401, 401)
    assert (app.rotate().status, app.call("accounts.profile").status) == (200, 200)


def test_a_plain_login_is_ended_at_once(app: App) -> None:
    tokens = app.aws.http("accounts.token", {"username": app.email, "password": app.password}).json
    lost = App(app.aws, tokens=tokens)
    app.call("accounts.end_session", id=id_of(lost))
    assert lost.call("accounts.profile").status == 401
    assert app.aws.http("accounts.refresh", {"refresh": tokens["refresh"]}).status == 401


def test_the_own_session_may_be_ended(app: App) -> None:
    app.call("accounts.end_session", id=id_of(app))
    assert app.call("accounts.profile").status == 401


def test_a_session_that_is_not_there_is_404(app: App) -> None:
    with unchanged(app.aws):
        answer = app.call("accounts.end_session", id=uuid4())
    assert (answer.status, answer.json["error"]["message"]) == (404, "Session not found.")


def test_nobody_ends_the_sessions_of_others(app: App) -> None:
    other = App(app.aws, "vali@example.com")
    other.sign_up()
    assert app.call("accounts.end_session", id=id_of(other)).status == 404
    assert other.rotate().status == 200


def test_what_is_no_id_is_404(app: App) -> None:
    assert app.call("accounts.end_session", id="1").status == 404


def test_what_was_ended_is_forgotten_when_no_token_can_be_left_of_it(app: App, clock: Clock) -> None:
    lost = App(app.aws)
    lost.log_in()
    app.call("accounts.end_session", id=id_of(lost))
    assert len(app.row["ended_sessions"]) == 1
    clock.move(minutes=59)
    app.log_in()
    assert len(app.row["ended_sessions"]) == 1
    clock.move(minutes=1)
    app.log_in()
    assert "ended_sessions" not in app.row
    assert [row for row in app.aws.rows(Table.ACCOUNTS) if row["sk"] == "ACCOUNT"] == [app.row]
