from typing import Any

import pytest

from .yard import Yard


def told(yard: Yard, **query: Any) -> Any:
    answer = yard.ask("logs", query=query)
    assert answer.status == 200, answer.text
    return answer.json


def happen(yard: Yard, times: int) -> None:
    """Somebody opens the door by hand, once a second."""
    for _ in range(times):
        yard.clock.move(seconds=1)
        yard.hear("response", type="unlock", success=True, method="physical")


def test_the_log_is_paged_the_newest_first(yard: Yard) -> None:
    happen(yard, 24)
    page = told(yard)
    assert "success" not in page
    assert (page["count"], page["page_size"], page["total_pages"], page["current_page"]) == (25, 20, 2, 1)
    assert page["previous"] is None
    assert page["next"].endswith(f"/api/v1/devices/{yard.id}/logs/?page=2")
    times = [entry["created_at"] for entry in page["results"]]
    assert times == sorted(times, reverse=True)
    last = told(yard, page=2)
    assert (len(last["results"]), last["next"], last["current_page"]) == (5, None, 2)
    assert last["results"][-1]["event_type"] == "DEVICE_ONLINE"


def test_an_entry_says_what_happened(yard: Yard) -> None:
    yard.hear("response", type="unlock", success=False, method="nfc", error="unknown card")
    [entry] = [entry for entry in told(yard)["results"] if entry["event_type"] == "UNLOCK_NFC"]
    assert entry == {
        "id": entry["id"],
        "device": yard.id,
        "device_name": "Front door",
        "user": None,
        "event_type": "UNLOCK_NFC",
        "description": "Unlock by card",
        "ip_address": None,
        "success": False,
        "error_message": "unknown card",
        "created_at": "2026-01-05T12:00:00.000Z",
    }


def test_who_did_it_is_shown_as_he_is_now(yard: Yard) -> None:
    yard.answer(yard.unlock("member"))
    [entry] = [entry for entry in told(yard)["results"] if entry["event_type"] == "UNLOCK_APP"]
    assert (entry["user"]["id"], entry["user"]["email"]) == (yard.people["member"], "member@example.com")


@pytest.mark.parametrize(("size", "pages"), [("5", 5), ("100", 1), ("1000", 1), ("0", 2), ("-3", 2), ("many", 2)])
def test_the_size_of_pages_can_be_chosen_up_to_a_hundred(yard: Yard, size: str, pages: int) -> None:
    happen(yard, 23)
    assert told(yard, page_size=size)["total_pages"] == pages


def test_every_entry_is_on_one_page(yard: Yard) -> None:
    happen(yard, 11)
    ids = [entry["id"] for page in (1, 2, 3) for entry in told(yard, page=page, page_size=4)["results"]]
    assert len(ids) == len(set(ids)) == 12
    assert told(yard, page="last", page_size=4)["current_page"] == 3


@pytest.mark.parametrize("page", ["0", "2", "-1", "x"])
def test_a_page_that_is_not_there_is_not_found(yard: Yard, page: str) -> None:
    answer = yard.ask("logs", query={"page": page})
    assert answer.status == 404
    assert answer.json == {"success": False, "error": {"message": "Invalid page.", "code": 404}}


def test_a_new_lock_has_an_empty_log(yard: Yard) -> None:
    id = yard.register("LOCK-002").json["data"]["id"]
    page = yard.ask("logs", id=id).json
    assert (page["count"], page["results"], page["total_pages"]) == (0, [], 1)


def test_what_a_page_costs(yard: Yard, calls: list[str]) -> None:
    told(yard)
    calls.clear()
    told(yard)
    assert calls == ["GetItem", "BatchGetItem", "Query"]
    yard.answer(yard.unlock())
    calls.clear()
    told(yard)
    assert calls == ["GetItem", "BatchGetItem", "Query", "BatchGetItem"]


def test_who_has_the_lock_shared_with_him_sees_its_log(yard: Yard) -> None:
    happen(yard, 1)
    assert yard.ask("logs", by="member").json == yard.ask("logs").json
    assert yard.ask("logs", by="viewer").status == 403
