from uuid import UUID

from kalit.jobs import history_store
from kalit.jobs.work import Accepted, AutoTaskRunner
from kalit.kit import api, clock
from kalit.kit.caller import Admin
from kalit.kit.resources import Queue


@api.post("/api/jobs/auto_task_runner/", uses=history_store.ASK, status=202, once=True)
def handler(caller: Admin, key: UUID | None) -> Accepted:
    """Begin the runs of the due schedules now, not at the next tick."""
    return history_store.ask(Queue.DEFAULT, AutoTaskRunner(), "auto_task_runner", caller, clock.now(), key)
