"""The table of refusals: what is missing, which lock, whose signature, when, and whether it was heard before."""

import json
from typing import Any

import pytest

from ..rows import unchanged
from ..world import at_once, refused, upset
from .yard import LOCK, NOT_FOUND, Yard, hmac_of, invalid

NOON = 1_767_614_400
REPORT = '{"status": "online", "battery_level": 55, "is_locked": false, "counter": 7}'
UNSIGNED = {"success": False, "message": "Timestamp and signature are required for secure communication"}
BAD = {"success": False, "message": "Invalid signature - authentication failed"}
OLD = {"success": False, "message": "Request expired - timestamp too old"}
REPLAYED = {"success": False, "message": "Request replayed - it was accepted before"}


def level(yard: Yard) -> int:
    return int(yard.thing["battery_level"])


@pytest.mark.parametrize("by", ["hardware id", "uuid"])
def test_a_signed_report_is_taken_in(yard: Yard, by: str) -> None:
    answer = yard.tell("status", REPORT, LOCK if by == "hardware id" else yard.id)
    assert (answer.status, answer.json) == (200, {"success": True, "message": "Report accepted"})
    told = yard.data("show")
    assert (told["battery_level"], told["is_locked"], told["is_online"]) == (55, False, True)
    assert yard.attacks == []


@pytest.mark.parametrize(
    ("channel", "payload"),
    [
        ("response", '{"type": "unlock", "success": true, "method": "pin", "counter": 7}'),
        ("alert", '{"type": "tamper", "counter": 7}'),
        ("heartbeat", '{"battery_level": 5, "counter": 7}'),
    ],
)
def test_every_channel_is_heard(yard: Yard, channel: str, payload: str) -> None:
    assert yard.tell(channel, payload).status == 200
    assert len(yard.log) == 1


def test_an_answer_to_a_command_may_come_this_way(yard: Yard) -> None:
    command = yard.unlock()
    told = {"type": "unlock", "success": True, "method": "app", "command_id": command, "sequence": 1, "counter": 7}
    assert yard.tell("response", json.dumps(told)).status == 200
    assert yard.state(command) == "executed"


def test_older_firmware_may_answer_this_way(yard: Yard) -> None:
    command = yard.unlock()
    assert yard.tell("response", '{"type": "unlock", "success": true}').status == 200
    assert yard.state(command) == "executed"


def test_a_report_that_came_by_mqtt_too_counts_once(yard: Yard) -> None:
    payload = {"type": "unlock", "success": True, "method": "pin", "counter": 7}
    yard.hear("response", **payload)
    yard.clock.move(seconds=2)
    assert yard.tell("response", json.dumps(payload)).status == 200
    assert yard.log == [("UNLOCK_PIN", True)]


def test_the_time_may_be_a_number(yard: Yard) -> None:
    signature = hmac_of(yard.secret, f"{LOCK}:{NOON}:{REPORT}")
    body = {"timestamp": NOON, "channel": "status", "payload": REPORT, "signature": signature}
    assert yard.ask("telemetry", body, by="", id=LOCK).status == 200


def test_capital_hexadecimals_are_the_same_signature(yard: Yard) -> None:
    signature = hmac_of(yard.secret, f"{LOCK}:{NOON}:{REPORT}")
    assert yard.tell("status", REPORT, signature=signature.upper()).status == 200
    assert yard.tell("status", REPORT).json == REPLAYED


@pytest.mark.parametrize("payload", [f"{REPORT}\n", f"  {REPORT}"])
def test_what_was_signed_is_taken_to_the_letter(yard: Yard, payload: str) -> None:
    assert yard.tell("status", payload).status == 200


# Refusals


@pytest.mark.parametrize("missing", ["timestamp", "signature"])
@pytest.mark.parametrize("name", [LOCK, "LOCK-999"])
def test_what_is_not_signed_is_refused_whichever_lock_it_is_of(yard: Yard, missing: str, name: str) -> None:
    for told in ({missing: ""}, {missing: " "}):
        with unchanged(yard.aws):
            answer = yard.tell("status", REPORT, name, **told)
        assert (answer.status, answer.json) == (400, UNSIGNED)


def test_what_is_left_out_is_not_signed_either(yard: Yard) -> None:
    assert yard.ask("telemetry", {"channel": "status", "payload": REPORT}, by="", id=LOCK).json == UNSIGNED


