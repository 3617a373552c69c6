"""The table of refusals at the door, alike for PINs, cards and QR codes: what is missing, which lock, whose signature,
when, whether it was heard before; then how often was guessed, whether there is such a code, and whether it opens now.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from kalit.kit.resources import Table
from tests.cloud import Answer

from ..locks.yard import LOCK, Yard, hmac_of
from ..rows import unchanged
from ..world import at_once, refused, throttled, upset
from .keypad import DENIED, FIELDS, NOBODYS, Keypad, denied

NOON = 1_767_614_400
KINDS = ("pin", "nfc", "qr")
NEEDED = {"pin": "PIN code", "nfc": "NFC UID", "qr": "QR code"}
WHAT = {"pin": "PIN code", "nfc": "NFC card", "qr": "QR code"}
CALLED = {"pin": "PIN", "nfc": "NFC", "qr": "QR code"}
LOGGED = {"pin": "UNLOCK_PIN", "nfc": "UNLOCK_NFC", "qr": "UNLOCK_QR"}
WRONG = {"pin": "482914", "nfc": "04:A3:5B:1D", "qr": "KALIT1.3F0F4F9E6A354CB59B660A54CF0D1A11.9F2B"}
MASKED = dict.fromkeys(KINDS, "****")

UNSIGNED = denied("Timestamp and signature are required for secure communication")
NO_DEVICE = denied("Device not found")
BAD = denied("Invalid signature - authentication failed")
OLD = denied("Request expired - timestamp too old")
REPLAYED = denied("Request replayed - it was accepted before")
SENSELESS = ("UNAUTHORIZED_ACCESS", "LOW")  # once a minute

GUESSED = {"pin": 1, "nfc": 1, "qr": 0}  # how a wrong one counts: nobody guesses a seal
of_every_kind = pytest.mark.parametrize("kind", KINDS)
# What no kind decides for itself.
with_a_pin = pytest.mark.parametrize("door", ["pin"], indirect=True)


@dataclass
class Door:
    """A door of one kind, and a code that opens it."""

    yard: Yard
    keypad: Keypad
    kind: str
    code: str
    id: str

    def show(self, value: str = "", **told: Any) -> Answer:
        return self.keypad.show(self.kind, value or self.code, **told)

    def again(self, value: str = "", **told: Any) -> Answer:
        return self.keypad.again(self.kind, value or self.code, **told)

    def ask(self, body: Any, **told: Any) -> Answer:
        return self.yard.aws.http(f"access.verify_{self.kind}", body, **told)

    def body(self, name: str = LOCK, at: str = str(NOON), **told: Any) -> dict[str, Any]:
        """A request that is signed well."""
        body = {"device_id": name, FIELDS[self.kind]: self.code, "timestamp": at}
        return body | {"signature": hmac_of(self.yard.secret, f"{name}:{at}:{self.code}")} | told

    @property
    def used(self) -> int:
        [row] = [row for row in self.yard.rows(f"DEVICE#{self.yard.id} ") if row.get("id") == self.id]
        return int(row["usage_count"])

    @property
    def counted(self) -> int:
        """Wrong codes that were counted."""
        return sum(int(row.get("missed", 0)) for row in self.yard.rows(f"DEVICE#{self.yard.id} GUESSES#"))

    @property
    def state(self) -> tuple[Any, ...]:
        """All that an opening changes, and what it is counted by."""
        thing = {name: self.yard.thing.get(name) for name in ("last_unlock", "admitted_by", "network", "is_locked")}
        return self.used, self.counted, thing, self.yard.log, len(self.yard.published)


def code_of(keypad: Keypad, kind: str, **terms: Any) -> tuple[str, str]:
    """A new code of a kind, and its id."""
    if kind == "pin":
        return "482913", keypad.pin("482913", **terms)
    if kind == "nfc":
        return "04:A3:5B:1C", keypad.card("04:A3:5B:1C", **terms)
    made = keypad.qr(**({"is_single_use": False} | terms))
    return made["code"], made["id"]


@pytest.fixture(params=KINDS)
def door(request: pytest.FixtureRequest, yard: Yard, keypad: Keypad) -> Door:
    return Door(yard, keypad, request.param, *code_of(keypad, request.param))


def check(door: Door, answer: Answer, status: int, body: Any, *, event: Any = None, reason: str = "") -> None:
    """What was answered, and what it leaves behind; nothing is opened and nothing counted by it."""
    assert (answer.status, answer.json) == (status, body)
    assert door.yard.attacks == ([event] if event else [])
    assert door.keypad.tries == ([(door.kind, False, reason)] if reason else [])
    assert (door.used, door.counted, door.yard.log) == (0, 0, [])
    assert "last_unlock" not in door.yard.thing


# What is missing


@pytest.mark.parametrize("missing", ["device_id", "value"])
def test_without_a_lock_or_a_code_nothing_else_matters(door: Door, missing: str) -> None:
    field = FIELDS[door.kind] if missing == "value" else missing
    for value in (None, ""):
        for rest in ({}, {"timestamp": None, "signature": None}, {"signature": "0" * 64}):
            answer = door.ask(door.body() | rest | {field: value})
            check(door, answer, 400, denied(f"Device ID and {NEEDED[door.kind]} are required"), event=SENSELESS)


def test_what_is_left_out_is_missing_too(door: Door) -> None:
    others = {name: "x" for kind, name in FIELDS.items() if kind != door.kind}
    for body in ({}, {"device_id": LOCK}, {FIELDS[door.kind]: door.code}, door.body() | others | {"device_id": None}):
        body.pop("device_id" if body.get("device_id") is None else "", None)
        answer = door.ask(body)
        check(door, answer, 400, denied(f"Device ID and {NEEDED[door.kind]} are required"), event=SENSELESS)


def test_what_is_not_signed_is_refused_whichever_lock_it_is_of(door: Door) -> None:
    for name in (LOCK, "LOCK-999"):
        for missing in ({"timestamp": None}, {"timestamp": ""}, {"signature": None}, {"signature": ""}):
            check(door, door.ask(door.body(name) | missing), 400, UNSIGNED, event=SENSELESS)


def shut(answer: Answer) -> bool:
    """Whether an answer that has more to say says to the lock what all others do."""
    told: dict[str, Any] = answer.json
    return {name: told.get(name) for name in DENIED} == DENIED and told["error"]["code"] == answer.status


def test_what_cannot_be_read_is_refused_with_the_same_words_to_the_lock(door: Door) -> None:
    with unchanged(door.yard.aws):
        for raw in (b"{", b"[]", b"null", b"\xff", b'{"device_id": NaN}', b'"x"'):
            answer = door.ask(None, raw=raw)
            assert (answer.status, shut(answer)) == (400, True), raw
        answer = door.ask(None, raw=b"x", headers={"content-type": "text/plain"})
        assert (answer.status, shut(answer)) == (415, True)


def test_what_is_no_text_is_refused_by_its_field(door: Door) -> None:
    with unchanged(door.yard.aws):
        for name in ("device_id", FIELDS[door.kind], "timestamp", "signature"):
            for value in (True, [], {}, ["482913"]):
                answer = door.ask(door.body() | {name: value})
                assert (answer.status, shut(answer)) == (400, True), name
                assert list(answer.json["error"]["fields"]) == [name]


# Which lock


NAMES = ("LOCK-999", "lock-001", f" {LOCK}", NOBODYS, "x", "#", "\x00", "\n", "LOCK-001#", "THING", "x" * 10_000, "قفل")


@of_every_kind
def test_a_lock_that_is_not_there_is_not_found_whatever_else_is_said(yard: Yard, keypad: Keypad, kind: str) -> None:
    with unchanged(yard.aws):
        for name in NAMES:
            answer = keypad.show(kind, "482913", name=name)
            assert (answer.status, answer.json) == (404, NO_DEVICE), name
        bad = keypad.show(kind, "482913", name="LOCK-999", signature="x", timestamp="x")
        assert (bad.status, bad.json) == (404, NO_DEVICE)
    assert yard.attacks == [("UNAUTHORIZED_ACCESS", "LOW")], "one a minute"
    assert keypad.tries == []


def test_a_number_names_no_lock(yard: Yard) -> None:
    body = {"device_id": 12345678, "pin_code": 482913, "timestamp": NOON, "signature": "x"}
    assert yard.aws.http("access.verify_pin", body).json == NO_DEVICE


@with_a_pin
def test_a_deleted_lock_is_not_found(door: Door) -> None:
    door.yard.ask("delete")
    for name in (LOCK, door.yard.id):
        assert door.show(name=name).json == NO_DEVICE


# Whose signature


def test_a_bad_signature_is_refused(door: Door) -> None:
    answer = door.ask(door.body() | {"signature": "0" * 64}, headers={"x-kalit-address": "192.0.2.9"})
    check(door, answer, 401, BAD, event=("INVALID_SIGNATURE", "HIGH"), reason="bad signature")
    [event] = door.yard.events
    owner = door.yard.people["owner"]
    assert (event["device"], event["owner"], event["ip_address"]) == (door.yard.id, owner, "192.0.2.9")


OTHERWISE: tuple[Callable[[Any], Any], ...] = (
    lambda told: {"signature": told["signature"][:-1]},
    lambda told: {"signature": told["signature"] + "0"},
    lambda told: {"signature": "подпись"},
    lambda told: {"signature": " " + told["signature"]},
    lambda told: {"signature": 12345},
    lambda told: {"timestamp": str(NOON + 1)},
    lambda told: {"timestamp": f"{NOON}.0"},
    lambda told: {"timestamp": f" {NOON}"},
)


def test_what_was_signed_is_taken_to_the_letter(door: Door) -> None:
    for change in OTHERWISE:
        body = door.body()
        assert door.ask(body | change(body)).json == BAD
    assert door.ask(door.body()).status == 200


def test_so_is_what_was_signed_for_another_code(door: Door) -> None:
    answer = door.show(WRONG[door.kind], signature=door.body()["signature"])
    check(door, answer, 401, BAD, event=("INVALID_SIGNATURE", "HIGH"), reason="bad signature")
    assert door.show(f"{door.code} ", signature=door.body()["signature"]).json == BAD


@with_a_pin
def test_or_under_another_name(door: Door) -> None:
    answer = door.show(name=door.yard.id, signature=door.body()["signature"])
    check(door, answer, 401, BAD, event=("INVALID_SIGNATURE", "HIGH"), reason="bad signature")


@with_a_pin
def test_or_by_another_lock(door: Door) -> None:
    other = door.yard.register("LOCK-002", by="stranger").json["data"]["device_secret"]
    answer = door.show(signature=hmac_of(other, f"{LOCK}:{NOON}:{door.code}"))
    check(door, answer, 401, BAD, event=("INVALID_SIGNATURE", "HIGH"), reason="bad signature")


@with_a_pin
def test_or_by_the_lock_that_had_the_name_before(door: Door) -> None:
    yard = door.yard
    yard.ask("delete")
    yard.register(by="stranger")
    assert door.show().json == BAD
    [row] = [row for row in yard.rows() if row["sk"].startswith("TRY#")]
    assert row["pk"] != f"DEVICE#{yard.id}", "it is on the record of the lock that has the name now"


@with_a_pin
def test_who_forges_again_and_again_is_sent_away_and_the_lock_is_heard(door: Door) -> None:
    answers = [door.show(signature="0" * 64, address="203.0.113.9") for _ in range(22)]
    assert [answer.status for answer in answers] == [401] * 20 + [429] * 2
    told = answers[-1].json
    assert {name: told[name] for name in ("success", "access_granted", "command")} == DENIED
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert door.show(address="203.0.113.9").status == 200, "a right signature costs nothing"


# When


@with_a_pin
@pytest.mark.parametrize(("off", "status"), [(-301, 401), (-300, 200), (300, 200), (301, 401)])
def test_a_locks_clock_may_be_five_minutes_off(door: Door, off: int, status: int) -> None:
    answer = door.show(timestamp=str(NOON + off))
    if status == 401:
        check(door, answer, 401, OLD, event=("REPLAY_ATTACK", "MEDIUM"), reason="too old")
    assert answer.status == status


TIMES_THAT_ARE_NONE = (
    "now",
    "nan",
    "inf",
    "-inf",
    "1e400",
    "-1",
    "0",
    "0x10",
    "2026-01-05T12:00:00Z",
    "9" * 5000,
    "\0",
)


def test_what_is_no_time_is_too_old(yard: Yard, keypad: Keypad) -> None:
    keypad.pin("482913")
    for timestamp in TIMES_THAT_ARE_NONE:
        assert keypad.show("pin", "482913", timestamp=timestamp).json == OLD, timestamp
    assert yard.attacks == [("REPLAY_ATTACK", "MEDIUM")]
    assert keypad.tries == [("pin", False, "too old")] * len(TIMES_THAT_ARE_NONE)
    assert yard.log == []


@with_a_pin
def test_whose_signature_comes_before_when(door: Door) -> None:
    assert door.show(timestamp=str(NOON - 999), signature="0" * 64).json == BAD


# Whether it was heard before


def test_a_signed_request_is_believed_once(door: Door) -> None:
    assert door.show().status == 200
    for signature in (door.body()["signature"], door.body()["signature"].upper()):
        assert door.show(signature=signature).json == REPLAYED
    assert door.used == 1
    assert [told for told in door.yard.attacks if told[0] != "UNLOCK_SUCCESS"] == [("REPLAY_ATTACK", "HIGH")]
    assert sorted(door.keypad.tries) == sorted([(door.kind, True, "")] + [(door.kind, False, "replayed")] * 2)


def test_a_request_that_was_refused_is_not_looked_at_again_either(door: Door) -> None:
    assert door.show(WRONG[door.kind]).status == 401
    assert door.show(WRONG[door.kind]).json == REPLAYED
    assert door.counted == GUESSED[door.kind]


def test_nor_at_another_door_nor_as_a_report(door: Door) -> None:
    assert door.show().status == 200
    for other in KINDS:
        assert door.keypad.show(other, door.code).json == REPLAYED
    told = {"timestamp": str(NOON), "signature": door.body()["signature"]}
    assert door.yard.tell("heartbeat", door.code, **told).status == 401


@pytest.mark.parametrize(("ahead", "after"), [(300, 600), (0, 300), (-300, 0)])
def test_it_is_remembered_for_as_long_as_its_time_would_let_it_through(
    yard: Yard, keypad: Keypad, ahead: int, after: int
) -> None:
    keypad.pin("482913")
    at = str(NOON + ahead)
    assert keypad.show("pin", "482913", timestamp=at).status == 200
    yard.clock.move(seconds=after)
    assert keypad.show("pin", "482913", timestamp=at).json == REPLAYED
    [row] = yard.rows("SIGNED#")
    assert row["ttl"] > NOON + ahead + 300


@with_a_pin
def test_of_ten_at_once_one_is_believed(door: Door) -> None:
    body = door.body()
    answers = at_once([lambda: door.ask(body)] * 10)
    assert sorted(answer.status for answer in answers) == [200] + [401] * 9
    assert (door.used, door.yard.log) == (1, [(LOGGED[door.kind], True)])


@pytest.mark.parametrize("door", ["pin", "qr"], indirect=True)
@pytest.mark.parametrize("fault", [refused("InternalServerError"), throttled], ids=["failing", "busy"])
def test_what_could_not_be_looked_at_may_come_again(door: Door, fault: Any) -> None:
    with upset("Query", fault):
        answer = door.show()
    assert answer.status in (500, 503)
    assert answer.json.get("access_granted") is not True
    assert door.show().status == 200
    assert (door.used, door.counted) == (1, door.kind != "qr"), "it was a look"


# Whether there is such a code


def test_a_code_that_is_not_there_is_refused(door: Door) -> None:
    answer = door.show(WRONG[door.kind])
    assert (answer.status, answer.json) == (401, denied(f"Invalid {WHAT[door.kind]}"))
    assert door.keypad.tries == [(door.kind, False, "unknown")]
    assert door.yard.log == [(LOGGED[door.kind], False)]
    assert (door.used, door.counted) == (0, GUESSED[door.kind])
    [event] = door.yard.events
    assert (event["event_type"], event["severity"], event["user"]) == ("UNLOCK_FAILED", "LOW", None)
    assert event["metadata"] == {
        "device_id": LOCK,
        "method": door.kind,
        "attempted": MASKED[door.kind],
        "reason": "unknown",
    }


def test_what_cannot_be_a_code_is_as_wrong_as_another(
    yard: Yard, keypad: Keypad, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VERIFY_LIMIT", "1000")
    for value in (" ", "x" * 2000, "482913 ", "\x00", "٤٨٢٩١٣", "::::", "KALIT1..", "{}"):
        for kind in KINDS:
            answer = keypad.again(kind, value)
            assert (answer.status, answer.json) == (401, denied(f"Invalid {WHAT[kind]}")), value
    assert keypad.mentions("x" * 2000, "٤٨٢٩١٣") == []


@pytest.mark.parametrize("kind", ["pin", "nfc"])
def test_a_number_is_its_digits(yard: Yard, keypad: Keypad, kind: str) -> None:
    door = Door(yard, keypad, kind, "48291311", keypad.pin("48291311") if kind == "pin" else keypad.card("48291311"))
    assert door.ask(door.body() | {FIELDS[kind]: 48291311, "timestamp": NOON}).status == 200


# Whether it opens now

TIMES: dict[str, tuple[dict[str, Any], str]] = {
    "not yet": ({"valid_from": "2026-01-05T12:00:01Z"}, "not yet valid"),
    "over": ({"valid_from": "2026-01-01T00:00:00Z", "valid_until": "2026-01-05T12:10:00Z"}, "expired"),
    "used up": ({"max_usage": 1, "is_single_use": True}, "max usage reached"),
    "another day": ({"allowed_days": ["tue"]}, "not allowed at this time"),
    "another hour": ({"allowed_hours": {"start": "18:00", "end": "19:00"}}, "not allowed at this time"),
}


@pytest.mark.parametrize(
    ("kind", "case"), [(kind, case) for kind in KINDS for case in TIMES if kind != "qr" or "another" not in case]
)
def test_a_code_that_does_not_open_now_says_why(yard: Yard, keypad: Keypad, kind: str, case: str) -> None:
    terms, reason = TIMES[case]
    door = Door(yard, keypad, kind, *code_of(keypad, kind, **terms))
    if case == "over":
        yard.clock.move(minutes=10)
    if case == "used up":
        assert door.show().status == 200
    before = door.state
    answer = door.again() if case == "used up" else door.show(timestamp=str(int(yard.clock.now.timestamp())))
    assert (answer.status, answer.json) == (403, denied(f"{CALLED[kind]} is {reason}"))
    assert keypad.tries[-1] == (kind, False, reason)
    assert yard.log[-1] == (LOGGED[kind], False)
    event = yard.events[-1]
    assert (event["event_type"], event["metadata"]["reason"]) == ("UNLOCK_FAILED", reason)
    assert door.state[:3] == before[:3], "nothing opened, used or counted"


def test_a_code_of_another_lock_is_none(door: Door) -> None:
    other = door.yard.register("LOCK-002").json["data"]
    code = door.keypad.qr(device=other["id"])["code"]
    door.keypad.pin("5555", id=other["id"])
    door.keypad.card("AA:BB:CC:DD", id=other["id"])
    value = {"pin": "5555", "nfc": "AA:BB:CC:DD", "qr": code}[door.kind]
    assert door.show(value).json == denied(f"Invalid {WHAT[door.kind]}")
    signature = hmac_of(other["device_secret"], f"LOCK-002:{NOON}:{value}")
    assert door.show(value, name="LOCK-002", signature=signature).status == 200


def test_a_code_of_another_kind_is_none(yard: Yard, keypad: Keypad) -> None:
    keypad.card("48291355")
    keypad.pin("48291366")
    assert not keypad.opens("pin", "48291355")
    assert not keypad.opens("nfc", "48291366")
    for kind in ("pin", "nfc"):
        assert not keypad.opens(kind, keypad.qr()["code"])


# In whose words


@pytest.mark.parametrize("language", ["ru", "uz"])
def test_every_refusal_speaks_the_language_asked_for(yard: Yard, keypad: Keypad, language: str) -> None:
    headers = {"accept-language": language}
    for kind in KINDS:
        door = Door(yard, keypad, kind, *code_of(keypad, kind, valid_from="2026-01-05T13:00:00Z"))
        now = int(yard.clock.now.timestamp())
        bodies = [
            {},
            door.body() | {"signature": ""},
            door.body("LOCK-999"),
            door.body() | {"signature": "0"},
            door.body(at=str(now - 999)),
            door.body(at=str(now)),
            door.body(at=str(now)),
        ]
        told = [door.ask(body, headers=headers).json for body in bodies]
        assert [answer["command"] for answer in told] == ["DENY"] * 7
        assert len({answer["message"] for answer in told}) == 7
        assert all(any(ord(letter) > 127 or letter == "ʻ" for letter in a["message"]) or language == "uz" for a in told)
        english = {door.ask(body).json["message"] for body in bodies}
        assert not english & {answer["message"] for answer in told}
        yard.clock.move(seconds=1)


@with_a_pin
def test_a_problem_says_so_too(door: Door) -> None:
    headers = {"accept": "application/problem+json", "x-kalit-address": "192.0.2.9"}
    answer = door.ask(door.body() | {"signature": "0"}, headers=headers)
    assert (answer.status, answer.json["code"]) == (401, "bad_signature")
    assert (answer.json["access_granted"], answer.json["command"]) == (False, "DENY")


@with_a_pin
def test_no_token_is_asked_for_and_none_is_looked_at(door: Door) -> None:
    assert door.ask(door.body(), token="nonsense").status == 200


def test_a_code_may_come_as_a_form(yard: Yard, keypad: Keypad) -> None:
    door = Door(yard, keypad, "pin", *code_of(keypad, "pin"))
    raw = "&".join(f"{name}={value}" for name, value in door.body().items()).encode()
    assert door.ask(None, raw=raw, headers={"content-type": "application/x-www-form-urlencoded"}).status == 200


def test_neither_code_nor_signature_nor_secret_stands_anywhere(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    """Tried well, badly, too late, twice; in no row, no event, no line of the log."""
    signature = door.body()["signature"]
    answers = [
        door.show(),
        door.show(),
        door.show(signature="0" * 64),
        door.again(WRONG[door.kind]),
        door.again(timestamp="1"),
        door.show(name="LOCK-999"),
    ]
    door.yard.follow()
    logged = "\n".join(str(vars(record)) for record in caplog.records)
    told = logged + json.dumps([answer.json for answer in answers])
    secrets = [signature, door.yard.secret, WRONG[door.kind], *([] if door.kind == "nfc" else [door.code])]
    assert door.keypad.mentions(*secrets) == []
    assert not [secret for secret in secrets if secret in told]
    assert "192.0.2.9" not in logged
    if door.kind == "nfc":
        kept = {row["sk"].partition("#")[0] for row in door.yard.aws.rows(Table.LOCKS) if door.code in str(row)}
        assert kept == {"NFC"}, "a card's number stands in its own row alone"
