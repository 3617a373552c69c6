import pytest

from ..rows import unchanged
from ..world import meanwhile, refused, upset
from .yard import LOCK, NOT_YOURS, OFFLINE, Yard, hmac_of

NOON = 1_767_614_400


def test_a_lock_is_told_to_lock(yard: Yard) -> None:
    answer = yard.ask("lock", by="member")
    assert (answer.status, answer.json["success"]) == (200, True)
    assert answer.json["message"] == "Lock command sent successfully"
    [sent] = yard.published
    assert answer.json["data"] == {"device_id": LOCK, "command_id": sent["command_id"]}
    assert (sent["command"], "duration" in sent, sent["expires_at"]) == ("lock", False, NOON + 15)
    assert sent["signature"] == hmac_of(yard.secret, f"{LOCK}:lock::1:{sent['nonce']}:{NOON}:{NOON + 15}")


def test_it_counts_as_locked_when_it_says_so(yard: Yard) -> None:
    yard.hear("response", type="unlock", success=True, method="physical")
    yard.clock.move(seconds=1)
    command = yard.command("lock")
    assert yard.data("status")["is_locked"] is False
    yard.answer(command, "lock")
    assert (yard.data("status")["is_locked"], yard.state(command)) == (True, "executed")
    assert yard.log == [("UNLOCK_PHYSICAL", True), ("LOCK", True)]


def test_an_offline_lock_is_not_told(yard: Yard) -> None:
    yard.clock.move(seconds=360)
    with unchanged(yard.aws):
        answer = yard.ask("lock")
    assert (answer.status, answer.json, yard.published) == (400, OFFLINE, [])


def test_the_same_key_sends_once(yard: Yard) -> None:
    assert yard.command("lock", key="k-1") == yard.command("lock", key="k-1")
    assert len(yard.published) == 1


def test_a_key_is_of_one_door(yard: Yard) -> None:
    assert yard.command("lock", key="k-1") != yard.command("unlock", key="k-1")


def test_a_share_that_ends_meanwhile_closes_nothing(yard: Yard) -> None:
    with upset("TransactWriteItems", meanwhile(lambda: yard.ask("unshare", id=yard.shares["member"]))):
        assert yard.ask("lock", by="member").json == NOT_YOURS
    assert yard.published == []


def test_it_is_limited_with_unlocks(yard: Yard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNLOCK_LIMIT", "2")
    yard.unlock()
    yard.command("lock")
    assert (yard.ask("lock").status, yard.ask("unlock", {}).status) == (429, 429)


def test_after_a_failure_of_ours_its_key_can_be_used_again(yard: Yard) -> None:
    with upset("TransactWriteItems", refused("InternalServerError")):
        assert yard.ask("lock", key="k-1").status == 500
    assert yard.ask("lock", key="k-1").status == 200
