"""When a signed report is believed, and what it tells."""

from datetime import UTC, datetime

import pytest

from kalit.kit.errors import Invalid, ParseError
from kalit.locks.reports import AlertReport, HeartbeatReport, ResponseReport, StatusReport
from kalit.locks.signatures import Signed, TooOld, Unsigned
from kalit.locks.telemetry import Telemetry

AT = datetime(2026, 1, 5, 12, tzinfo=UTC)
NOW = int(AT.timestamp())


def said(timestamp: object, signature: str = "") -> Signed:
    return Signed("LOCK-001", str(timestamp), "{}", signature)


@pytest.mark.parametrize("timestamp", [NOW, NOW - 300, NOW + 300, f"{NOW}.0", f" {NOW} "])
def test_a_clock_may_be_five_minutes_off(timestamp: object) -> None:
    said(timestamp).check_time(AT)


@pytest.mark.parametrize(
    "timestamp", [NOW - 301, NOW + 301, NOW + 300.001, 0, -NOW, NOW * 1000, "nan", "inf", "-inf", "1e400", "soon", ""]
)
def test_another_time_is_none(timestamp: object) -> None:
    with pytest.raises(TooOld):
        said(timestamp).check_time(AT)


@pytest.mark.parametrize(("timestamp", "signature"), [("", "x"), ("1", ""), ("", "")])
def test_who_signs_nothing_is_told_so(timestamp: str, signature: str) -> None:
    with pytest.raises(Unsigned):
        said(timestamp, signature).check_given()


@pytest.mark.parametrize(
    ("channel", "payload", "report"),
    [
        ("status", '{"status": "offline"}', StatusReport(status="offline")),
        ("heartbeat", '{"battery_level": 87}', HeartbeatReport(battery_level=87)),
        ("response", '{"type": "unlock", "success": true}', ResponseReport(type="unlock", success=True)),
        ("alert", '{"type": "tamper"}', AlertReport(type="tamper")),
    ],
)
def test_a_report_is_read_as_its_channel_says(channel: str, payload: str, report: object) -> None:
    assert Telemetry.model_validate({"channel": channel, "payload": payload}).report == report


@pytest.mark.parametrize(
    ("payload", "error"), [("{", ParseError), ("", ParseError), ("[]", Invalid), ('{"type": "fire"}', Invalid)]
)
def test_nonsense_is_no_report(payload: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        _ = Telemetry.model_validate({"channel": "alert", "payload": payload}).report


@pytest.mark.parametrize("payload", [' {"battery_level": 1} ', '{"battery_level": 1}\n'])
def test_what_was_signed_is_not_touched(payload: str) -> None:
    assert Telemetry.model_validate({"channel": "heartbeat", "payload": payload}).payload == payload
