from kalit.jobs import history_store
from kalit.jobs.history import Job, ListJobs
from kalit.kit import api, clock
from kalit.kit.caller import Staff
from kalit.kit.errors import InvalidPage
from kalit.kit.pages import Page


@api.get("/api/jobs/", uses=history_store.LIST, raises=[InvalidPage])
def handler(query: ListJobs, caller: Staff) -> Page[Job]:
    """The jobs of the last thirty days, the newest first, fifty to a page."""
    return history_store.listed(query, caller, clock.now())
