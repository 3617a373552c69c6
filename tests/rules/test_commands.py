"""Which commands there are, how they are signed, and what an answer is worth."""

import hmac
import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from kalit.locks.commands import KINDS, LOCK, OPEN, REBOOT, UNLOCK, State, Verdict, ended, judged, message, shown
from kalit.locks.rights import Right
from kalit.locks.signatures import sign, signed

AT = datetime(2026, 1, 5, 12, tzinfo=UTC)
ENDS = AT + timedelta(seconds=15)
SOON, LATE = ENDS, ENDS + timedelta(milliseconds=1)
ID, USER = UUID(int=1), UUID(int=2)


def test_opening_and_closing_is_now_or_never_and_a_restart_is_tried_four_times() -> None:
    assert [(kind.lasts, kind.tries) for kind in (UNLOCK, LOCK)] == [(timedelta(seconds=15), 1)] * 2
    assert (REBOOT.lasts, REBOOT.tries, REBOOT.right) == (timedelta(seconds=60), 4, Right.OWN)
    assert KINDS == {"unlock": UNLOCK, "lock": LOCK, "reboot": REBOOT}


def told(duration: int | None = 10) -> dict[str, object]:
    text = message(
        UNLOCK if duration else LOCK,
        device_id="LOCK-001",
        id=ID,
        user=USER,
        sequence=7,
        nonce="00ff",
        duration=duration,
        issued_at=1_795_000_000,
        expires_at=1_795_000_015,
        secret="s3cret",
    )
    said: dict[str, object] = json.loads(text)
    return said


def test_a_command_goes_to_the_lock_with_all_that_it_must_check() -> None:
    said = told()
    assert (
        said.pop("signature")
        == hmac.new(b"s3cret", b"LOCK-001:unlock:10:7:00ff:1795000000:1795000015", "sha256").hexdigest()
    )
    assert said == {
        "command": "unlock",
        "command_id": str(ID),
        "duration": 10,
        "sequence": 7,
        "nonce": "00ff",
        "issued_at": 1_795_000_000,
        "expires_at": 1_795_000_015,
        "timestamp": "2026-11-18T11:06:40.000Z",
        "user_id": str(USER),
    }


def test_what_has_no_duration_signs_nothing_in_its_place() -> None:
    said = told(duration=None)
    assert "duration" not in said
    expected = hmac.new(b"s3cret", b"LOCK-001:lock::7:00ff:1795000000:1795000015", "sha256").hexdigest()
    assert said["signature"] == expected


@pytest.mark.parametrize("state", list(State))
def test_what_nobody_answered_in_time_has_expired_to_everybody_at_once(state: State) -> None:
    assert shown(state, ENDS, SOON) is state
    assert shown(state, ENDS, LATE) is (State.EXPIRED if state in OPEN else state)


@pytest.mark.parametrize(
    ("state", "sequence", "at", "verdict"),
    [
        (State.PUBLISHED, 7, SOON, Verdict.TAKEN),
        (State.ACCEPTED, 7, SOON, Verdict.TAKEN),  # the lock was faster than the note that it was published
        (State.PUBLISHED, 8, SOON, Verdict.TAKEN),  # an answer to its second sending
        (State.PUBLISHED, None, SOON, Verdict.TAKEN),  # older firmware
        (State.PUBLISHED, 6, SOON, Verdict.FORGED),
        (State.PUBLISHED, 9, SOON, Verdict.FORGED),
        (State.PUBLISHED, 7, LATE, Verdict.LATE),
        (State.EXPIRED, 7, SOON, Verdict.TAKEN),  # noted as missing while its answer was on its way through us
        (State.EXPIRED, 7, LATE, Verdict.LATE),
        (State.EXECUTED, 7, SOON, Verdict.REPEATED),
        (State.FAILED, 7, LATE, Verdict.REPEATED),
        (State.EXECUTED, 6, SOON, Verdict.FORGED),
    ],
)
def test_an_answer_counts_once_in_time_and_to_what_was_sent(
    state: State, sequence: int | None, at: datetime, verdict: Verdict
) -> None:
    assert judged(state, ENDS, {7, 8}, sequence, at) is verdict


def test_the_log_tells_how_a_command_ended() -> None:
    done = ended(UNLOCK, USER, "198.51.100.7", 10, None)
    assert (done.event_type, done.success, done.user, done.ip_address) == (
        "UNLOCK_APP",
        True,
        USER,
        "198.51.100.7",
    )
    assert "10 s" in done.description
    failed = ended(LOCK, USER, "198.51.100.7", None, "jammed")
    assert (failed.event_type, failed.success, failed.error_message) == ("LOCK", False, "jammed")


def test_a_signature_is_over_parts_and_compared_whatever_its_case() -> None:
    signature = sign("s3cret", "LOCK-001", 1_795_000_000, "1234")
    assert signature == hmac.new(b"s3cret", b"LOCK-001:1795000000:1234", "sha256").hexdigest()
    assert signed("s3cret", signature.upper(), "LOCK-001", 1_795_000_000, "1234")
    assert not signed("s3cret", signature, "LOCK-001", 1_795_000_000, "1235")
    assert not signed("other", signature, "LOCK-001", 1_795_000_000, "1234")
    assert not signed("s3cret", "подпись", "LOCK-001", 1_795_000_000, "1234")
