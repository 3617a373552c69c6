from kalit.kit import api
from kalit.kit.caller import Caller
from kalit.kit.errors import InvalidPage
from kalit.kit.pages import Page
from kalit.kit.resources import Table
from kalit.tasks import store
from kalit.tasks.rules import ListTasks, Task


@api.get(
    "/api/tasks/",
    uses=[Table.TASKS.get, Table.TASKS.query, Table.TASKS.query_index("by_status")],
    raises=[InvalidPage],
)
def handler(query: ListTasks, caller: Caller) -> Page[Task]:
    """Your tasks by id, ten to a page."""
    return store.listed(caller.id, query)
