"""The audit log's entries: written in the transaction of what staff do, so that neither is without the other.

    with Commit() as commit:
        commit.update(account, [AccountRow.role.set("manager")])
        audit.write(commit, AccountAudit, Act(caller, "user.update", "user", uuid, before, after), at)

The table's stream hands an entry (outbox `audit`) to the queue `audit`, whose worker chains it (`kalit.security`).
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from . import clock, queues
from .caller import Caller
from .ids import ordered
from .log import request_id
from .resources import Queue
from .tables import Commit, Followed

OUTBOX = "audit"
KEPT = timedelta(days=30)  # beside the chain, which is kept for good


class Entry(BaseModel):
    """One deed. `details` holds what was changed, before and after; never a secret."""

    id: UUID
    user: UUID
    user_email: str
    username: str
    action: str
    resource_type: str
    resource_id: str
    ip_address: str
    request_id: str
    details: dict[str, Any]
    created_at: str


class AuditRow(Followed):
    """An entry on its way to the chain. Domains subclass it to name their table."""

    entry = UnicodeAttribute()
    ttl = NumberAttribute()


@dataclass(frozen=True)
class Act:
    """Who did what to which thing, and what was different before."""

    caller: Caller
    action: str  # <noun>.<verb>
    resource_type: str
    resource_id: object
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None


def write(commit: Commit, model: type[AuditRow], act: Act, at: datetime) -> None:
    """Put an entry into a transaction. One put."""
    id = ordered(at)
    entry = Entry(
        id=id,
        user=act.caller.uuid,
        user_email=act.caller.email,
        username=act.caller.username,
        action=act.action,
        resource_type=act.resource_type,
        resource_id=str(act.resource_id),
        ip_address=act.caller.address,
        request_id=request_id(),
        details={"before": act.before, "after": act.after},
        created_at=clock.wire(at),
    )
    row = model(f"AUDIT#{id}", "AUDIT", entry=entry.model_dump_json(), outbox=OUTBOX)
    row.ttl = int((at + KEPT).timestamp())
    commit.put(row)


def forward(image: dict[str, Any]) -> None:
    """Hand a written entry, as the table's stream brings it, to the chain's worker. A SendMessage and a transaction."""
    entry = Entry(**json.loads(image["entry"]["S"]))
    queues.send(Queue.AUDIT, entry, job=entry.id)
