from kalit.jobs import schedule_store
from kalit.jobs.schedules import ListSchedules, Schedule
from kalit.kit import api
from kalit.kit.caller import Admin
from kalit.kit.errors import InvalidPage
from kalit.kit.pages import Page


@api.get("/api/schedules/", uses=[*schedule_store.LIST, *schedule_store.READ], raises=[InvalidPage])
def handler(query: ListSchedules, caller: Admin) -> Page[Schedule]:
    """Schedules, the newest date first, fifty to a page."""
    return schedule_store.listed(query)
