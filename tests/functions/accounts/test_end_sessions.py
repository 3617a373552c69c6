from .app import App


def test_all_sessions_are_ended_at_once(app: App) -> None:
    other, plain = App(app.aws), app.aws.http("accounts.token", {"username": app.email, "password": app.password}).json
    other.log_in()
    answer = app.call("accounts.end_sessions")
    assert (answer.status, answer.json) == (200, {"success": True, "message": "All sessions ended"})
    for each in (app, other):
        assert (each.rotate().status, each.call("accounts.profile").status) == (401, 401)
    assert app.aws.http("accounts.refresh", {"refresh": plain["refresh"]}).status == 401
    assert app.aws.http("accounts.profile", token=plain["access"]).status == 401


def test_who_logs_in_again_goes_on(app: App) -> None:
    app.call("accounts.end_sessions")
    app.log_in()
    assert app.call("accounts.sessions").json["count"] == 1


def test_a_session_that_outlived_a_new_password_is_ended_with_the_rest(app: App) -> None:
    told = {"old_password": app.password, "new_password": "yangi kalit", "new_password_confirm": "yangi kalit"}
    app.call("accounts.change_password", told)
    app.call("accounts.end_sessions")
    assert (app.rotate().status, app.call("accounts.profile").status) == (401, 401)


def test_nobody_ends_the_sessions_of_others(app: App) -> None:
    other = App(app.aws, "vali@example.com")
    other.sign_up()
    app.call("accounts.end_sessions")
    assert other.call("accounts.profile").status == 200
