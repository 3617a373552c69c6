from uuid import UUID

from kalit.jobs import schedule_store
from kalit.jobs.schedules import ScheduleNotFound
from kalit.jobs.work import Accepted
from kalit.kit import api, clock
from kalit.kit.caller import Admin


@api.post("/api/schedules/{id}/run/", uses=schedule_store.RUN, raises=[ScheduleNotFound], status=202, once=True)
def handler(id: int, caller: Admin, key: UUID | None) -> Accepted:
    """Run a schedule now, whatever its date and status."""
    return Accepted(task_id=schedule_store.run(id, caller, clock.now(), key))
