from kalit.kit import api
from kalit.kit.caller import Caller
from kalit.tasks import store
from kalit.tasks.rules import Task, TaskNotFound


@api.get("/api/tasks/{id}/", uses=store.READ, raises=[TaskNotFound])
def handler(id: int, caller: Caller) -> Task:
    """One of your tasks."""
    return store.show(caller.id, id)
