from uuid import UUID

from kalit.jobs import history_store
from kalit.jobs.work import Accepted, NumberAsked, Task1
from kalit.kit import api, clock
from kalit.kit.caller import Admin
from kalit.kit.resources import Queue


@api.post("/api/jobs/task_1/", uses=history_store.ASK, status=202, once=True)
def handler(body: NumberAsked, caller: Admin, key: UUID | None) -> Accepted:
    """Have a number written to the log."""
    return history_store.ask(Queue.DEFAULT, Task1(num=body.num), "task_1", caller, clock.now(), key)
