"""The figures of the dashboard and of the daily letter, from the kept counts; and the letter on its way."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from kalit.kit import clock, queues
from kalit.kit.resources import Grant, Queue
from kalit.providers import email

from . import event_store, figures
from .events import Place
from .figures import Dashboard
from .store import AlertCounts

SHOW: tuple[Grant, ...] = event_store.NUMBERS
REPORT: tuple[Grant, ...] = (*event_store.NUMBERS, Queue.EMAIL.send)


@dataclass(frozen=True)
class Letter:
    """What is told about a day."""

    day: date
    subject: str
    body: str


def dashboard(at: datetime) -> Dashboard:
    """The figures of the last days, to the moment. A Query, and one for each place of the first day."""
    return figures.dashboard(event_store.numbers(_all, clock.wire(at - timedelta(days=figures.DAYS))))


def letter(at: datetime) -> Letter:
    """The letter that is due. Two Queries, and one for each place of the two days (UTC) that its day lies in."""
    day = figures.reported_day(at)
    numbers = event_store.numbers(_all, *figures.span(day))
    opened = AlertCounts.total(AlertCounts.KEY)["open"]
    return Letter(day, *figures.letter(day, numbers, opened))


def send(letter: Letter, admin: str, to: str) -> None:
    """Hand a letter over, once for each administrator and day however often that is asked. A SendMessage."""
    id = f"security-report-{letter.day}-{admin}"
    queues.send(Queue.EMAIL, email.Message(id=id, to=to, subject=letter.subject, body=letter.body))


def _all(place: Place) -> bool:
    return True
