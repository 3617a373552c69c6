"""Doors that the clock opens.

    @schedules.every(minutes=1, uses=[...])
    def handler(at: datetime) -> None:

A tick may come twice or not at all: what it does must be a repair, not the only way.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

from . import clock, jobs
from .doors import Door, Host
from .ids import derived, ordered
from .jobs import Job
from .log import log
from .resources import Grant

Thing = TypeVar("Thing")

QUEUE = "schedules"  # where the history files ticks
TIME = "<aws.scheduler.scheduled-time>"  # for which EventBridge Scheduler puts in the time; the same at every try


@dataclass(frozen=True, eq=False, kw_only=True)
class Schedule(Door):
    """A declared tick, by an expression of EventBridge Scheduler in its zone.

    `eager` is what takes its place in stages where nobody wants to wait.
    """

    expression: str
    zone: str = "UTC"
    eager: str = ""

    kind: ClassVar[str] = "schedules"

    @property
    def trigger(self) -> str:
        return f"{self.expression} {self.zone}"

    @property
    def grants(self) -> tuple[Grant, ...]:
        return tuple(dict.fromkeys((*super().grants, *jobs.WORK)))

    def job(self, event: dict[str, Any]) -> Job:
        """The job that one tick is; a failed one that comes again is the same."""
        id = str(event.get("id", ""))
        # An engine that does not know the Scheduler's keyword leaves it as it stands.
        return Job(derived("tick", self.name, id) if id and id != TIME else ordered(clock.now()), self.name, QUEUE)

    def serve(self, event: dict[str, Any], context: Any) -> None:
        job = self.job(event)
        jobs.TickRow(*jobs.TickRow.key(self.name), job=str(job.id)).save()
        jobs.work(job, lambda: self.call(clock.now()))


def every(
    *, minutes: int, uses: Sequence[Grant] = (), host: Host = Host(timeout=60)
) -> Callable[[Callable[..., None]], Schedule]:
    return cron(f"rate({minutes} minute{'s' if minutes > 1 else ''})", uses=uses, host=host)


def cron(
    expression: str, *, zone: str = "UTC", eager: str = "", uses: Sequence[Grant] = (), host: Host = Host(timeout=60)
) -> Callable[[Callable[..., None]], Schedule]:
    return lambda call: Schedule(call=call, expression=expression, zone=zone, eager=eager, uses=tuple(uses), host=host)


def each(things: Iterable[Thing], act: Callable[[Thing], object]) -> None:
    """Let a tick act on each of many things. One that fails does not hold up the others; the first error comes last."""
    failed: list[Exception] = []
    for thing in things:
        try:
            act(thing)
        except Exception as error:
            log.exception("not done", extra={"thing": type(thing).__name__})
            failed.append(error)
    if failed:
        raise failed[0]
