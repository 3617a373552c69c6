"""Doors that are called by name with plain JSON: by a state machine, or by the deployment.

    @steps.task(uses=[...])
    def handler(order: Countdown, at: datetime) -> None:

A step may be called twice; an error's class is what the machine's Retry and Catch match.
"""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from pydantic import BaseModel

from . import clock
from .doors import Door, Host
from .log import begin
from .resources import Grant


@dataclass(frozen=True, eq=False, kw_only=True)
class Step(Door):
    """A declared step."""

    kind: ClassVar[str] = "steps"

    @property
    def trigger(self) -> str:
        return "called by name"

    @cached_property
    def input(self) -> type[BaseModel]:
        model: type[BaseModel] = next(iter(inspect.signature(self.call).parameters.values())).annotation
        return model

    def __call__(self, event: dict[str, Any], context: Any) -> Any:
        begin(self)
        result = self.call(self.input.model_validate(event), clock.now())
        return result.model_dump(mode="json") if isinstance(result, BaseModel) else result


def task(*, uses: Sequence[Grant] = (), host: Host = Host()) -> Callable[[Callable[..., Any]], Step]:
    return lambda call: Step(call=call, uses=tuple(uses), host=host)
