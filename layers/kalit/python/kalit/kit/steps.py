"""Doors that are called by name with plain JSON: by a state machine, or by the deployment.

    @steps.task(Machine.COUNTDOWN, uses=[...])
    def handler(order: Countdown, at: datetime) -> None:

A step may be called twice; an error's class is what the machine's Retry and Catch match.
"""

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar, cast
from uuid import UUID

from pydantic import BaseModel

from . import aws, clock, jobs
from .doors import Door, Host
from .ids import derived
from .jobs import Job
from .log import caller_id, go_on, log, request_id
from .resources import Grant, Machine

TOLD = {"job", "request_id", "caller_id"}  # beside the order, in every execution's input


@dataclass(frozen=True, eq=False, kw_only=True)
class Step(Door):
    """A declared step; one of a machine keeps the history of its execution (`kit.jobs`)."""

    machine: Machine | None = None

    kind: ClassVar[str] = "steps"

    @property
    def trigger(self) -> str:
        return f"machine {self.machine.value}" if self.machine else "called by name"

    @property
    def grants(self) -> tuple[Grant, ...]:
        return tuple(dict.fromkeys((*super().grants, *(jobs.WORK if self.machine else ()))))

    def serve(self, event: dict[str, Any], context: Any) -> Any:
        go_on(event.get("request_id", ""), event.get("caller_id", ""))
        act = partial(self._result, event)
        result = jobs.work(self._job(event), act, in_steps=True) if self.machine else act()
        log.info("stepped")
        return result

    def _result(self, event: dict[str, Any]) -> Any:
        result = self.call(self.model(0).model_validate(event), clock.now())
        return result.model_dump(mode="json") if isinstance(result, BaseModel) else result

    def _job(self, event: dict[str, Any]) -> Job:
        machine = cast("Machine", self.machine)
        # Executions that were started by hand have no id of ours.
        id = UUID(event["job"]) if "job" in event else derived("execution", json.dumps(event, sort_keys=True))
        order = {name: value for name, value in event.items() if name not in TOLD}
        return Job(id, machine.value, machine.value, order)


def job(machine: Machine, name: str) -> UUID:
    """Which job an execution of that name is."""
    return derived("execution", machine.value, name)


def start(machine: Machine, name: str, order: BaseModel) -> None:
    """Start an execution, under the id of the request that asked for it; a second one of that name is the same.

    A StartExecution and a transaction.
    """
    told = Job(job(machine, name), machine.value, machine.value, order.model_dump(mode="json"))
    execute(machine, name, told.arguments, told.id)
    jobs.expect(told, clock.now())


def execute(machine: Machine, name: str, order: dict[str, Any], job: UUID) -> None:
    """Start the execution of a job. One StartExecution."""
    states = aws.client("stepfunctions")
    told = {**order, "job": str(job), "request_id": request_id(), "caller_id": caller_id()}
    with suppress(states.exceptions.ExecutionAlreadyExists):
        states.start_execution(stateMachineArn=machine.id, name=name, input=json.dumps(told))


def stop(machine: Machine, name: str, cause: str) -> None:
    """Stop an execution, if it is still there. A StopExecution, a read and a transaction."""
    states = aws.client("stepfunctions")
    arn = f"{machine.id.replace(':stateMachine:', ':execution:')}:{name}"
    with suppress(states.exceptions.ExecutionDoesNotExist):
        states.stop_execution(executionArn=arn, cause=cause)
    jobs.cancel(job(machine, name))


def task(
    machine: Machine | None = None, *, uses: Sequence[Grant] = (), host: Host = Host()
) -> Callable[[Callable[..., Any]], Step]:
    return lambda call: Step(call=call, machine=machine, uses=tuple(uses), host=host)
