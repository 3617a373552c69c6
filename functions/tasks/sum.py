from kalit.kit import queues
from kalit.kit.resources import Queue
from kalit.tasks import store
from kalit.tasks.rules import TaskRef, added


@queues.consume(Queue.SUM, uses=store.WRITE)
def handler(message: TaskRef) -> None:
    """Add the numbers of a sum task; one that has ended stays as it is."""
    if task := store.begin(message):
        store.finish(task, added(store.input_of(task)["numbers"]))
