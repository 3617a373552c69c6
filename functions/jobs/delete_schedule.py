from kalit.jobs import schedule_store
from kalit.jobs.schedules import ScheduleNotFound
from kalit.kit import api, clock
from kalit.kit.api import Reply
from kalit.kit.caller import Admin


@api.delete("/api/schedules/{id}/", uses=schedule_store.DELETE, raises=[ScheduleNotFound], status=204)
def handler(id: int, caller: Admin) -> Reply:
    """Delete a schedule; runs that have begun go on."""
    schedule_store.delete(id, caller, clock.now())
    return Reply("", status=204)
