"""A domain by the names under which CloudWatch knows its parts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kalit.kit.api import Endpoint
from kalit.kit.consumers import Consumer
from kalit.kit.doors import Door
from kalit.kit.resources import Table

from ..hosting import Doors, route_key
from ..machines import MACHINES


@dataclass(frozen=True)
class Domain:
    """One folder of `functions/`, with what its doors stand on."""

    folder: str
    functions: Mapping[str, Door]  # by the Lambda's name
    tables: Sequence[str]
    queues: Sequence[str]
    machines: Sequence[str]  # ARNs

    @classmethod
    def of(cls, stack: Doors) -> "Domain":
        prefix = f"arn:{stack.partition}:states:{stack.region}:{stack.account}:stateMachine:"
        used = {grant.resource for door in stack.doors for grant in door.grants}
        return cls(
            folder=stack.folder,
            functions={stack.function_name(door): door for door in stack.doors},
            tables=sorted(stack.state.name(resource) for resource in used if isinstance(resource, Table)),
            queues=sorted(stack.state.name(door.queue) for door in stack.doors if isinstance(door, Consumer)),
            machines=[prefix + stack.state.name(machine) for machine in MACHINES.get(stack.folder, {})],
        )

    def doors(self, *kinds: type[Door]) -> list[str]:
        """The functions behind doors of these kinds."""
        return [name for name, door in self.functions.items() if isinstance(door, kinds)]

    @property
    def workers(self) -> list[str]:
        """The functions that no client waits for."""
        waited_for = self.doors(Endpoint)
        return [name for name in self.functions if name not in waited_for]

    @property
    def routes(self) -> list[str]:
        """What the API's access log calls the domain's routes."""
        doors = [door for door in self.functions.values() if isinstance(door, Endpoint)]
        return [route_key(method, path) for door in doors for method, path in door.routes]
