"""QR codes in the app: whoever has one is let in, once where it is for once, and the lock is told to open."""

import json
from functools import partial
from typing import Any

import pytest

from infra.local.lock.firmware import Firmware, Memory, Open

from ..locks.yard import LOCK, Yard, invalid
from ..rows import unchanged
from ..world import Killed, at_once, killed_after, meanwhile, refused, upset
from .keypad import CODE_NOT_FOUND, NOBODYS, Keypad


def scan(yard: Yard, code: Any, *, by: str = "stranger", **told: Any) -> Any:
    body = {"code": told.pop("says", code["code"])}
    return yard.ask("access.scan_qr", body, by=by, **{"id": code["id"], **told})


def turned_away(reason: str) -> dict[str, Any]:
    return {"valid": False, "reason": reason}


@pytest.mark.parametrize("by", ["owner", "viewer", "former", "stranger", "manager"])
def test_whoever_has_a_code_is_let_in(yard: Yard, keypad: Keypad, by: str) -> None:
    answer = scan(yard, keypad.qr(), by=by)
    [sent] = yard.published
    assert (answer.status, answer.json) == (
        200,
        {
            "valid": True,
            "device_id": LOCK,
            "action": "unlock",
            "message": "Access granted",
            "command_id": sent["command_id"],
        },
    )
    assert sent["user_id"] == yard.people[by]


def test_the_lock_obeys(yard: Yard, keypad: Keypad) -> None:
    scan(yard, keypad.qr())
    [sent] = yard.published
    firmware = Firmware(LOCK, yard.secret, Memory())
    assert Open(5) in firmware.hear(json.dumps(sent).encode(), yard.clock.now.timestamp())


def test_it_is_on_record_with_who_it_was(yard: Yard, keypad: Keypad) -> None:
    code = keypad.qr(name="Courier")
    command = scan(yard, code).json["command_id"]
    assert keypad.tries == [("qr", True, "")]
    [told] = yard.ask("access.logs").json["results"]
    assert (told["user"], told["code"], told["ip_address"]) == (yard.people["stranger"], code["id"], "198.51.100.7")
    [event] = yard.events
    assert (event["event_type"], event["user"]) == ("UNLOCK_SUCCESS", yard.people["stranger"])
    assert yard.log == [], "the log tells of it when the lock has opened"
    yard.answer(command)
    assert yard.log == [("UNLOCK_APP", True)]
    assert yard.kept(command)["state"] == "executed"


def test_a_code_for_once_opens_once(yard: Yard, keypad: Keypad) -> None:
    code = keypad.qr()
    assert scan(yard, code).json["valid"] is True
    for by in ("stranger", "owner"):
        yard.clock.move(seconds=1)
        answer = scan(yard, code, by=by)
        assert (answer.status, answer.json) == (200, turned_away("max usage reached"))
    assert len(yard.published) == 1
    assert keypad.tries[1:] == [("qr", False, "max usage reached")] * 2


@pytest.mark.parametrize(("minutes", "reason"), [(0, "not yet valid"), (9, None), (10, "expired")])
def test_it_opens_in_its_time_alone(yard: Yard, keypad: Keypad, minutes: int, reason: str | None) -> None:
    code = keypad.qr(valid_from="2026-01-05T12:05:00Z", valid_until="2026-01-05T12:10:00Z")
    yard.clock.move(minutes=minutes)
    answer = scan(yard, code).json
    assert answer["valid"] is (reason is None)
    assert answer.get("reason") == reason


def test_it_must_be_the_code_that_is_named(yard: Yard, keypad: Keypad) -> None:
    code, other = keypad.qr(), keypad.qr()
    head, _, seal = code["code"].rpartition(".")
    for says in (other["code"], f"{head}.{'0' * 64}", head, "", "KALIT1..", "x" * 500, f"{head}.{seal[:-1]}"):
        answer = scan(yard, code, says=says)
        assert (answer.status, answer.json) == (200, turned_away("invalid code"))
    assert [scan(yard, one).json["valid"] for one in (code, other)] == [True, True], "neither was used"


def test_small_letters_and_spaces_do_not_matter(yard: Yard, keypad: Keypad) -> None:
    code = keypad.qr()
    assert scan(yard, code, says=f" {code['code'].lower()} ").json["valid"] is True


@pytest.mark.parametrize("says", [None, [], {}, "x" * 501], ids=["null", "list", "object", "long"])
def test_what_is_no_text_is_refused(yard: Yard, keypad: Keypad, says: Any) -> None:
    code = keypad.qr()
    with unchanged(yard.aws):
        answer = scan(yard, code, says=says)
    assert (answer.status, list(answer.json["error"]["fields"])) == (400, ["code"])
    assert yard.ask("access.scan_qr", {}, id=code["id"]).json == invalid(code="This field is required.")


def test_what_is_no_qr_code_is_not_found(yard: Yard, keypad: Keypad) -> None:
    code = keypad.qr()
    for id in (NOBODYS, keypad.pin(), keypad.card()):
        with unchanged(yard.aws):
            assert scan(yard, code, id=id).json == CODE_NOT_FOUND
    assert scan(yard, code, id="7").status == 404
    assert scan(yard, code, by="").status == 401


def test_whoever_guesses_waits_and_holds_up_nobody_else(yard: Yard, keypad: Keypad) -> None:
    code = keypad.qr()
    head = code["code"].rpartition(".")[0]
    answers = [scan(yard, code, says=f"{head}.{n:064}") for n in range(11)]
    yard.clock.move(seconds=29)
    answers.append(scan(yard, code, says=head))
    assert [answer.status for answer in answers] == [200] * 10 + [429] * 2
    assert answers[-1].json["error"]["code"] == 429
    assert int(answers[-1].headers["Retry-After"]) == 1
    assert keypad.tries[-1] == ("qr", False, "too many guesses")
    assert scan(yard, code, by="viewer").json["valid"] is True, "somebody else"


