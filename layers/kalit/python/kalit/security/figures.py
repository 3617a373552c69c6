"""Security events in figures: the dashboard of the last days, and the letter about a day."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from pydantic import Field

from kalit.kit import clock
from kalit.kit.fields import Output
from kalit.kit.security_events import EventType, Severity
from kalit.kit.zones import TASHKENT, zone

from .events import Place

DAYS = 7  # of the dashboard
# A day's letter is due at 23:59 in Tashkent; a minute is for clocks that differ.
DUE = timedelta(hours=23, minutes=58)
SUBJECT = "Kalit {day}: xavfsizlik · безопасность · security ({events})"
BODIES = (
    "{day} kuni {events} ta xavfsizlik hodisasi boʻldi: {severities}. Muvaffaqiyatsiz kirishlar: {failed_logins}. "
    "Buzishga urinishlar: {tamper_attempts}. Ochiq ogohlantirishlar: {open_alerts}.",
    "За {day} событий безопасности: {events} ({severities}). Неудачных входов: {failed_logins}. Попыток взлома: "
    "{tamper_attempts}. Открытых оповещений: {open_alerts}.",
    "Security events on {day}: {events} ({severities}). Failed logins: {failed_logins}. Tampering: {tamper_attempts}. "
    "Open alerts: {open_alerts}.",
)

Numbers = Mapping[Place, int]


class Summary(Output):
    critical_events: int = Field(examples=[1])
    high_events: int = Field(examples=[2])
    failed_logins: int = Field(examples=[7])
    tamper_attempts: int = Field(examples=[1])


class TypeCount(Output):
    event_type: EventType = Field(examples=["LOGIN_FAILED"])
    count: int = Field(examples=[7])


class Dashboard(Output):
    """The last days' security events in figures; `events_by_type`: the most frequent first."""

    summary: Summary
    events_by_type: list[TypeCount]


def dashboard(numbers: Numbers) -> Dashboard:
    """The dashboard, of how many events lie in each place."""
    types, severities = _by("event_type", numbers), _by("severity", numbers)
    summary = Summary(
        critical_events=severities[Severity.CRITICAL],
        high_events=severities[Severity.HIGH],
        failed_logins=types[EventType.LOGIN_FAILED],
        tamper_attempts=types[EventType.TAMPER_DETECTED],
    )
    ranked = sorted(types.items(), key=lambda each: (-each[1], each[0]))
    return Dashboard(
        summary=summary, events_by_type=[TypeCount(event_type=type, count=count) for type, count in ranked if count]
    )


def reported_day(at: datetime) -> date:
    """The day whose letter was due last: the same for who tries again after midnight."""
    return (at.astimezone(zone(TASHKENT)) - DUE).date()


def span(day: date) -> tuple[str, str]:
    """The moments at which a day of Tashkent begins and ends."""
    begin = datetime.combine(day, time(), zone(TASHKENT))
    return clock.wire(begin), clock.wire(begin + timedelta(days=1))


def letter(day: date, numbers: Numbers, open_alerts: int) -> tuple[str, str]:
    """Subject and body of the letter about a day, in the three languages of our staff."""
    figures, severities = dashboard(numbers), _by("severity", numbers)
    told = {
        "day": day,
        "events": sum(numbers.values()),
        "severities": ", ".join(f"{severity} {severities[severity]}" for severity in reversed(Severity)),
        "failed_logins": figures.summary.failed_logins,
        "tamper_attempts": figures.summary.tamper_attempts,
        "open_alerts": open_alerts,
    }
    types = "\n".join(f"{each.event_type}: {each.count}" for each in figures.events_by_type)
    body = "\n\n".join([*(text.format(**told) for text in BODIES), *([types] if types else [])])
    return SUBJECT.format(**told), body + "\n"


def _by(part: str, numbers: Numbers) -> Counter[str]:
    """How many there are of each type, or of each severity."""
    found = Counter[str]()
    for place, number in numbers.items():
        found[getattr(place, part)] += number
    return found
