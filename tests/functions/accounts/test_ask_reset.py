import pytest

from kalit.kit.resources import Table
from tests.cloud import Cloud

from ..rows import put
from .app import App

ASKED = "If there is such an account, instructions are on their way."


@pytest.mark.long
def test_the_answer_is_the_same_for_everybody(app: App) -> None:
    put(app.aws, Table.ACCOUNTS, {**app.row, "phone": ""})
    told = [app.ask_reset(), app.ask_reset(email="nobody@example.com"), app.ask_reset("sms")]
    assert [(answer.status, answer.json["message"], list(answer.json["data"])) for answer in told] == [
        (202, ASKED, ["reset"])
    ] * 3
    assert len({frozenset(answer.headers) for answer in told}) == 1


@pytest.mark.long
@pytest.mark.parametrize("channel", ["email", "sms"])
def test_the_same_calls_are_made_for_everybody(app: App, calls: list[str], channel: str) -> None:
    app.ask_reset(channel)
    known = calls[:]
    calls.clear()
    app.ask_reset(channel, email="nobody@example.com")
    assert calls == known == ["UpdateItem", "GetItem", "GetItem", "UpdateItem", "PutItem"]


def test_only_who_is_there_is_written_to(app: App) -> None:
    app.ask_reset(email="nobody@example.com")
    assert app.told() is None
    app.ask_reset()
    assert app.told() is not None


def test_a_disabled_account_is_not_written_to(app: App) -> None:
    put(app.aws, Table.ACCOUNTS, {**app.row, "is_active": False})
    assert app.ask_reset().json["message"] == ASKED
    assert app.told() is None


def test_what_is_kept_does_not_let_anybody_in(app: App) -> None:
    app.ask_reset()
    message = app.told()
    assert message
    token = message["body"].partition("/reset/")[2].partition("/")[0]
    assert token
    assert token.partition(".")[2] not in str(app.aws.rows(Table.ACCOUNTS))


def test_a_link_that_was_sent_holds_on_when_another_is_asked_for(app: App) -> None:
    links = []
    for _ in range(2):
        app.ask_reset()
        message = app.told()
        assert message
        links.append(message["body"].partition("/reset/")[2].partition("/")[0])
    told = {"token": links[0], "new_password": "yangi qulf kaliti", "new_password_confirm": "yangi qulf kaliti"}
    assert len(set(links)) == 2
    assert app.aws.http("accounts.reset_password", told).status == 200


@pytest.mark.parametrize("email", ["ali@example.com", "nobody@example.com"])
def test_one_address_may_ask_five_times_for_a_name(app: App, email: str) -> None:
    assert [app.ask_reset(email=email).status for _ in range(6)] == [202] * 5 + [429]
    app.address = "192.0.2.1"
    assert app.ask_reset(email=email).status == 202


@pytest.mark.parametrize(("channel", "most"), [("sms", 10), ("email", 100)])
def test_nobody_is_flooded_whoever_asks(app: App, channel: str, most: int) -> None:
    sent = []
    for n in range(most + 5):
        app.address = f"192.0.2.{n}"
        app.ask_reset(channel)
        sent.append(app.told(channel))
    assert [bool(each) for each in sent] == [True] * most + [False] * 5


def test_a_phone_that_was_told_without_the_password_gets_no_code(app: App) -> None:
    """Who found an open app would take the account with a phone of his own."""
    app.call("accounts.update_profile", {"phone": "+998 90 765-43-21"})
    assert app.ask_reset("sms").status == 202
    assert app.told("sms") is None
    app.call("accounts.update_profile", {"phone": "+998 90 765-43-21", "password": app.password})
    app.ask_reset("sms")
    message = app.told("sms")
    assert message
    assert message["phone"] == "+998 90 765-43-21"


def test_the_message_speaks_the_language_asked_for(app: App) -> None:
    app.ask_reset(**{"accept-language": "uz"})
    message = app.told()
    assert message
    assert message["subject"] == "Yangi parol"


@pytest.mark.parametrize("body", [{}, {"email": ""}, {"email": "a", "channel": "pigeon"}], ids=str)
def test_a_body_that_will_not_do_is_refused(aws: Cloud, body: dict[str, str]) -> None:
    assert aws.http("accounts.ask_reset", body).status == 400
