"""Logins, over their table's stream and a real queue into the list of security events, read over HTTP."""

from typing import Any

import requests

from tests.running import ADMIN_PASSWORD, Local, User, eventually

EVENTS = "/api/v1/security/events/"


def listed(user: User, **query: Any) -> list[tuple[str, str | None]]:
    """Type and account of each event on the first page."""
    answer = user.get(EVENTS, params={"page_size": 100, **query}).json()
    assert answer["count"] == len(answer["results"]) or answer["total_pages"] > 1
    return [(event["event_type"], event["user"]) for event in answer["results"]]


def test_logins_come_into_the_lists_of_their_owner_and_of_staff(local: Local) -> None:
    user = local.user()
    wrong = {"username": user.username, "password": "a wrong one"}
    assert requests.post(f"{local.url}/api/token/", json=wrong, timeout=30).status_code == 401
    eventually(lambda: len(listed(user)) == 2, within=30)
    [failed, let_in] = listed(user)
    assert (failed[0], let_in[0]) == ("LOGIN_FAILED", "LOGIN_SUCCESS")
    assert listed(user, event_type="LOGIN_FAILED") == [failed]
    admin = User.log_in(local.url, "admin", ADMIN_PASSWORD)
    assert failed in listed(admin, severity="MEDIUM", days=1)
    assert let_in in listed(admin, event_type="LOGIN_SUCCESS")
