from datetime import datetime

from kalit.kit import schedules
from kalit.kit.log import log
from kalit.kit.resources import Queue, Table
from kalit.tasks import store
from kalit.tasks.rules import COUNTED, SURRENDER, Repair, TaskType, repair


def mend(task: store.TaskRow, at: datetime) -> None:
    """Do about one task what its state and the time ask for."""
    cure = repair(TaskType(task.task_type), task.due, int(task.sendings), at)
    if cure is not Repair.WAIT:
        log.info("repaired", extra={"task_id": task.ref.id, "cure": cure})
    match cure:
        case Repair.FINISH:
            store.finish(task, COUNTED)
        case Repair.GIVE_UP:
            store.finish(task, SURRENDER)
        case Repair.SEND_AGAIN:
            store.send(task)
            store.postpone(task, at)


@schedules.every(minutes=1, uses=[*store.WRITE, Table.TASKS.query_index("open"), Queue.SUM.send])
def handler(at: datetime) -> None:
    """Repair tasks that should be over: finish countdowns, send sums again, give up in the end."""
    schedules.each(store.overdue(at), lambda task: mend(task, at))
