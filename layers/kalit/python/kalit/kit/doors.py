"""What all doors share: a name, a trigger, rights, a host, and one file each."""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import BaseModel, ValidationError

from .log import begin, log
from .resources import Grant

# Whoever hands work over, or calls it off, notes the job (`kit.jobs`).
HANDS_OVER = {"sqs:SendMessage", "states:StartExecution", "states:StopExecution"}


class Malformed(Exception):
    """An event is not what the door's handler declares."""


class Again(Exception):
    """What was asked for cannot be done yet, and nothing is wrong with us: the message is to come again."""


@dataclass(frozen=True)
class Host:
    """The Lambda behind a door: `memory` in MB, `timeout` in seconds, `files` beside the door that travel with it.

    `outbox`: only where e-mail and SMS go to outboxes instead of people. In its environment `ticks` tells of all ticks,
    `mqtt` of where locks connect to, `sms` of what an SMS costs and how many a second the provider takes, `inbound` of
    the secret that the provider of people's answers shows.
    """

    memory: int = 512
    timeout: int = 10
    files: Sequence[str] = ()
    outbox: bool = False
    ticks: bool = False
    mqtt: bool = False
    sms: bool = False
    inbound: bool = False


@dataclass(frozen=True, eq=False, kw_only=True)
class Door:
    """One declared function; calling it is the Lambda handler."""

    call: Callable[..., Any]
    uses: tuple[Grant, ...] = ()
    host: Host = Host()

    kind: ClassVar[str]

    @property
    def name(self) -> str:
        """`tasks.create` for functions/tasks/create.py: the Lambda's name, the operation's id, the sample event."""
        return self.call.__module__.removeprefix("functions.")

    @property
    def folder(self) -> str:
        return self.name.partition(".")[0]

    @property
    def summary(self) -> str:
        return (self.call.__doc__ or "").strip().partition("\n")[0]

    @property
    def description(self) -> str:
        """What the docstring says below its first line: Markdown for the docs pages."""
        return inspect.cleandoc(self.call.__doc__ or "").partition("\n")[2].strip()

    @property
    def grants(self) -> tuple[Grant, ...]:
        """All rights, each once: the declared ones, and those that follow from them or from its kind of door."""
        from . import jobs

        actions = HANDS_OVER & {grant.action for grant in self.uses}
        implied = jobs.WORK if "states:StopExecution" in actions else jobs.EXPECT if actions else ()
        return tuple(dict.fromkeys((*self.uses, *implied)))

    @property
    def trigger(self) -> str:
        """What knocks, in a line."""
        raise NotImplementedError

    def model(self, position: int) -> type[BaseModel]:
        """The annotation of the handler's parameter at `position`: what its input is read as."""
        annotation: type[BaseModel] = list(inspect.signature(self.call).parameters.values())[position].annotation
        return annotation

    def __call__(self, event: dict[str, Any], context: Any) -> Any:
        """The Lambda handler: a log of its own, and every failure in it before Lambda sees it."""
        begin(self, getattr(context, "aws_request_id", ""))
        try:
            return self.serve(event, context)
        except ValidationError as error:
            # Without what was wrong in it: that may be anybody's password or phone.
            log.error("refused", extra={"code": "malformed_event"})
            raise Malformed(f"{self.name}: {error.error_count()} fields of the event are not as declared") from None
        except Exception:
            log.exception("failed")
            raise

    def serve(self, event: dict[str, Any], context: Any) -> Any:
        """What this kind of door does with an event."""
        raise NotImplementedError