def test_what_is_not_looked_at_goes_on_record_so_often_an_hour(
    yard: Yard, keypad: Keypad, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VERIFY_LIMIT", "3")
    code = keypad.qr()
    answers = [scan(yard, code, says=f"{n}").status for n in range(6)]
    assert answers == [200] + [429] * 5
    assert sorted(keypad.tries) == [("qr", False, "too many guesses")] * 3 + [("qr", False, "unknown")]


def test_a_right_code_need_not_wait(yard: Yard, keypad: Keypad) -> None:
    code = keypad.qr()
    for n in range(11):
        scan(yard, code, says=f"nonsense {n}")
    assert scan(yard, code).json["valid"] is True


def test_a_lock_that_is_offline_is_told_nothing(yard: Yard, keypad: Keypad) -> None:
    yard.hear("status", status="offline")
    answer = scan(yard, keypad.qr())
    assert (answer.status, answer.json["valid"], answer.json["command_id"]) == (200, True, None)
    assert yard.published == []


def test_scans_are_not_counted_against_the_unlocks_of_an_account(yard: Yard, keypad: Keypad) -> None:
    code = keypad.qr(is_single_use=False)
    assert [scan(yard, code, by="member").json["valid"] for _ in range(21)] == [True] * 21
    assert yard.ask("unlock", {}, by="member").status == 200


def test_a_deleted_lock_has_no_codes(yard: Yard, keypad: Keypad) -> None:
    code = keypad.qr()
    yard.ask("delete")
    assert scan(yard, code).json == CODE_NOT_FOUND
    yard.follow()
    assert scan(yard, code).json == CODE_NOT_FOUND


@pytest.mark.parametrize("status", ["online", "offline"])
def test_a_lock_that_is_deleted_meanwhile_opens_for_nobody(yard: Yard, keypad: Keypad, status: str) -> None:
    yard.hear("status", status=status)
    code = keypad.qr()
    with upset("TransactWriteItems", meanwhile(lambda: yard.ask("delete"))):
        assert scan(yard, code).json == CODE_NOT_FOUND
    assert yard.published == []


def test_a_code_that_is_deleted_meanwhile_opens_nothing(yard: Yard, keypad: Keypad) -> None:
    code = keypad.qr()
    with upset("TransactWriteItems", meanwhile(lambda: yard.ask("access.delete_qr", id=code["id"]))):
        assert scan(yard, code).json == turned_away("invalid code")
    assert yard.published == []


def test_where_the_share_of_its_maker_ends_meanwhile_it_opens_nothing(yard: Yard, keypad: Keypad) -> None:
    code = keypad.qr(by="admin")
    with upset("TransactWriteItems", meanwhile(lambda: yard.ask("unshare", id=yard.shares["admin"]))):
        assert scan(yard, code).json == turned_away("invalid code")
    assert yard.published == []


def test_what_the_broker_does_not_take_now_the_stream_brings(yard: Yard, keypad: Keypad) -> None:
    with upset("Publish", refused("ThrottlingException")):
        assert scan(yard, keypad.qr()).json["valid"] is True
    assert yard.published == []
    yard.follow("command")
    assert len(yard.published) == 1


def test_a_process_that_dies_opens_once_or_not_at_all(yard: Yard, keypad: Keypad) -> None:
    code = keypad.qr()
    with upset("TransactWriteItems", killed_after), pytest.raises(Killed):
        scan(yard, code)
    assert keypad.tries == [("qr", True, "")]
    assert scan(yard, code).json == turned_away("max usage reached")
    assert yard.published == []


def test_who_asks_again_under_the_same_key_after_a_death_is_let_in_and_the_lock_is_told(
    yard: Yard, keypad: Keypad
) -> None:
    code = keypad.qr()
    with upset("TransactWriteItems", killed_after), pytest.raises(Killed):
        yard.ask("access.scan_qr", {"code": code["code"]}, id=code["id"], key="one scan")
    yard.clock.move(seconds=30)  # the key's lease is over
    answer = yard.ask("access.scan_qr", {"code": code["code"]}, id=code["id"], key="one scan")
    assert answer.json["valid"] is True
    [command] = yard.rows(f"DEVICE#{yard.id} COMMAND#")
    assert answer.json["command_id"] in str(command["sk"])
    assert keypad.tries == [("qr", True, "")]


def test_scanned_forty_times_at_once_it_opens_once(yard: Yard, keypad: Keypad) -> None:
    """`make proof` scans it two hundred times."""
    code = keypad.qr()
    answers = at_once([lambda: scan(yard, code)] * 40)
    assert [answer.status for answer in answers] == [200] * 40
    assert [answer.json["valid"] for answer in answers].count(True) == 1
    assert len(yard.published) == 1
    assert yard.data("access.show_qr", id=code["id"])["usage_count"] == 1


def test_a_code_that_may_open_more_often_does_so_at_once(yard: Yard, keypad: Keypad) -> None:
    code = keypad.qr(is_single_use=False)
    answers = at_once([partial(scan, yard, code, by=by) for by in ("owner", "member", "stranger", "boss")])
    assert [answer.json["valid"] for answer in answers] == [True] * 4
    assert yard.data("access.show_qr", id=code["id"])["usage_count"] == 4
    assert sorted(sent["sequence"] for sent in yard.published) == [1, 2, 3, 4]
