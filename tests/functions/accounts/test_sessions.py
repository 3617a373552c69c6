from ..world import Clock
from .app import App


def test_sessions_of_both_families_are_listed_the_newest_first(app: App, clock: Clock) -> None:
    clock.move(minutes=1)
    app.aws.http("accounts.token", {"username": app.email, "password": app.password}, headers={"user-agent": "curl/8"})
    answer = app.call("accounts.sessions")
    assert (answer.status, answer.json["success"], answer.json["count"]) == (200, True, 2)
    newest, own = answer.json["data"]
    assert (newest["device"], newest["current"], newest["created_at"]) == ("curl/8", False, "2026-01-05T12:01:00.000Z")
    assert own == {
        "id": app.sessions[0]["sk"].removeprefix("SESSION#"),
        "created_at": "2026-01-05T12:00:00.000Z",
        "last_used_at": "2026-01-05T12:00:00.000Z",
        "expires_at": "2026-01-12T12:00:00.000Z",
        "address": "198.51.100.7",
        "device": "Kalit/3.1 (Android)",
        "current": True,
    }


def test_a_session_tells_when_it_was_last_used(app: App, clock: Clock) -> None:
    clock.move(minutes=5)
    app.tokens = app.rotate().json
    [own] = app.call("accounts.sessions").json["data"]
    assert (own["last_used_at"], own["expires_at"]) == ("2026-01-05T12:05:00.000Z", "2026-01-12T12:05:00.000Z")


def test_a_session_that_is_over_is_not_listed(app: App, clock: Clock) -> None:
    clock.move(days=7)
    app.log_in()
    assert [session["current"] for session in app.call("accounts.sessions").json["data"]] == [True]


def test_nobody_sees_the_sessions_of_others(app: App) -> None:
    other = App(app.aws, "vali@example.com")
    other.sign_up()
    assert other.call("accounts.sessions").json["count"] == 1


def test_sessions_before_a_new_password_are_not_listed(app: App) -> None:
    App(app.aws).log_in()
    told = {"old_password": app.password, "new_password": "yangi kalit", "new_password_confirm": "yangi kalit"}
    app.call("accounts.change_password", told)
    assert [session["current"] for session in app.call("accounts.sessions").json["data"]] == [True]
