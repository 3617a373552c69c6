from uuid import UUID

from kalit.jobs.work import Accepted, AutoTaskRunner
from kalit.kit import api, queues
from kalit.kit.caller import Admin
from kalit.kit.resources import Queue


@api.post("/api/jobs/auto_task_runner/", uses=[Queue.DEFAULT.send], status=202, once=True)
def handler(caller: Admin, key: UUID | None) -> Accepted:
    """Begin the runs of the due schedules now, not at the next tick."""
    return Accepted(task_id=queues.send(Queue.DEFAULT, AutoTaskRunner(), name="auto_task_runner", job=key))
