"""Logins and alerts, over their tables' streams and real queues into lists that are read over HTTP."""

import time
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
    eventually(lambda: len(listed(user)) == 2)
    [failed, let_in] = listed(user)
    assert (failed[0], let_in[0]) == ("LOGIN_FAILED", "LOGIN_SUCCESS")
    assert listed(user, event_type="LOGIN_FAILED") == [failed]
    admin = User.log_in(local.url, "admin", ADMIN_PASSWORD)
    assert failed in listed(admin, severity="MEDIUM", days=1)
    assert let_in in listed(admin, event_type="LOGIN_SUCCESS")


ALERTS = "/api/v1/security/alerts/"


def test_a_forged_report_is_an_alert_that_its_owner_sees_and_staff_resolve_on_record(local: Local) -> None:
    user = local.user()
    device_id = f"ALERT-{user.username[-6:].upper()}"
    assert user.post("/api/v1/devices/", {"device_id": device_id, "name": "Front door"}).status_code == 201
    forged = {"timestamp": int(time.time()), "channel": "alert", "payload": '{"type": "tamper"}', "signature": "0" * 64}
    report = requests.post(f"{local.url}/api/v1/devices/{device_id}/telemetry/", json=forged, timeout=30)
    assert report.status_code == 401
    eventually(lambda: user.get(f"{ALERTS}unresolved/").json()["count"] == 1)
    [alert] = user.get(ALERTS).json()["results"]
    assert (alert["alert_type"], alert["severity"], alert["status"]) == ("unauthorized_access", "HIGH", "open")

    admin = User.log_in(local.url, "admin", ADMIN_PASSWORD)
    assert alert in admin.get(ALERTS, params={"status": "open", "page_size": 100}).json()["results"]
    told = admin.post(f"{ALERTS}{alert['id']}/resolve/", {"notes": "A prank"}).json()["data"]
    assert (told["status"], told["notes"]) == ("resolved", "A prank")
    assert user.get(f"{ALERTS}unresolved/").json()["count"] == 0
    [event] = user.get(EVENTS, params={"event_type": "INVALID_SIGNATURE"}).json()["results"]
    assert (event["id"], event["resolved"]) == (alert["event"], True)

    def audited() -> bool:
        entries = admin.get("/api/v1/security/audit-logs/", params={"page_size": 100}).json()["results"]
        return any(entry["resource_id"] == alert["id"] for entry in entries)

    eventually(audited)