@pytest.mark.parametrize("name", ["LOCK-999", "lock-001", "3f0f4f9e-6a35-4cb5-9b66-0a54cf0d1a11", "x", "%23"])
def test_a_lock_that_is_not_there_is_not_found(yard: Yard, name: str) -> None:
    with unchanged(yard.aws):
        answer = yard.tell("status", REPORT, name)
    assert (answer.status, answer.json) == (404, NOT_FOUND)


@pytest.mark.parametrize(
    "change",
    [
        lambda told: {"signature": "0" * 64},
        lambda told: {"signature": told["signature"][:-2]},
        lambda told: {"signature": "подпись"},
        lambda told: {"timestamp": str(NOON + 1)},
        lambda told: {"payload": REPORT.replace("55", "56")},
        lambda told: {"payload": REPORT + " "},
    ],
    ids=["zeros", "short", "no hexadecimals", "another time", "another payload", "a space more"],
)
def test_what_was_signed_otherwise_is_refused_and_leaves_an_event(yard: Yard, change: Any) -> None:
    good = {"timestamp": str(NOON), "payload": REPORT, "signature": hmac_of(yard.secret, f"{LOCK}:{NOON}:{REPORT}")}
    told = good | change(good)
    answer = yard.tell("status", told.pop("payload"), **told)
    assert (answer.status, answer.json) == (401, BAD)
    assert (level(yard), yard.attacks) == (87, [("INVALID_SIGNATURE", "HIGH")])
    event = yard.events[0]
    assert (event["ip_address"], event["owner"], event["device"]) == ("192.0.2.9", yard.people["owner"], yard.id)
    assert good["signature"] not in str(yard.rows("SECURITY-EVENT#"))


def test_the_name_is_signed_as_it_stands_in_the_path(yard: Yard) -> None:
    told = {"signature": hmac_of(yard.secret, f"{LOCK}:{NOON}:{REPORT}")}
    assert yard.tell("status", REPORT, yard.id, **told).json == BAD


def test_another_locks_secret_signs_nothing_here(yard: Yard) -> None:
    other = yard.register("LOCK-002", by="stranger").json["data"]["device_secret"]
    assert yard.tell("status", REPORT, signature=hmac_of(other, f"{LOCK}:{NOON}:{REPORT}")).json == BAD


def test_the_secret_of_a_lock_that_was_registered_anew_signs_no_more(yard: Yard) -> None:
    yard.ask("delete")
    yard.register(by="stranger")
    assert yard.tell("status", REPORT).json == BAD


def test_a_deleted_lock_is_not_found(yard: Yard) -> None:
    yard.ask("delete")
    for name in (LOCK, yard.id):
        assert yard.tell("status", REPORT, name).json == NOT_FOUND


@pytest.mark.parametrize(("off", "status"), [(-301, 401), (-300, 200), (300, 200), (301, 401)])
def test_a_locks_clock_may_be_five_minutes_off(yard: Yard, off: int, status: int) -> None:
    answer = yard.tell("status", REPORT, timestamp=str(NOON + off))
    assert answer.status == status
    if status == 401:
        assert (answer.json, level(yard), yard.attacks) == (OLD, 87, [("REPLAY_ATTACK", "MEDIUM")])


@pytest.mark.parametrize("timestamp", ["now", "nan", "inf", "-inf", "1e400", "2026-01-05T12:00:00Z"])
def test_what_is_no_time_is_too_old(yard: Yard, timestamp: str) -> None:
    assert yard.tell("status", REPORT, timestamp=timestamp).json == OLD


def test_a_signed_report_is_believed_once(yard: Yard) -> None:
    assert yard.tell("heartbeat", "{}").status == 200
    for _ in range(2):
        answer = yard.tell("heartbeat", "{}")
        assert (answer.status, answer.json) == (401, REPLAYED)
    assert yard.attacks == [("REPLAY_ATTACK", "HIGH")]


def test_of_ten_at_once_one_is_believed(yard: Yard) -> None:
    payload = '{"type": "unlock", "success": true, "method": "pin"}'
    answers = at_once([lambda: yard.tell("response", payload)] * 10)
    assert sorted(answer.status for answer in answers) == [200] + [401] * 9
    assert yard.log == [("UNLOCK_PIN", True)]


