from typing import Any

import pytest

from kalit.kit.resources import Table

from ..rows import unchanged
from ..world import Killed, at_once, conflicting, killed_after, lost, meanwhile, refused, upset
from .yard import LOCK, NOT_FOUND, NOT_YOURS, OFFLINE, Yard, hmac_of, invalid

NOON = 1_767_614_400


def test_an_unlock_is_accepted_and_sent(yard: Yard) -> None:
    answer = yard.ask("unlock", {"duration": 10}, by="member")
    assert answer.status == 200
    [sent] = yard.published
    assert answer.json == {
        "success": True,
        "message": "Unlock command sent successfully",
        "data": {"device_id": LOCK, "command_id": sent["command_id"], "duration": 10},
    }


def test_what_goes_to_the_lock_is_signed_whole(yard: Yard) -> None:
    id = yard.unlock("member", duration=10)
    [sent] = yard.published
    nonce = sent.pop("nonce")
    assert len(bytes.fromhex(nonce)) == 16
    assert sent == {
        "command": "unlock",
        "command_id": id,
        "duration": 10,
        "sequence": 1,
        "issued_at": NOON,
        "expires_at": NOON + 15,
        "timestamp": "2026-01-05T12:00:00.000Z",
        "user_id": yard.people["member"],
        "signature": hmac_of(yard.secret, f"{LOCK}:unlock:10:1:{nonce}:{NOON}:{NOON + 15}"),
    }


@pytest.mark.parametrize("body", [{}, {"hours": 3}, {"duration": 5}, {"duration": "5"}])
def test_five_seconds_are_usual(yard: Yard, body: dict[str, Any]) -> None:
    assert yard.ask("unlock", body).json["data"]["duration"] == 5
    assert yard.published[0]["duration"] == 5


def test_no_body_at_all_will_do(yard: Yard) -> None:
    assert yard.ask("unlock").json["data"]["duration"] == 5


@pytest.mark.parametrize("duration", [1, 30])
def test_from_one_second_to_thirty(yard: Yard, duration: int) -> None:
    assert yard.ask("unlock", {"duration": duration}).json["data"]["duration"] == duration


@pytest.mark.parametrize(
    ("duration", "message"),
    [
        (0, "Ensure this value is greater than or equal to 1."),
        (-5, "Ensure this value is greater than or equal to 1."),
        (31, "Ensure this value is less than or equal to 30."),
        (2.5, "A valid integer is required."),
        ("long", "A valid integer is required."),
        (True, "A valid integer is required."),
        (None, "This field may not be null."),
    ],
)
def test_another_duration_is_refused(yard: Yard, duration: Any, message: str) -> None:
    with unchanged(yard.aws):
        answer = yard.ask("unlock", {"duration": duration})
    assert (answer.status, answer.json) == (400, invalid(duration=message))
    assert yard.published == []


def test_that_it_is_sent_does_not_mean_that_it_is_open(yard: Yard) -> None:
    yard.unlock()
    assert yard.data("status")["is_locked"] is True
    assert yard.log == []


# Offline


def test_a_lock_that_says_so_is_offline(yard: Yard) -> None:
    yard.hear("status", status="offline", counter=None)
    answer = yard.ask("unlock", {})
    assert (answer.status, answer.json) == (400, OFFLINE)
    assert yard.published == []


def test_a_silent_lock_is_offline(yard: Yard) -> None:
    yard.clock.move(seconds=360)
    with unchanged(yard.aws):
        assert yard.ask("unlock", {}).json == OFFLINE


def test_a_lock_that_never_came_online_is_offline(yard: Yard) -> None:
    id = yard.register("LOCK-002").json["data"]["id"]
    assert yard.ask("unlock", {}, id=id).json == OFFLINE


def test_what_will_not_do_is_refused_first(yard: Yard) -> None:
    yard.clock.move(seconds=360)
    assert yard.ask("unlock", {"duration": 31}).json["error"]["code"] == 400


