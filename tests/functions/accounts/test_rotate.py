import base64
import json
from contextlib import suppress

import jwt
import pytest

from kalit.kit.resources import Table
from tests.cloud import Answer, Cloud, forget

from ..rows import put, unchanged
from ..world import Clock, Killed, at_once, killed_after, lost, upset
from .app import NOT_VALID, App


def refused(answer: Answer) -> bool:
    return (answer.status, answer.json) == (401, NOT_VALID)


def test_a_refresh_token_is_replaced_by_its_successor(app: App) -> None:
    first = app.tokens["refresh"]
    answer = app.rotate()
    assert answer.status == 200
    assert set(answer.json) == {"refresh", "access"}
    assert answer.json["refresh"] != first
    app.tokens = answer.json
    assert app.call("accounts.profile").status == 200


def test_an_access_token_holds_for_a_quarter_of_an_hour(app: App, clock: Clock) -> None:
    app.tokens = app.rotate().json
    claims = jwt.decode(app.tokens["access"], options={"verify_signature": False})
    assert (claims["exp"] - claims["iat"], claims["token_type"]) == (900, "access")
    assert f"ACCOUNT#{claims['user_id']}" == app.row["pk"]
    clock.move(seconds=899)
    assert app.call("accounts.profile").status == 200
    clock.move(seconds=1)
    assert app.call("accounts.profile").status == 401


def test_a_lost_answer_is_given_again_while_the_successor_is_unused(app: App, clock: Clock) -> None:
    first = app.tokens["refresh"]
    successor = app.rotate(first).json["refresh"]
    clock.move(seconds=600)
    assert app.rotate(first).json["refresh"] == successor
    assert app.rotate(successor).status == 200


def test_a_token_whose_successor_was_used_ends_the_session(app: App) -> None:
    first = app.tokens["refresh"]
    second = app.rotate(first).json
    third = app.rotate(second["refresh"]).json
    assert refused(app.rotate(first))
    for told in (second, third):
        assert refused(app.rotate(told["refresh"]))
    app.tokens = third
    assert app.call("accounts.profile").status == 401, "the thief may hold an access token as well"
    assert app.sessions == []
    assert app.log_in().status == 200


def test_all_who_replay_at_once_are_refused_alike(app: App) -> None:
    first = app.tokens["refresh"]
    app.rotate(app.rotate(first).json["refresh"])
    assert all(refused(answer) for answer in at_once([lambda: app.rotate(first)] * 12))


def test_the_other_sessions_of_the_account_go_on(app: App) -> None:
    other = App(app.aws)
    other.log_in()
    first = app.tokens["refresh"]
    app.rotate(app.rotate(first).json["refresh"])
    assert refused(app.rotate(first))
    assert other.rotate().status == 200


def test_a_token_that_comes_again_too_late_ends_the_session(app: App, clock: Clock) -> None:
    first = app.tokens["refresh"]
    successor = app.rotate(first).json["refresh"]
    clock.move(seconds=601)
    assert refused(app.rotate(first))
    assert refused(app.rotate(successor))


def test_fifty_at_once_get_one_successor(app: App) -> None:
    answers = at_once([app.rotate] * 50)
    assert {answer.status for answer in answers} == {200}
    assert len({answer.json["refresh"] for answer in answers}) == 1
    [session] = app.sessions
    assert session["generation"] == 1


@pytest.mark.parametrize("fault", [killed_after, lost])
def test_a_process_that_died_after_the_rotation_costs_nobody_his_session(app: App, fault: object) -> None:
    first = app.tokens["refresh"]
    with upset("UpdateItem", fault), suppress(Killed):  # type: ignore[arg-type]
        app.rotate(first)
    again = app.rotate(first)
    assert again.status == 200
    assert app.rotate(again.json["refresh"]).status == 200


def test_use_keeps_a_session_alive_for_thirty_days_at_most(app: App, clock: Clock) -> None:
    for _ in range(4):
        clock.move(days=6)
        app.tokens |= app.rotate().json
    clock.move(days=5.9)
    app.tokens |= app.rotate().json
    clock.move(days=0.1)
    assert refused(app.rotate())


def test_a_week_of_silence_ends_a_session(app: App, clock: Clock) -> None:
    clock.move(days=7)
    assert refused(app.rotate())


def test_who_was_disabled_gets_nothing(app: App) -> None:
    put(app.aws, Table.ACCOUNTS, {**app.row, "is_active": False})
    assert refused(app.rotate())


def forgeries(app: App) -> dict[str, str]:
    """Tokens that are none of ours, or not for here."""
    good = app.tokens["refresh"]
    data = base64.urlsafe_b64decode(good + "=")

    def packed(raw: bytes) -> str:
        return base64.urlsafe_b64encode(raw).decode().rstrip("=")

    plain = app.aws.http("accounts.token", {"username": app.email, "password": app.password}).json
    return {
        "a plain refresh token": plain["refresh"],
        "an access token": app.tokens["access"],
        "the next generation": packed(data[:35] + b"\1" + data[36:]),
        "another session": packed(data[:16] + bytes(16) + data[32:]),
        "another account": packed(bytes(16) + data[16:]),
        "another seal": packed(data[:-1] + bytes([data[-1] ^ 1])),
        "another spelling": good[:-1] + chr(ord(good[-1]) + 1),
        "padded": good + "=",
        "cut": good[:-1],
        "longer": good + "AAAA",
        "half": good[:40],
        "no letters": "ключ",
        "garbage": "garbage",
    }


def test_forged_tokens_are_refused_and_end_nothing(app: App) -> None:
    for kind, bad in forgeries(app).items():
        with unchanged(app.aws):
            assert refused(app.rotate(bad)), kind
    assert app.rotate().status == 200


def test_a_rotating_token_is_not_for_the_plain_way(app: App) -> None:
    answer = app.aws.http("accounts.refresh", {"refresh": app.tokens["refresh"]})
    assert (answer.status, answer.json["code"]) == (401, "token_not_valid")


@pytest.mark.parametrize("body", [{}, {"refresh": ""}, {"refresh": None}, {"refresh": []}], ids=str)
def test_a_body_without_a_token_is_refused(aws: Cloud, body: dict[str, object]) -> None:
    answer = aws.http("accounts.rotate", body)
    assert (answer.status, list(answer.json["error"]["fields"])) == (400, ["refresh"])


def test_a_key_is_published_before_the_first_token_of_a_process(app: App) -> None:
    [row] = app.aws.rows(Table.KEYS)
    put(app.aws, Table.KEYS, {**row, "jwks": json.dumps({"keys": []})})
    forget()
    assert app.rotate().status == 200
    assert app.aws.rows(Table.KEYS) == [row]
