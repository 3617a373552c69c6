from uuid import UUID

from kalit.kit import api, clock
from kalit.kit.caller import Caller
from kalit.kit.resources import Table
from kalit.tasks import store
from kalit.tasks.rules import NewTask, Task, TooManyTasks


@api.post(
    "/api/tasks/create/",
    uses=[Table.TASKS.update, Table.TASKS.put, Table.TASKS.get],
    raises=[TooManyTasks],
    status=201,
    once=True,
)
def handler(body: NewTask, caller: Caller, key: UUID | None) -> Task:
    """Ask for a sum or a countdown; at most five may be active at a time.

    The answer comes at once, with the task as it waits. Ask for it by its `id` until its `status` is `completed` or
    `error`: a sum takes a second or two, a countdown its time.
    """
    return store.create(body, caller.id, clock.now(), key)
