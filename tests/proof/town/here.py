"""A town in this process, whose clock stands and where nothing happens by itself."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Protocol
from uuid import uuid4

from kalit.campaigns import opt_out_store
from kalit.kit import secrets
from kalit.kit.consumers import Batches
from kalit.kit.resources import Machine, Queue, Secret, Table
from kalit.kit.streams import Follower
from tests.cloud import DOORS, Answer
from tests.functions.forged import parts, signed
from tests.paying import Paying

from ..system import System
from .town import PASSWORD

FOLLOWERS = {door.table: name for name, door in DOORS.items() if isinstance(door, Follower)}
CONSUMERS = {door.queue: name for name, door in DOORS.items() if isinstance(door, Batches) and hasattr(door, "queue")}
PLACES = (*Table, *Queue, *Machine)


class BringBack(Protocol):
    def __call__(self, *, warm: bool = False) -> None: ...


class Here:
    """See `town.Place`."""

    def __init__(self, system: System, paying: Paying) -> None:
        self.system, self.cloud, self.paying = system, system.cloud, paying
        self.cloud.give(Secret.PAYMENTS, paying.keys)
        paying.follow(system.clock_file)

    def http(self, name: str, body: Any = None, **told: Any) -> Answer:
        return self.cloud.http(name, body, **told)

    def call(self, name: str, event: dict[str, Any]) -> Any:
        return self.cloud.call(name, event)

    def now(self) -> datetime:
        return self.system.now

    def boss(self) -> str:
        self.cloud.call("accounts.bootstrap", {"username": "boss", "password": PASSWORD})
        return self.cloud.log_in("boss", PASSWORD)

    def expire(self, token: str) -> str:
        header, claims = parts(token)
        now = int(self.system.now.timestamp())
        return signed(self.cloud, header, claims | {"iat": now - 7200, "exp": now - 3600})

    # What AWS does between, and time

    def changes(self, table: Table) -> list[dict[str, Any]]:
        """What a table's stream has to tell, taken out."""
        return self.system.changes(table)

    def messages(self, queue: Queue) -> dict[str, Any]:
        """What waits in a queue, as an event, taken out."""
        bodies = self.system.messages(queue)
        told = {"eventSource": "aws:sqs", "attributes": {"ApproximateReceiveCount": "1"}, "messageAttributes": {}}
        return {"Records": [{"messageId": str(uuid4()), "receiptHandle": "r", "body": body, **told} for body in bodies]}

    def running(self, machine: Machine) -> dict[str, Any]:
        """The input of the last of a machine's running executions."""
        return list(self.system.running(machine).values())[-1]

    def wait(self, seconds: float) -> None:
        """Time passes."""
        self.system.wait(seconds)

    def settle(self, besides: Collection[Queue] = ()) -> None:
        """Streams are followed and queues emptied, until nothing is left in them; of those besides, nothing is read."""
        for _ in range(20):
            for queue in besides:
                self.messages(queue)
            changed = [(name, changes) for table, name in FOLLOWERS.items() if (changes := self.changes(table))]
            for name, changes in changed:
                self.call(name, {"Records": changes})
            queues = [(queue, name) for queue, name in CONSUMERS.items() if queue not in besides]
            sent = [(name, event) for queue, name in queues if (event := self.messages(queue))["Records"]]
            for name, event in sent:
                self.call(name, event)
            if not changed and not sent:
                return
        raise AssertionError("it never settles")

    def remember(self) -> BringBack:
        """Calling what this gives brings back everything as it is now; what processes keep of secrets, when `warm`."""
        rows, things = self.system.remember(*PLACES), self.cloud.things.remember()
        payments = self.paying.remember()

        def bring_back(*, warm: bool = False) -> None:
            rows()
            things()
            payments()
            if not warm:
                secrets.forget()  # and the other: so that the same calls are made each time
                opt_out_store._key.cache_clear()

        return bring_back
