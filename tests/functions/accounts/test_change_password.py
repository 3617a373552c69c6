from typing import Any

import pytest

from tests.cloud import Answer

from ..rows import unchanged
from ..world import at_once, lost, meanwhile, upset
from .app import PASSWORD, App

NEW = "yangi qulf kaliti"


def change(app: App, **told: Any) -> Answer:
    body = {"old_password": PASSWORD, "new_password": NEW, "new_password_confirm": NEW}
    return app.call("accounts.change_password", {**body, **told})


def test_the_new_password_takes_the_place_of_the_old(app: App) -> None:
    answer = change(app)
    assert (answer.status, answer.json) == (200, {"success": True, "message": "Password changed successfully"})
    assert app.log_in().status == 400
    assert app.log_in(password=NEW).status == 200


def test_the_session_that_asked_goes_on_and_all_others_end(app: App) -> None:
    other, plain = App(app.aws), app.aws.http("accounts.token", {"username": app.email, "password": PASSWORD}).json
    other.log_in()
    change(app)
    assert app.call("accounts.profile").status == 200
    app.tokens |= app.rotate().json
    assert app.call("accounts.profile").status == 200
    assert (other.rotate().status, other.call("accounts.profile").status) == (401, 401)
    assert app.aws.http("accounts.refresh", {"refresh": plain["refresh"]}).status == 401
    assert app.aws.http("accounts.profile", token=plain["access"]).status == 401


def test_a_second_change_from_another_session_ends_the_first(app: App) -> None:
    change(app)
    other = App(app.aws, password=NEW)
    other.log_in()
    change(other, old_password=NEW, new_password="uchinchi kalit", new_password_confirm="uchinchi kalit")
    assert (app.rotate().status, other.rotate().status) == (401, 200)


@pytest.mark.parametrize(
    ("told", "fields"),
    [
        ({"old_password": "a guess"}, {"old_password": "Incorrect old password"}),
        ({"new_password_confirm": "another"}, {"new_password_confirm": "New passwords do not match"}),
        ({"old_password": ""}, {"old_password": "This field may not be blank."}),
    ],
    ids=str,
)
def test_what_will_not_do_changes_nothing(app: App, told: dict[str, Any], fields: dict[str, str]) -> None:
    with unchanged(app.aws):
        answer = change(app, **told)
    assert (answer.status, answer.json["error"]["fields"]) == (400, {name: [said] for name, said in fields.items()})


@pytest.mark.parametrize("weak", ["short", "password123", "73918264", "ali@example.com", "Valiyev1"])
def test_a_weak_password_is_refused(app: App, weak: str) -> None:
    answer = change(app, new_password=weak, new_password_confirm=weak)
    assert (answer.status, list(answer.json["error"]["fields"])) == (400, ["new_password"])
    assert app.log_in().status == 200


def test_old_passwords_are_guessed_no_more_often_than_at_login(app: App) -> None:
    assert [change(app, old_password="a guess").status for _ in range(10)] == [400] * 10
    assert change(app).status == 429
    assert app.log_in().status == 429


def test_of_two_changes_at_once_one_holds(app: App) -> None:
    words = ["birinchi kalit", "ikkinchi kalit"]
    changes = [lambda word=word: change(app, new_password=word, new_password_confirm=word) for word in words]
    answers = at_once(changes)
    assert sorted(answer.status for answer in answers)[0] == 200
    assert {answer.status for answer in answers} <= {200, 400, 401}, "the other is too late"
    [held] = [word for word, answer in zip(words, answers, strict=True) if answer.status == 200]
    assert app.log_in(password=held).status == 200


def test_a_lost_answer_of_dynamodb_is_no_wrong_password(app: App) -> None:
    with upset("TransactWriteItems", lost):
        assert change(app).status == 200


def test_sessions_that_were_all_ended_meanwhile_stay_ended(app: App) -> None:
    def end() -> None:
        app.call("accounts.end_sessions")

    for operation, after in (("GetItem", 2), ("TransactWriteItems", 0)):
        app.log_in()
        with upset(operation, meanwhile(end), after=after):
            assert change(app).status == 401
        assert (app.call("accounts.profile").status, app.rotate().status) == (401, 401)
