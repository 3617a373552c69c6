from kalit.kit import streams
from kalit.kit.resources import Machine, Queue, Table
from kalit.kit.streams import Change
from kalit.tasks import store


def start(row: store.TaskRow) -> None:
    store.start_countdown(row)
    store.begin(row.ref)


FOLLOW = {"sum": store.send, "countdown": start, "stop": store.stop_countdown}


@streams.of(Table.TASKS, uses=[*store.WRITE, Queue.SUM.send, Machine.COUNTDOWN.start, Machine.COUNTDOWN.stop])
def handler(change: Change) -> None:
    """Hand a committed task to its worker, or stop one that was cancelled."""
    FOLLOW[change.outbox](store.TaskRow.of(change.row))
