from uuid import UUID

from kalit.jobs import schedule_store
from kalit.jobs.schedules import NewSchedule, Schedule
from kalit.kit import api, clock
from kalit.kit.caller import Admin
from kalit.kit.resources import Table


@api.post(
    "/api/schedules/",
    uses=[Table.JOBS.update, Table.JOBS.put, Table.JOBS.get],
    status=201,
    once=True,
)
def handler(body: NewSchedule, caller: Admin, key: UUID | None) -> Schedule:
    """Make a schedule: for a day, or with a cron or rate expression for again and again."""
    return schedule_store.create(body, caller, clock.now(), key)
