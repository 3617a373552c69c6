import pytest

from kalit.kit.resources import Table
from tests.cloud import Cloud

from ..rows import put
from ..world import Clock
from .app import App

ASKED = {"success": True, "message": "If there is such an account, instructions are on their way."}


def test_the_answer_is_the_same_for_everybody(app: App) -> None:
    put(app.aws, Table.ACCOUNTS, {**app.row, "phone": ""})
    told = [app.ask_reset(), app.ask_reset(email="nobody@example.com"), app.ask_reset("sms")]
    assert [(answer.status, answer.json) for answer in told] == [(202, ASKED)] * 3
    assert len({frozenset(answer.headers) for answer in told}) == 1


def test_the_same_calls_are_made_for_everybody(app: App, calls: list[str]) -> None:
    app.ask_reset()
    known = calls[:]
    calls.clear()
    app.ask_reset(email="nobody@example.com")
    assert calls == known == ["UpdateItem", "GetItem", "GetItem", "GetItem", "PutItem"]


def test_only_who_is_there_is_written_to(app: App) -> None:
    app.ask_reset(email="nobody@example.com")
    assert app.told() is None
    app.ask_reset()
    assert app.told() is not None


def test_a_disabled_account_is_not_written_to(app: App) -> None:
    put(app.aws, Table.ACCOUNTS, {**app.row, "is_active": False})
    assert app.ask_reset().json == ASKED
    assert app.told() is None


def test_what_is_kept_does_not_let_anybody_in(app: App) -> None:
    app.ask_reset()
    message = app.told()
    assert message
    token = message["body"].partition("/reset/")[2].partition("/")[0]
    assert token
    assert token.partition(".")[2] not in str(app.aws.rows(Table.ACCOUNTS))


def test_a_link_that_was_sent_holds_on_when_another_is_asked_for(app: App, clock: Clock) -> None:
    app.ask_reset()
    first = app.told()
    clock.move(minutes=10)
    app.ask_reset()
    second = app.told()
    assert first
    assert second
    assert (first["body"], first["id"] == second["id"]) == (second["body"], False)


@pytest.mark.parametrize("email", ["ali@example.com", "nobody@example.com"])
def test_one_address_may_ask_five_times_for_a_name(app: App, email: str) -> None:
    assert [app.ask_reset(email=email).status for _ in range(6)] == [202] * 5 + [429]
    app.address = "192.0.2.1"
    assert app.ask_reset(email=email).status == 202


def test_codes_are_few_whoever_asks(app: App, clock: Clock) -> None:
    """Six digits can be guessed: five codes a day, five tries each."""
    codes = []
    for n in range(8):
        app.address = f"192.0.2.{n}"
        app.ask_reset("sms")
        codes.append(app.told("sms"))
        clock.move(minutes=31)
    assert [bool(code) for code in codes] == [True] * 5 + [False] * 3


def test_the_message_speaks_the_language_asked_for(app: App) -> None:
    app.ask_reset(**{"accept-language": "uz"})
    message = app.told()
    assert message
    assert message["subject"] == "Yangi parol"


@pytest.mark.parametrize("body", [{}, {"email": ""}, {"email": "a", "channel": "pigeon"}], ids=str)
def test_a_body_that_will_not_do_is_refused(aws: Cloud, body: dict[str, str]) -> None:
    assert aws.http("accounts.ask_reset", body).status == 400
