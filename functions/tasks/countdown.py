from datetime import datetime

from kalit.kit import steps
from kalit.kit.resources import Machine
from kalit.tasks import store
from kalit.tasks.rules import COUNTED, Countdown


class TooEarly(Exception):
    """The countdown is not over yet; the machine tries again."""


@steps.task(Machine.COUNTDOWN, uses=store.WRITE)
def handler(countdown: Countdown, at: datetime) -> None:
    """End a countdown that is over; one that has ended stays as it is."""
    if at < countdown.due_at:
        raise TooEarly
    if task := store.begin(countdown):
        store.finish(task, COUNTED)
