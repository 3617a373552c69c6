from uuid import UUID

from kalit.jobs import history_store
from kalit.jobs.history import RedriveAsked
from kalit.jobs.work import Accepted, Redrive
from kalit.kit import api, clock
from kalit.kit.caller import Admin
from kalit.kit.resources import Queue


@api.post("/api/jobs/redrive/", uses=history_store.ASK, status=202, once=True)
def handler(body: RedriveAsked, caller: Admin, key: UUID | None) -> Accepted:
    """Send all dead jobs again, of one queue or of all; those that die again meanwhile stay dead."""
    order = Redrive(queue=body.queue, before=clock.now())
    return history_store.ask(Queue.DEFAULT, order, "redrive", caller, order.before, key)