def test_how_long_a_lock_may_be_silent_is_tunable(yard: Yard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OFFLINE_AFTER", "10")
    yard.clock.move(seconds=11)
    assert yard.ask("unlock", {}).status == 200
    yard.clock.move(seconds=1)
    assert yard.ask("unlock", {}).json == OFFLINE


# Limits


def test_twenty_an_hour_and_then_no_more(yard: Yard) -> None:
    told = [yard.ask(("unlock", "lock")[n % 2], {}).status for n in range(20)]
    assert told == [200] * 20
    yard.clock.move(seconds=60)
    yard.hear("heartbeat")
    for door in ("unlock", "lock"):
        with unchanged(yard.aws):
            answer = yard.ask(door, {})
        assert answer.status == 429
        message = "Request was throttled. Expected available in 3540 seconds."
        assert answer.json == {"success": False, "error": {"message": message, "code": 429}}
        assert answer.headers["Retry-After"] == "3540"
    assert len(yard.published) == 20
    yard.clock.move(seconds=3540)
    yard.hear("heartbeat")
    assert yard.ask("unlock", {}).status == 200


def test_the_limit_is_of_one_person_and_one_lock(yard: Yard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNLOCK_LIMIT", "1")
    other = yard.register("LOCK-002").json["data"]["id"]
    yard.hear("status", "LOCK-002", status="online")
    assert [yard.ask("unlock", {}).status for _ in range(2)] == [200, 429]
    assert [yard.ask("unlock", {}, id=other).status for _ in range(2)] == [200, 429]
    assert [yard.ask("unlock", {}, by="member").status for _ in range(2)] == [200, 429]


def test_what_was_refused_costs_nothing(yard: Yard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNLOCK_LIMIT", "1")
    assert [yard.ask("unlock", {"duration": 0}).status for _ in range(3)] == [400] * 3
    assert [yard.ask("unlock", {}, by="viewer").status for _ in range(3)] == [403] * 3
    assert yard.ask("unlock", {}).status == 200


def test_of_many_at_once_no_more_pass_than_the_limit(yard: Yard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNLOCK_LIMIT", "3")
    answers = at_once([lambda: yard.ask("unlock", {})] * 8)
    assert sorted(answer.status for answer in answers) == [200] * 3 + [429] * 5


# Once


def test_the_same_key_sends_once(yard: Yard) -> None:
    first, again = (yard.ask("unlock", {}, key="k-1") for _ in range(2))
    assert (again.status, again.json, again.headers["Idempotent-Replayed"]) == (200, first.json, "true")
    assert len(yard.published) == 1


def test_without_a_key_or_with_another_it_is_another_command(yard: Yard) -> None:
    ids = [yard.unlock(key=key) for key in ("", "", "k-1", "k-2")]
    assert len(set(ids)) == 4
    assert [sent["sequence"] for sent in yard.published] == [1, 2, 3, 4]


def test_that_it_is_offline_is_said_again_under_the_same_key(yard: Yard) -> None:
    yard.hear("status", status="offline", counter=None)
    assert yard.ask("unlock", {}, key="k-1").json == OFFLINE
    yard.hear("status", status="online")
    assert yard.ask("unlock", {}, key="k-1").json == OFFLINE
    assert yard.ask("unlock", {}, key="k-2").status == 200


def test_that_it_was_too_often_is_not_said_again(yard: Yard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNLOCK_LIMIT", "0")
    yard.unlock("member")  # what is counted begins with one
    assert yard.ask("unlock", {}, by="member", key="k-1").status == 429
    monkeypatch.setenv("UNLOCK_LIMIT", "20")
    assert yard.ask("unlock", {}, by="member", key="k-1").status == 200


@pytest.mark.parametrize("operation", ["TransactWriteItems", "Publish"])
def test_who_died_on_the_way_asks_again_and_gets_the_same_command(yard: Yard, operation: str) -> None:
    with upset(operation, killed_after), pytest.raises(Killed):
        yard.ask("unlock", {}, key="k-1")
    [row] = yard.rows(f"DEVICE#{yard.id} COMMAND#")
    yard.clock.move(seconds=12)
    assert yard.unlock(key="k-1") == row["sk"].removeprefix("COMMAND#")
    assert len(yard.rows(f"DEVICE#{yard.id} COMMAND#")) == 1
    assert {sent["sequence"] for sent in yard.published} <= {1}


def test_a_transaction_whose_answer_got_lost_is_one_command(yard: Yard) -> None:
    with upset("TransactWriteItems", lost):
        yard.unlock(key="k-1")
    assert [sent["sequence"] for sent in yard.published] == [1]


def test_a_transaction_in_conflict_is_tried_again(yard: Yard) -> None:
    with upset("TransactWriteItems", conflicting, first=2):
        yard.unlock()
    assert [sent["sequence"] for sent in yard.published] == [1]


# Accepted is accepted


@pytest.mark.parametrize("operation", ["Publish", "GenerateMac"])
def test_what_the_broker_does_not_take_now_the_stream_brings(yard: Yard, operation: str) -> None:
    with upset(operation, refused("ServiceUnavailableException")):
        command = yard.unlock()
    assert (yard.published, yard.state(command)) == ([], "accepted")
    yard.clock.move(seconds=14)
    yard.follow("command")
    [sent] = yard.published
    assert (sent["command_id"], sent["issued_at"], sent["expires_at"]) == (command, NOON, NOON + 15)
    assert yard.state(command) == "published"


def test_what_is_too_late_is_not_brought(yard: Yard) -> None:
    with upset("Publish", refused("ServiceUnavailableException")):
        command = yard.unlock()
    yard.clock.move(seconds=15)
    yard.follow("command")
    assert yard.published == []
    yard.clock.move(seconds=1)
    assert yard.state(command) == "expired"


def test_an_answer_that_comes_before_the_publishing_is_noted_is_not_undone(yard: Yard) -> None:
    """The lock is quicker than our own note that we called it."""

    def answer() -> None:
        yard.answer(yard.published[0]["command_id"])

    with upset("UpdateItem", meanwhile(answer), after=1):
        command = yard.unlock()
    assert (yard.state(command), yard.log) == ("executed", [("UNLOCK_APP", True)])


# Others


def test_a_share_that_ends_meanwhile_opens_nothing(yard: Yard) -> None:
    with upset("TransactWriteItems", meanwhile(lambda: yard.ask("unshare", id=yard.shares["member"]))):
        answer = yard.ask("unlock", {}, by="member")
    assert (answer.status, answer.json) == (403, NOT_YOURS)
    assert (yard.published, yard.rows(f"DEVICE#{yard.id} COMMAND#")) == ([], [])


def test_a_share_that_was_replaced_by_a_lesser_one_opens_nothing(yard: Yard) -> None:
    def lessen() -> None:
        yard.ask("unshare", id=yard.shares["member"])
        yard.ask("share", {"email": "member@example.com", "role": "VIEWER"})

    with upset("TransactWriteItems", meanwhile(lessen)):
        assert yard.ask("unlock", {}, by="member").json == NOT_YOURS
    assert yard.published == []


def test_a_lock_that_is_deleted_meanwhile_is_not_found(yard: Yard) -> None:
    with upset("TransactWriteItems", meanwhile(lambda: yard.ask("delete"))):
        assert yard.ask("unlock", {}).json == NOT_FOUND
    assert yard.published == []


def test_who_is_overtaken_takes_the_next_sequence(yard: Yard) -> None:
    with upset("TransactWriteItems", meanwhile(lambda: yard.unlock("member"))):
        yard.unlock()
    people = [(sent["sequence"], sent["user_id"]) for sent in yard.published]
    assert people == [(1, yard.people["member"]), (2, yard.people["owner"])]


def test_who_is_overtaken_and_loses_his_share_opens_nothing(yard: Yard) -> None:
    def overtake() -> None:
        yard.unlock()
        yard.ask("unshare", id=yard.shares["member"])

    with upset("TransactWriteItems", meanwhile(overtake)):
        assert yard.ask("unlock", {}, by="member").json == NOT_YOURS
    assert [sent["user_id"] for sent in yard.published] == [yard.people["owner"]]


def test_twenty_at_once_take_rising_sequences_without_gaps_or_twins(yard: Yard) -> None:
    answers = at_once([lambda: yard.ask("unlock", {})] * 20)
    assert {answer.status for answer in answers} == {200}
    assert sorted(sent["sequence"] for sent in yard.published) == list(range(1, 21))
    assert int(yard.device["sequence"]) == 20


def test_the_log_tells_no_secret(yard: Yard, caplog: pytest.LogCaptureFixture, capfd: Any) -> None:
    yard.unlock()
    said = caplog.text + capfd.readouterr().out
    assert "answered" in said
    assert not any(hidden in said for hidden in (yard.secret, yard.published[0]["signature"], "owner@example.com"))


def test_a_command_is_forgotten_after_ninety_days(yard: Yard) -> None:
    assert yard.kept(yard.unlock())["ttl"] == NOON + 90 * 86_400


def test_what_an_unlock_costs(yard: Yard, calls: list[str]) -> None:
    yard.unlock("member")
    calls.clear()
    yard.ask("unlock", {}, by="owner")
    own = ["GetItem", "GetItem", "GetItem", "UpdateItem", "TransactWriteItems", "GenerateMac", "Publish", "UpdateItem"]
    assert calls == own
    calls.clear()
    yard.ask("unlock", {}, by="member")
    assert calls == ["GetItem", *own]
    assert len(yard.aws.rows(Table.OPS, "ONCE#")) == 0
