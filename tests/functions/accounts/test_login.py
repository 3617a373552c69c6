import pytest

from kalit.kit.resources import Table
from tests.cloud import Cloud

from ..rows import unchanged
from ..world import meanwhile, upset
from .app import EMAIL, PASSWORD, App, invalid

WRONG = invalid(errors="Invalid email or password")


def test_an_email_and_its_password_open_a_session(app: App) -> None:
    answer = app.log_in()
    assert answer.status == 200
    assert answer.json["message"] == "Login successful"
    assert answer.json["data"] == {"user": answer.json["user"], "tokens": answer.json["tokens"]}
    assert app.row["last_login_ip"] == "198.51.100.7"
    assert len(app.sessions) == 2


def test_the_case_of_an_address_does_not_matter(app: App) -> None:
    assert app.log_in(email="ALI@EXAMPLE.COM").status == 200


@pytest.mark.parametrize(
    "told",
    [{"password": "another word"}, {"email": "nobody@example.com"}, {"email": "no address"}],
    ids=["wrong password", "unknown", "no address"],
)
def test_whoever_cannot_be_let_in_hears_the_same(app: App, told: dict[str, str]) -> None:
    with unchanged(app.aws):
        answer = app.log_in(**told)
    assert (answer.status, answer.json) == (400, WRONG)


def test_an_account_that_was_disabled_hears_the_same(app: App) -> None:
    app.aws.table(Table.ACCOUNTS).put_item(Item={**app.row, "is_active": False})
    assert (app.log_in().status, app.log_in().json) == (400, WRONG)


@pytest.mark.parametrize("username", ["ali", "ali@example.com"])
def test_an_account_without_an_email_logs_in_elsewhere(aws: Cloud, username: str) -> None:
    aws.register(username, PASSWORD)
    assert App(aws, username).log_in().json == WRONG


def test_an_administrators_email_is_a_name_to_log_in_by(aws: Cloud) -> None:
    aws.call("accounts.bootstrap", {"username": "admin", "email": EMAIL, "password": PASSWORD})
    assert App(aws).log_in().status == 200
    assert aws.log_in("ali@example.com", PASSWORD)


def test_both_ways_in_count_the_same_failures(app: App) -> None:
    wrong = {"username": EMAIL, "password": "a guess"}
    for _ in range(5):
        app.log_in(password="a guess")
        app.aws.http("accounts.token", wrong, headers=app.headers)
    answer = app.log_in()
    assert (answer.status, answer.headers["Retry-After"]) == (429, "900")
    told = "Request was throttled. Expected available in 900 seconds."
    assert answer.json == {"success": False, "error": {"message": told, "code": 429}}
    assert app.aws.http("accounts.token", {"username": EMAIL, "password": PASSWORD}, headers=app.headers).status == 429
    app.address = "192.0.2.1"
    assert app.log_in().status == 200


def test_networks_of_one_customer_are_one_address(app: App) -> None:
    for n in range(10):
        app.address = f"2001:db8:1:2::{n:x}"
        assert app.log_in(password="a guess").status == 400
    app.address = "2001:db8:1:2:ffff::1"
    assert app.log_in().status == 429
    app.address = "2001:db8:1:3::1"
    assert app.log_in().status == 200


def test_a_login_that_crosses_the_end_of_all_sessions_is_refused(app: App) -> None:
    tokens = dict(app.tokens)
    with upset("TransactWriteItems", meanwhile(lambda: app.aws.http("accounts.end_sessions", token=tokens["access"]))):
        assert app.log_in().status == 400
    assert app.log_in().status == 200
