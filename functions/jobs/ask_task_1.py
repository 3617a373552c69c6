from uuid import UUID

from kalit.jobs.work import Accepted, NumberAsked, Task1
from kalit.kit import api, queues
from kalit.kit.caller import Admin
from kalit.kit.resources import Queue


@api.post("/api/jobs/task_1/", uses=[Queue.DEFAULT.send], status=202, once=True)
def handler(body: NumberAsked, caller: Admin, key: UUID | None) -> Accepted:
    """Have a number written to the log."""
    return Accepted(task_id=queues.send(Queue.DEFAULT, Task1(num=body.num), name="task_1", job=key))
