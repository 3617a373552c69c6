import pytest

from .yard import Yard

NEVER = "019b8e07-4600-79a3-876f-dd0a29bb449e"


def test_a_command_is_shown_with_what_became_of_it(yard: Yard) -> None:
    id = yard.unlock("member", duration=10)
    answer = yard.ask("show_command", command_id=id)
    assert (answer.status, answer.json["success"]) == (200, True)
    assert answer.json["data"] == {
        "id": id,
        "command": "unlock",
        "state": "published",
        "duration": 10,
        "sequence": 1,
        "attempts": 1,
        "user": yard.people["member"],
        "error": "",
        "created_at": "2026-01-05T12:00:00.000Z",
        "published_at": "2026-01-05T12:00:00.000Z",
        "answered_at": None,
        "expires_at": "2026-01-05T12:00:15.000Z",
    }


@pytest.mark.parametrize(("after", "state"), [(15, "published"), (15.001, "expired"), (3600, "expired")])
def test_what_nobody_answered_has_expired_whether_somebody_noted_that_or_not(
    yard: Yard, after: float, state: str
) -> None:
    command = yard.unlock()
    yard.clock.move(seconds=after)
    assert yard.state(command) == state


def test_a_time_of_whole_seconds_is_never_longer_than_the_lock_may_obey(yard: Yard) -> None:
    yard.clock.move(seconds=0.999)
    command = yard.unlock()
    assert yard.published[0]["expires_at"] - yard.published[0]["issued_at"] == 15
    assert yard.data("show_command", command_id=command)["expires_at"] == "2026-01-05T12:00:15.000Z"


def test_who_sent_it_may_follow_it(yard: Yard) -> None:
    command = yard.unlock("member")
    assert yard.data("show_command", by="member", command_id=command)["id"] == command


@pytest.mark.parametrize("id", [NEVER, "7"])
def test_a_command_that_never_was_is_not_found(yard: Yard, id: str) -> None:
    assert yard.ask("show_command", command_id=id).status == 404


def test_the_command_of_another_lock_is_not_found(yard: Yard) -> None:
    other = yard.register("LOCK-002").json["data"]["id"]
    answer = yard.ask("show_command", id=other, command_id=yard.unlock())
    assert answer.json == {"success": False, "error": {"message": "Command not found.", "code": 404}}


def test_it_shows_no_signature(yard: Yard) -> None:
    text = yard.ask("show_command", command_id=yard.unlock()).text
    assert yard.published[0]["signature"] not in text
    assert yard.published[0]["nonce"] not in text


def test_what_a_look_costs(yard: Yard, calls: list[str]) -> None:
    command = yard.unlock()
    calls.clear()
    yard.state(command)
    assert calls == ["GetItem", "BatchGetItem"]
