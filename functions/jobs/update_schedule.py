from kalit.jobs import schedule_store
from kalit.jobs.schedules import Schedule, ScheduleChange, ScheduleNotFound
from kalit.kit import api, clock
from kalit.kit.caller import Admin


@api.patch(
    "/api/schedules/{id}/",
    also=[("PUT", "/api/schedules/{id}/")],
    uses=schedule_store.WRITE,
    raises=[ScheduleNotFound],
)
def handler(id: int, body: ScheduleChange, caller: Admin) -> Schedule:
    """Change a schedule; what you leave out stays."""
    return schedule_store.change(id, body, caller, clock.now())
