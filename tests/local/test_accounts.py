"""Accounts as a lock's app knows them, from the first request to the last queue."""

import json
import re
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from infra.catalog import catalog, endpoints
from infra.events import sample
from tests.running import ADMIN_PASSWORD, Local, User, eventually

PASSWORD = "kalit va qulf"
PROTECTED = [door for door in endpoints(catalog()) if door.caller_kind and not door.open_to_all]


class App:
    """A lock's app."""

    def __init__(self, url: str) -> None:
        self.url, self.email = f"{url}/api/v1/auth", f"{uuid.uuid4().hex[:12]}@example.com"
        told = {"email": self.email, "password": PASSWORD, "password_confirm": PASSWORD, "phone": "+998 90 123-45-67"}
        self.tokens = self.post("register", told).json()["tokens"]

    def post(self, path: str, body: Any = None, **headers: str) -> requests.Response:
        return requests.post(f"{self.url}/{path}/", json=body, headers=headers, timeout=30)

    def rotate(self, refresh: str) -> requests.Response:
        return self.post("token/refresh", {"refresh": refresh})

    def profile(self) -> int:
        headers = {"Authorization": f"Bearer {self.tokens['access']}"}
        return requests.get(f"{self.url}/profile/", headers=headers, timeout=30).status_code


@pytest.fixture
def app(local: Local) -> App:
    return App(local.url)


@pytest.fixture(scope="module")
def admin(local: Local) -> User:
    return User.log_in(local.url, "admin", ADMIN_PASSWORD)


def delivered(admin: User, kind: str, **query: str) -> Any:
    """The newest message that a sandbox took."""
    found = eventually(lambda: admin.get(f"/api/{kind}/outbox/", params=query).json()["results"])
    return found[0]


def test_an_app_keeps_its_session_and_a_thief_ends_it(app: App) -> None:
    assert app.profile() == 200
    first = app.tokens["refresh"]
    lost, again = app.rotate(first), app.rotate(first)
    assert lost.json()["refresh"] == again.json()["refresh"]
    app.tokens = app.rotate(again.json()["refresh"]).json()
    assert app.profile() == 200
    assert app.rotate(first).status_code == 401
    assert app.rotate(app.tokens["refresh"]).status_code == 401
    assert app.profile() == 401
    assert app.post("login", {"email": app.email, "password": PASSWORD}).status_code == 200


def test_fifty_refreshes_at_once_have_one_successor(app: App) -> None:
    with ThreadPoolExecutor(50) as threads:
        answers = list(threads.map(app.rotate, [app.tokens["refresh"]] * 50))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["refresh"] for answer in answers}) == 1


def test_a_link_from_the_outbox_sets_a_new_password_on_its_page(app: App, admin: User) -> None:
    assert app.post("password-reset", {"email": app.email}).status_code == 202
    body = delivered(admin, "email", to=app.email)["body"]
    link = re.search(r"http://\S+", body)
    assert link
    assert 'name="new_password"' in requests.get(link[0], headers={"Accept-Language": "uz"}, timeout=30).text
    form = {"new_password": "yangi qulf kaliti", "new_password_confirm": "yangi qulf kaliti"}
    assert requests.post(link[0], data=form, timeout=30).status_code == 200
    assert app.profile() == 401
    assert app.post("login", {"email": app.email, "password": "yangi qulf kaliti"}).status_code == 200


def test_a_code_from_the_outbox_sets_a_new_password(app: App, admin: User) -> None:
    reset = app.post("password-reset", {"email": app.email, "channel": "sms"}).json()["data"]["reset"]
    code = delivered(admin, "sms", phone="+998901234567")["text"][:6]
    told = {"reset": reset, "code": code, "new_password": "yangi kalit 7", "new_password_confirm": "yangi kalit 7"}
    assert app.post("password-reset/confirm", told).status_code == 200


def test_one_id_runs_from_the_request_to_the_last_queue(local: Local, app: App, admin: User) -> None:
    id = f"asked-{uuid.uuid4()}"
    answer = app.post("password-reset", {"email": app.email}, **{"X-Request-Id": id})
    assert answer.headers["X-Request-Id"] == id
    delivered(admin, "email", to=app.email)
    for door in ("accounts.ask_reset", "accounts.dispatch", "notices.email"):
        eventually(lambda door=door: [line for line in logged(local, door) if line.get("request_id") == id])  # type: ignore[misc]


def logged(local: Local, door: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in local.log(door) if line.startswith('{"level"')]


@pytest.mark.parametrize("change", ["SET is_active = :f", "ADD session_version :one"], ids=["blocked", "ended"])
def test_who_lost_his_standing_is_refused_from_the_next_request_on(local: Local, app: App, change: str) -> None:
    assert app.profile() == 200
    alter(local, app, change)
    assert app.profile() == 401
    assert app.rotate(app.tokens["refresh"]).status_code == 401


def test_a_change_of_role_holds_from_the_next_request_on(local: Local, app: App) -> None:
    user = User(local.url, app.email, app.tokens["access"])
    told = []
    for role in ("admin", "manager", "user"):
        alter(local, app, "SET #role = :role", role)
        told.append(user.get("/api/sms/outbox/").status_code)
    assert told == [200, 403, 403]


def alter(local: Local, app: App, change: str, role: str = "") -> None:
    """Change the account's row behind the system's back."""
    client = local.aws.client("dynamodb")
    named = {"pk": {"S": f"USERNAME#{app.email}"}, "sk": {"S": "USERNAME"}}
    whose = client.get_item(TableName="local-accounts", Key=named)["Item"]["uuid"]["S"]
    values = {":f": {"BOOL": False}, ":one": {"N": "1"}, ":role": {"S": role}}
    client.update_item(
        TableName="local-accounts",
        Key={"pk": {"S": f"ACCOUNT#{whose}"}, "sk": {"S": "ACCOUNT"}},
        UpdateExpression=change,
        ExpressionAttributeValues={name: value for name, value in values.items() if name in change},
        **({"ExpressionAttributeNames": {"#role": "role"}} if "#role" in change else {}),
    )


@pytest.fixture(scope="module")
def honest(local: Local) -> App:
    """One app for all doors: none of them lets it in."""
    return App(local.url)


@pytest.mark.parametrize(
    "door",
    # Each begins with a cold start of its function.
    [pytest.param(door, id=door.name, marks=[pytest.mark.long] * bool(i % 16)) for i, door in enumerate(PROTECTED)],
)
def test_a_protected_door_takes_no_token_that_is_not_ours(local: Local, honest: App, door: Any) -> None:
    """Over real HTTP; the forty kinds stand in tests/functions/forged.py."""
    path = sample(door)["rawPath"]
    head, payload, signature = honest.tokens["access"].split(".")
    bad = [f"{head}.{payload}.", f"{head}.{payload}.{signature[::-1]}", honest.tokens["refresh"], "garbage", ""]
    told = {
        requests.request(
            door.method, local.url + path, headers={"Authorization": f"Bearer {token}"}, timeout=30
        ).status_code
        for token in bad
    }
    assert told <= {401}
