from uuid import UUID

from kalit.jobs import history_store
from kalit.jobs.history import RedriveAsked
from kalit.jobs.work import Accepted
from kalit.kit import api, clock
from kalit.kit.caller import Admin
from kalit.kit.resources import Queue


@api.post("/api/jobs/redrive/", uses=[Queue.DEFAULT.send], status=202, once=True)
def handler(body: RedriveAsked, caller: Admin, key: UUID | None) -> Accepted:
    """Send all dead jobs again, of one queue or of all; those that die again meanwhile stay dead."""
    return Accepted(task_id=history_store.ask_redrive(body.queue, caller, clock.now(), key))
