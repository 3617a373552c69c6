"""Doors that the clock opens.

    @schedules.every(minutes=1, uses=[...])
    def handler(at: datetime) -> None:

A tick may come twice or not at all: what it does must be a repair, not the only way.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from . import clock
from .doors import Door, Host
from .resources import Grant


@dataclass(frozen=True, eq=False, kw_only=True)
class Schedule(Door):
    """A declared tick, `minutes` apart."""

    minutes: int

    kind: ClassVar[str] = "schedules"

    @property
    def trigger(self) -> str:
        return f"every {self.minutes} min"

    def serve(self, event: dict[str, Any], context: Any) -> None:
        self.call(clock.now())


def every(
    *, minutes: int, uses: Sequence[Grant] = (), host: Host = Host(timeout=60)
) -> Callable[[Callable[..., None]], Schedule]:
    return lambda call: Schedule(call=call, minutes=minutes, uses=tuple(uses), host=host)
