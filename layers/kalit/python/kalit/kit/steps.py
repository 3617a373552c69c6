"""Doors that are called by name with plain JSON: by a state machine, or by the deployment.

    @steps.task(uses=[...])
    def handler(order: Countdown, at: datetime) -> None:

A step may be called twice; an error's class is what the machine's Retry and Catch match.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import BaseModel

from . import clock
from .doors import Door, Host
from .resources import Grant


@dataclass(frozen=True, eq=False, kw_only=True)
class Step(Door):
    """A declared step."""

    kind: ClassVar[str] = "steps"

    @property
    def trigger(self) -> str:
        return "called by name"

    def serve(self, event: dict[str, Any], context: Any) -> Any:
        result = self.call(self.model(0).model_validate(event), clock.now())
        return result.model_dump(mode="json") if isinstance(result, BaseModel) else result


def task(*, uses: Sequence[Grant] = (), host: Host = Host()) -> Callable[[Callable[..., Any]], Step]:
    return lambda call: Step(call=call, uses=tuple(uses), host=host)
