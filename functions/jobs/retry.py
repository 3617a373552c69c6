from uuid import UUID

from kalit.jobs import dead_store
from kalit.jobs.history import Job, JobNotFound, NotDead, NothingToSend
from kalit.kit import api, clock
from kalit.kit.caller import Admin


@api.post(
    "/api/jobs/{id}/retry/",
    uses=dead_store.RETRY,
    raises=[JobNotFound, NotDead, NothingToSend],
    status=202,
)
def handler(id: UUID, caller: Admin) -> Job:
    """Send a dead job again, with what it was asked to do."""
    return dead_store.retry(id, caller, clock.now())
