from kalit.kit import api
from kalit.kit.caller import Caller
from kalit.tasks import store
from kalit.tasks.rules import Task, TaskFinished, TaskNotFound


@api.post("/api/tasks/{id}/cancel/", uses=store.WRITE, raises=[TaskNotFound, TaskFinished])
def handler(id: int, caller: Caller) -> Task:
    """End one of your tasks before its time; it is kept, with status error.

    Its place among the five active ones is free at once.
    """
    return store.cancel(caller.id, id)
