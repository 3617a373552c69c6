from uuid import UUID

from kalit.jobs import history_store
from kalit.jobs.history import Job, JobNotFound
from kalit.kit import api, clock
from kalit.kit.caller import Staff


@api.get("/api/jobs/{id}/", uses=history_store.SHOW, raises=[JobNotFound])
def handler(id: UUID, caller: Staff) -> Job:
    """One job, with all its attempts."""
    return history_store.show(id, caller, clock.now())
