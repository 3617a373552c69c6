"""What all doors share: a name, a trigger, rights, a host, and one file each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from .resources import Grant


@dataclass(frozen=True)
class Host:
    """The Lambda behind a door: `memory` in MB, `timeout` in seconds, `files` beside the door that travel with it."""

    memory: int = 512
    timeout: int = 10
    snap_start: bool = False
    files: Sequence[str] = ()


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
    def grants(self) -> tuple[Grant, ...]:
        """All rights: the declared ones and those that its kind of door always needs."""
        return self.uses

    @property
    def trigger(self) -> str:
        """What knocks, in a line."""
        raise NotImplementedError

    def __call__(self, event: dict[str, Any], context: Any) -> Any:
        raise NotImplementedError
