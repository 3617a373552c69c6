"""The one clock. Doors read it once and pass the time inward; rules take `at`."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path


def now() -> datetime:
    """The current time, aware, in UTC.

    In sandbox stages the file named by `CLOCK_FILE` may move it: an ISO instant stops the clock
    there, an offset in seconds such as `+3600` shifts it.
    """
    return _ours(datetime.now(UTC))


def of_milliseconds(milliseconds: int) -> datetime:
    """A moment that a clock of AWS's told, in unix milliseconds, as ours showed it then."""
    return _ours(datetime.fromtimestamp(milliseconds / 1000, UTC))


def _ours(real: datetime) -> datetime:
    setting = os.environ.get("CLOCK_FILE")
    return moved(real, Path(setting)) if setting else real


def moved(real: datetime, file: Path) -> datetime:
    try:
        text = file.read_text().strip()
    except FileNotFoundError:
        return real
    if not text:
        return real
    if text[0] in "+-":
        return real + timedelta(seconds=float(text))
    instant = datetime.fromisoformat(text)
    return instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC)


def wire(at: datetime) -> str:
    """ISO 8601 in UTC with milliseconds and `Z`, as every answer writes it."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
