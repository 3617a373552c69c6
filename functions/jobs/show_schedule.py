from kalit.jobs import schedule_store
from kalit.jobs.schedules import Schedule, ScheduleNotFound
from kalit.kit import api
from kalit.kit.caller import Admin


@api.get("/api/schedules/{id}/", uses=schedule_store.READ, raises=[ScheduleNotFound])
def handler(id: int, caller: Admin) -> Schedule:
    """One schedule."""
    return schedule_store.get(id)