@pytest.mark.parametrize(("ahead", "after"), [(300, 599), (300, 600), (0, 300), (-300, 0)])
def test_it_is_remembered_for_as_long_as_its_time_would_let_it_through(yard: Yard, ahead: int, after: int) -> None:
    at = str(NOON + ahead)
    assert yard.tell("heartbeat", "{}", timestamp=at).status == 200
    yard.clock.move(seconds=after)
    signature = hmac_of(yard.secret, f"{LOCK}:{at}:{{}}")
    assert yard.tell("heartbeat", "{}", timestamp=at, signature=signature).json == REPLAYED
    [row] = yard.rows("SIGNED#")
    assert row["ttl"] > NOON + ahead + 300


@pytest.mark.parametrize(
    ("payload", "error"),
    [
        ("{", "JSON parse error"),
        ("[]", "Invalid data. Expected a dictionary, but got list."),
        ('{"status": "fine"}', "is not a valid choice"),
        ('{"battery_level": 101}', "less than or equal to 100"),
    ],
)
def test_a_signed_report_that_cannot_be_understood_is_refused(yard: Yard, payload: str, error: str) -> None:
    with unchanged(yard.aws):
        answer = yard.tell("status", payload)
    assert answer.status == 400
    assert error in answer.text


def test_an_unsigned_report_is_not_even_read(yard: Yard) -> None:
    assert yard.tell("status", "{", signature="00").json == BAD


@pytest.mark.parametrize(
    ("told", "fields"),
    [
        ({"channel": "commands"}, {"channel": '"commands" is not a valid choice.'}),
        ({"payload": "x" * 4001}, {"payload": "Ensure this field has no more than 4000 characters."}),
        ({"signature": "0" * 129}, {"signature": "Ensure this field has no more than 128 characters."}),
    ],
    ids=["channel", "payload", "signature"],
)
def test_what_will_not_do_is_refused_by_its_field(yard: Yard, told: dict[str, str], fields: dict[str, str]) -> None:
    body = {"timestamp": str(NOON), "channel": "status", "payload": REPORT, "signature": "0" * 64, **told}
    answer = yard.ask("telemetry", body, by="", id=LOCK)
    assert (answer.status, answer.json) == (400, invalid(**fields))


def test_who_forges_again_and_again_is_sent_away_and_the_lock_is_heard(yard: Yard) -> None:
    for _ in range(20):
        assert yard.tell("heartbeat", "{}", signature="00").status == 401
    answer = yard.tell("heartbeat", "{}", signature="00")
    assert (answer.status, answer.headers["Retry-After"]) == (429, "900")
    body = {"timestamp": str(int(yard.clock.now.timestamp())), "channel": "heartbeat", "payload": "{}"}
    body["signature"] = hmac_of(yard.secret, f"{LOCK}:{body['timestamp']}:{{}}")
    assert yard.aws.http("locks.telemetry", body, id=LOCK, headers={"x-kalit-address": "192.0.2.9"}).status == 200


def test_what_is_harmless_does_not_hide_what_is_not(yard: Yard) -> None:
    yard.hear("status", is_locked=False, counter=0)
    for _ in range(2):
        yard.tell("heartbeat", "{}")
    assert sorted(yard.attacks) == [("REPLAY_ATTACK", "HIGH"), ("REPLAY_ATTACK", "LOW")]


def test_a_report_that_could_not_be_kept_may_come_again(yard: Yard) -> None:
    with upset("UpdateItem", refused("InternalServerError")):
        assert yard.tell("status", '{"is_locked": false}').status == 500
    assert yard.tell("status", '{"is_locked": false}').status == 200
    assert yard.thing["is_locked"] is False


def test_what_a_report_costs(yard: Yard, calls: list[str]) -> None:
    yard.tell("heartbeat", "{}")
    yard.clock.move(seconds=1)
    calls.clear()
    yard.tell("heartbeat", "{}", yard.id)
    own = ["GetItem", "GenerateMac", "PutItem", "GetItem"]
    assert calls == own
    yard.clock.move(seconds=1)
    calls.clear()
    yard.tell("heartbeat", "{}")
    assert calls == ["GetItem", *own], "its name is looked up first"
    calls.clear()
    yard.tell("heartbeat", "{}", signature="")
    assert calls == []
