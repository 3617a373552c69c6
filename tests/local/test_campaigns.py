"""A campaign on the engine, over real HTTP, with the machine, the stream and the queue in between."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.running import ADMIN_PASSWORD, Local, User, eventually

CLIENT = {"mobile_operator_code": "90", "tag": "vip", "timezone": "Asia/Tashkent"}
NEWSLETTER = {
    "start_datetime": "2020-01-01T00:00:00Z",
    "end_datetime": "2090-01-01T00:00:00Z",
    "text_message": "New locks are here.",
    "client_filter": {"tags": ["vip"]},
}


@pytest.fixture
def user(local: Local) -> User:
    return local.user()


def add(user: User, phone: str) -> int:
    answer = user.post("/api/clients", {**CLIENT, "phone_number": phone})
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


def stats(user: User, id: int) -> dict[str, int]:
    told: dict[str, int] = user.get(f"/api/newsletters/{id}/stats").json()
    return told


def over(user: User, id: int, total: int, within: float = 60.0) -> dict[str, int]:
    """The counts of a campaign with so many messages, once nothing is pending."""

    def look() -> dict[str, int] | None:
        told = stats(user, id)
        ended = told["total_messages"] == total and not told["pending_messages"] and told["status"] != "RUNNING"
        return told if ended else None

    return eventually(look, within)


def outbox(local: Local, phone: str) -> list[dict[str, Any]]:
    boss = User.log_in(local.url, "admin", ADMIN_PASSWORD)
    results: list[dict[str, Any]] = boss.get("/api/sms/outbox/", params={"phone": phone}).json()["results"]
    return results


@pytest.mark.long
def test_the_sequence_of_the_first_apps(local: Local, user: User) -> None:
    for phone in ("+998 90 555-11-22", "+998905551123", "+998905550001", "+998905550002"):
        add(user, phone)
    made = user.post("/api/newsletters", NEWSLETTER)
    assert made.status_code == 201
    id = made.json()["id"]

    def start() -> int:
        return user.post(f"/api/newsletters/{id}/start").status_code

    with ThreadPoolExecutor(20) as threads:
        answers = [begun.result() for begun in [threads.submit(start) for _ in range(20)]]
    assert sorted(answers) == [202] + [409] * 19
    told = over(user, id, total=4)
    assert (told["sent_messages"], told["unknown_messages"], told["status"]) == (3, 1, "FINISHED")
    assert [one["attempt"] for one in outbox(local, "+998905550001")] == [2]
    assert [one["text"] for one in outbox(local, "+998905551122")] == ["New locks are here."]

    again = user.post(f"/api/campaigns/{id}/start/", {"force_resend": True})
    assert again.status_code == 202
    assert again.json()["run_id"] != made.json()["active_run"]
    over(user, id, total=8)
    assert len(outbox(local, "+998905551122")) == 2


def test_who_says_stop_hears_no_more(local: Local, user: User) -> None:
    phones = [f"+9989044411{number:02}" for number in range(20, 24)]
    ids = [add(user, phone) for phone in phones]
    assert user.post(f"/api/clients/{ids[0]}/opt-out/").status_code == 200
    id = user.post("/api/newsletters", NEWSLETTER).json()["id"]
    told = over(user, id, total=4)
    assert (told["sent_messages"], told["skipped_messages"]) == (3, 1)
    assert outbox(local, phones[0]) == []


def test_what_is_called_off_is_not_sent(local: Local, user: User) -> None:
    add(user, "+998903331144")
    id = user.post("/api/newsletters", {**NEWSLETTER, "start_datetime": "2089-01-01T00:00:00Z"}).json()["id"]
    assert user.get(f"/api/campaigns/{id}/").json()["status"] == "SCHEDULED"
    assert user.post(f"/api/campaigns/{id}/cancel/").json()["status"] == "PAUSED"
    assert user.session.delete(f"{local.url}/api/newsletters/{id}", timeout=30).status_code == 204
    assert user.get(f"/api/campaigns/{id}/").status_code == 404
    assert outbox(local, "+998903331144") == []
