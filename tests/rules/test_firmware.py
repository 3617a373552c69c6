"""What the virtual lock obeys, refuses, remembers and reports, and that docs/locks.md says the same of both sides."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.local.lock.firmware import Close, Deed, Firmware, Memory, Note, Open, Report, Restart, signature
from kalit.locks import commands
from kalit.locks.commands import message
from kalit.locks.reports import REPORTS, Channel
from kalit.locks.signatures import sign
from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "locks.md").read_text()
SHOWN = [json.loads(text) for text in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)]
VECTORS: dict[str, Any] = next(shown for shown in SHOWN if "vectors" in shown)
COMMAND: dict[str, Any] = next(shown for shown in SHOWN if "command" in shown)
SECRET = VECTORS["device_secret"]
AT = COMMAND["issued_at"]
UNLOCK = {"command": "unlock", "duration": 10}


def lock(memory: Memory | None = None) -> Firmware:
    return Firmware("LOCK_0001", SECRET, memory or Memory())


def command(sequence: int = 1, at: int = AT, lives: int = 15, **fields: Any) -> bytes:
    """A command as the server would send it."""
    told = {"command": "lock", "command_id": f"{int(sequence):08x}-0000-4000-8000-000000000000", "nonce": "00c0ffee"}
    told |= {"sequence": sequence, "issued_at": at, "expires_at": at + lives, **fields}
    names = ("command", "duration", "sequence", "nonce", "issued_at", "expires_at")
    return json.dumps({"signature": signature(SECRET, "LOCK_0001", *(told.get(n, "") for n in names)), **told}).encode()


def reports(deeds: list[Deed]) -> list[dict[str, object]]:
    return [{"on": deed.channel, **deed.payload} for deed in deeds if isinstance(deed, Report)]


def refusal(deeds: list[Deed]) -> str:
    """Why, when nothing was done but to note it."""
    (note,) = deeds
    assert isinstance(note, Note)
    assert note.text.startswith("refused: ")
    return note.text


@pytest.mark.parametrize("vector", VECTORS["vectors"], ids=lambda vector: vector["of"])
@pytest.mark.parametrize("sign", [signature, sign], ids=["lock", "server"])
def test_lock_and_server_sign_as_the_page_does(vector: dict[str, str], sign: Callable[..., str]) -> None:
    assert sign(SECRET, *vector["text"].split(":")) == vector["signature"]


def test_the_server_sends_the_command_on_the_page() -> None:
    same = ("duration", "sequence", "nonce", "issued_at", "expires_at")
    ids = {"id": UUID(COMMAND["command_id"]), "user": UUID(COMMAND["user_id"])}
    sent = message(
        commands.UNLOCK, device_id="LOCK_0001", secret=SECRET, **ids, **{name: COMMAND[name] for name in same}
    )
    assert json.loads(sent) == COMMAND


@pytest.mark.parametrize("kind", commands.KINDS.values(), ids=commands.KINDS)
def test_the_lock_knows_every_command_that_the_server_has(kind: commands.Kind) -> None:
    duration = 5 if kind is commands.UNLOCK else None
    ids = {"id": UUID(int=1), "user": UUID(int=2), "sequence": 1, "nonce": "00" * 16}
    times = {"issued_at": AT, "expires_at": AT + int(kind.lasts.total_seconds())}
    sent = message(kind, device_id="LOCK_0001", secret=SECRET, duration=duration, **ids, **times)
    answer = reports(lock().hear(sent.encode(), AT))[0]
    assert (answer["type"], answer["success"]) == (kind.name, True)


def test_the_server_takes_every_report_of_the_lock() -> None:
    firmware = Firmware("LOCK_0001", SECRET, Memory(), battery=15)
    deeds = [*firmware.started(), *firmware.hear(command(), AT), *firmware.turned(), *firmware.admitted("qr")]
    deeds += [*firmware.timed_out(), *firmware.shaken(), *firmware.beat(), *firmware.going()]
    for told in (deed for deed in deeds if isinstance(deed, Report)):
        taken = REPORTS[Channel(told.channel)].model_validate(told.payload)
        assert taken.model_dump(exclude_unset=True, mode="json") == told.payload


def test_the_command_on_the_page_is_obeyed() -> None:
    firmware = lock()
    note, bolt, *_ = deeds = firmware.hear(json.dumps(COMMAND).encode(), AT + 15)
    assert note == Note("unlock 7 from 087e3556-b7e5-44b3-8009-3bff7a47340b: opened for 10 s")
    assert bolt == Open(10)
    answer = {"type": "unlock", "success": True, "method": "app", "command_id": COMMAND["command_id"], "sequence": 7}
    status = {"status": "online", "is_locked": False, "battery_level": 100, "firmware_version": "1.0.0"}
    assert reports(deeds) == [{"on": "response", **answer, "counter": 1}, {"on": "status", **status, "counter": 2}]


def test_the_reports_on_the_page_have_the_fields_that_the_lock_sends() -> None:
    firmware = lock()
    said = reports(firmware.hear(command(**UNLOCK), AT)) + reports(firmware.measured(19)) + reports(firmware.beat())
    sent = {str(report.pop("on")): frozenset(report) for report in said}
    assert set(sent.values()) <= {frozenset(shown) for shown in SHOWN}
    assert set(sent) == {"response", "status", "alert", "heartbeat"}


def test_a_lock_locks_itself_and_says_so() -> None:
    firmware = lock()
    firmware.hear(command(**UNLOCK), AT)
    _, bolt, *_ = deeds = firmware.timed_out()
    assert bolt == Close()
    response, status = reports(deeds)
    assert response == {"on": "response", "type": "lock", "success": True, "method": "auto", "counter": 3}
    assert status["is_locked"] is True


def test_a_restart_is_answered_before_it_happens() -> None:
    _, answer, last = lock().hear(command(command="REBOOT", lives=60), AT + 60)
    assert isinstance(answer, Report)
    assert answer.payload["type"] == "reboot"
    assert last == Restart()


def test_what_it_cannot_do_is_answered_and_not_done() -> None:
    _, answer = lock().hear(command(command="SELF_DESTRUCT"), AT)
    assert isinstance(answer, Report)
    assert answer.payload | {"type": "self_destruct", "success": False, "error": "unsupported"} == answer.payload


FORGED = {
    "another command": {"command": "lock"},
    "a longer time": {"duration": 30},
    "a higher sequence": {"sequence": 99},
    "another nonce": {"nonce": "ffffffff"},
    "a later issue": {"issued_at": AT + 1},
    "a later end": {"expires_at": AT + 1000},
    "no real signature": {"signature": "0" * 64},
}


@pytest.mark.parametrize("fields", FORGED.values(), ids=FORGED)
def test_a_forged_field_breaks_the_signature(fields: dict[str, Any]) -> None:
    firmware = lock()
    genuine = json.loads(command(**UNLOCK))
    assert "wrong signature" in refusal(firmware.hear(json.dumps(genuine | fields).encode(), AT))
    assert firmware.memory == Memory()


def test_another_locks_command_breaks_the_signature() -> None:
    assert "wrong signature" in refusal(Firmware("LOCK_0002", SECRET, Memory()).hear(command(), AT))


MALFORMED = {
    "no JSON": b"unlock!",
    "no text": b"\xff\xfe",
    "no object": b"[1, 2]",
    "too deep": b"[" * 100_000,
    "no command": command(command=None),
    "a command that is no word": command(command="unlock:5"),
    "half a character": command().replace(b'"lock"', rb'"\ud800"'),
    "no duration": command(command="unlock"),
    "an empty duration": command(command="unlock", duration=None),
    "a duration in text": command(command="unlock", duration="5"),
    "too short": command(command="unlock", duration=0),
    "too long": command(command="unlock", duration=31),
    "true for a number": command(sequence=True),
    "a fraction": command(sequence=1.0),
    "below nothing": command(issued_at=-1),
    "beyond what JSON holds": command(expires_at=2**53),
    "a nonce that is no hex": command(nonce="12:34"),
    "an id that is none": command(command_id="7"),
    "a short signature": command(signature="00"),
    "a signature in other letters": command(signature="Ж" * 64),
}


@pytest.mark.parametrize("message", MALFORMED.values(), ids=MALFORMED)
def test_what_is_malformed_is_refused(message: bytes) -> None:
    firmware = lock()
    assert refusal(firmware.hear(message, AT)).startswith(("refused: malformed", "refused: not "))
    assert firmware.memory == Memory()


@given(st.binary() | st.dictionaries(st.sampled_from(sorted(COMMAND)), st.none() | st.text() | st.integers()).map(
    lambda fields: json.dumps(COMMAND | fields).encode()
))  # fmt: skip
def test_nothing_that_is_sent_breaks_the_lock(message: bytes) -> None:
    firmware = lock()
    deeds = firmware.hear(message, AT)
    assert len(deeds) == 1 or firmware.memory.sequence == 7


TIMELY = {
    "at once": (AT, True),
    "in its last second": (AT + 15, True),
    "after its last second": (AT + 15.1, False),
    "with a clock that is five seconds slow": (AT - 5, True),
    "with a clock that is slower": (AT - 5.1, False),
    "without a clock": (None, False),
}


@pytest.mark.parametrize(("at", "obeyed"), TIMELY.values(), ids=TIMELY)
def test_a_command_is_obeyed_in_its_time_alone(at: float | None, obeyed: bool) -> None:
    firmware = lock()
    deeds = firmware.hear(command(**UNLOCK), at)
    assert (Open(10) in deeds) is obeyed
    assert firmware.memory.sequence == int(obeyed)


def test_a_sequence_is_taken_once_and_only_upwards() -> None:
    firmware = lock()
    assert Close() in firmware.hear(command(5), AT)
    for passed in (5, 4):
        assert "5 was already taken" in refusal(firmware.hear(command(passed), AT))
    assert Close() in firmware.hear(command(9), AT)


def test_what_was_taken_is_remembered_across_a_restart() -> None:
    memory = Memory()
    lock(memory).hear(command(5), AT)
    again = lock(replace(memory))
    assert "5 was already taken" in refusal(again.hear(command(5), AT))
    (status,) = reports(again.started())
    assert status["counter"] == 3  # after an answer and a status


def test_a_retry_is_answered_again_and_not_done_again() -> None:
    memory, id = Memory(), "0d2a7a4c-5a2b-4b57-9b5e-6f5a1c9f0a11"
    lock(memory).hear(command(1, command="REBOOT", command_id=id), AT)
    note, answer = lock(memory).hear(command(2, AT + 60, command="REBOOT", command_id=id), AT + 60)
    assert note == Note("reboot 2 from nobody named: answered again")
    assert isinstance(answer, Report)
    assert answer.payload | {"success": True, "command_id": id, "sequence": 2} == answer.payload


def test_the_last_eight_commands_are_remembered() -> None:
    firmware = lock()
    for sequence in range(1, 11):
        firmware.hear(command(sequence), AT)
    assert [int(id[:8], 16) for id in firmware.memory.answers] == [3, 4, 5, 6, 7, 8, 9, 10]


def test_a_low_battery_is_told_once_until_it_was_charged() -> None:
    firmware = Firmware("LOCK_0001", SECRET, Memory(), battery=15)
    levels = [firmware.started(), firmware.measured(14), firmware.measured(80), firmware.measured(20)]
    told = [[report["type"] for report in reports(deeds) if report["on"] == "alert"] for deeds in levels]
    assert told == [["battery_low"], [], [], ["battery_low"]]


def test_what_happens_at_the_door_is_told_with_its_method() -> None:
    firmware = lock()
    turned, again, shown = firmware.turned(), firmware.turned(), firmware.admitted("pin")
    assert [(deeds[1], reports(deeds)[0]["type"], reports(deeds)[0]["method"]) for deeds in (turned, again, shown)] == [
        (Open(None), "unlock", "physical"),
        (Close(), "lock", "physical"),
        (Open(5), "unlock", "pin"),
    ]
    assert reports(firmware.shaken())[0]["type"] == "tamper"


def test_counters_rise_with_every_report() -> None:
    firmware = lock()
    said = [firmware.started(), firmware.hear(command(), AT), firmware.beat(), firmware.shaken(), firmware.going()]
    counters = [report["counter"] for deeds in said for report in reports(deeds)]
    assert counters == list(range(1, 7))
