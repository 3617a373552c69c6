"""A manager's first days, from the administrator's request to a password of his own, over real HTTP."""

import csv
import io
import uuid
from typing import Any

import pytest
import requests

from tests.running import ADMIN_PASSWORD, Local, User, eventually

NEW = "yangi qulf kaliti"


@pytest.fixture(scope="module")
def admin(local: Local) -> User:
    return User.log_in(local.url, "admin", ADMIN_PASSWORD)


def exported(admin: User, username: str) -> list[str]:
    """A manager's row in the export, once the index knows him."""
    answer = eventually(lambda: _listed(admin))
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.reader(io.StringIO(answer.text)))
    return next(row for row in rows if row[1].lstrip("'") == username)


def _listed(admin: User) -> requests.Response | None:
    answer = admin.get("/api/manager/export/")
    return answer if answer.status_code == 200 else None


def log_in(local: Local, username: str, password: str) -> requests.Response:
    return requests.post(f"{local.url}/api/token/", json={"username": username, "password": password}, timeout=30)


def change(user: User, old: str, new: str) -> requests.Response:
    told = {"old_password": old, "new_password": new, "new_password_confirm": new}
    return user.post("/api/v1/auth/change-password/", told)


@pytest.fixture
def username() -> str:
    """A name with all signs that names may have."""
    return f"+m@x.{uuid.uuid4().hex[:8]}-_"


@pytest.fixture
def password(admin: User, username: str) -> str:
    """The one-time password of a new manager."""
    headers = {"Idempotency-Key": uuid.uuid4().hex}
    answers = [admin.post("/api/manager/create/", {"username": username}, headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    return str(answers[0].json()["one_time_password"])


def test_a_one_time_password_lives_from_its_making_to_its_replacement(
    local: Local, admin: User, username: str, password: str
) -> None:
    assert exported(admin, username) == [f"{local.url}/login/", f"'{username}", password, "manager"]
    first = log_in(local, username, password).json()
    assert first["must_change_password"] is True
    assert exported(admin, username)[2] == "Not available"
    assert log_in(local, username, password).status_code == 401
    manager = User(local.url, username, first["access"])
    for path in ("/api/tasks/", "/api/v1/auth/profile/", "/api/admin/users/", "/api/manager/export/"):
        assert manager.get(path).status_code == 403
    assert change(manager, password, NEW).status_code == 200
    assert manager.get("/api/tasks/").status_code == 200
    assert manager.get("/api/admin/users/").status_code == 403
    assert log_in(local, username, password).status_code == 401
    assert set(log_in(local, username, NEW).json()) == {"access", "refresh"}


def test_a_new_one_is_given_to_whoever_has_an_odd_name(local: Local, admin: User, username: str, password: str) -> None:
    for path in (username, requests.utils.quote(username, safe="")):
        answer = admin.post(f"/api/manager/{path}/reissue/")
        assert answer.status_code == 200, answer.text
    assert log_in(local, username, password).status_code == 401
    assert log_in(local, username, answer.json()["one_time_password"]).json()["must_change_password"] is True


def test_the_page_takes_a_one_time_password_once(local: Local, username: str, password: str) -> None:
    form = {"username": username, "one_time_password": password, "new_password": NEW, "new_password_confirm": NEW}
    assert 'name="one_time_password"' in requests.get(f"{local.url}/login/", timeout=30).text
    answers = [requests.post(f"{local.url}/login/", data=form, timeout=30).status_code for _ in range(2)]
    assert answers == [200, 400]
    assert log_in(local, username, NEW).status_code == 200


def test_an_administrator_finds_promotes_and_blocks_somebody(local: Local, admin: User) -> None:
    user = local.user()

    def found(**query: Any) -> list[Any]:
        results: list[Any] = admin.get("/api/admin/users/", params={"search": user.username[:12], **query}).json()[
            "results"
        ]
        return [person for person in results if person["username"] == user.username]

    [person] = eventually(found)
    everybody = admin.get("/api/admin/users/", params={"page": "last"}).json()
    assert person["id"] in [one["id"] for one in everybody["results"]]
    path = f"/api/admin/users/{person['id']}/"
    changed = admin.session.patch(local.url + path, json={"role": "manager"}, timeout=30).json()
    assert (changed["role"], changed["is_staff"]) == ("manager", False)
    assert [one["id"] for one in found(role="manager")] == [person["id"]]
    assert admin.session.put(local.url + path, json={"is_active": False}, timeout=30).status_code == 200
    assert user.get("/api/tasks/").status_code == 401
    assert admin.post(f"{path}end-sessions/").status_code == 200
    assert admin.get(path).json()["is_active"] is False
