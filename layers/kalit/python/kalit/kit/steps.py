"""Doors that are called by name with plain JSON: by a state machine, or by the deployment.

    @steps.task(uses=[...])
    def handler(order: Countdown, at: datetime) -> None:

A step may be called twice; an error's class is what the machine's Retry and Catch match.
"""

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import BaseModel

from . import aws, clock
from .doors import Door, Host
from .log import go_on, log, request_id
from .resources import Grant, Machine


@dataclass(frozen=True, eq=False, kw_only=True)
class Step(Door):
    """A declared step."""

    kind: ClassVar[str] = "steps"

    @property
    def trigger(self) -> str:
        return "called by name"

    def serve(self, event: dict[str, Any], context: Any) -> Any:
        go_on(event.get("request_id", ""))
        result = self.call(self.model(0).model_validate(event), clock.now())
        log.info("stepped")
        return result.model_dump(mode="json") if isinstance(result, BaseModel) else result


def start(machine: Machine, name: str, order: BaseModel) -> None:
    """Start an execution, under the id of the request that asked for it; a second one of that name is the same.

    One StartExecution.
    """
    states = aws.client("stepfunctions")
    told = {**order.model_dump(mode="json"), "request_id": request_id()}
    with suppress(states.exceptions.ExecutionAlreadyExists):
        states.start_execution(stateMachineArn=machine.id, name=name, input=json.dumps(told))


def task(*, uses: Sequence[Grant] = (), host: Host = Host()) -> Callable[[Callable[..., Any]], Step]:
    return lambda call: Step(call=call, uses=tuple(uses), host=host)
