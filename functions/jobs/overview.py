from kalit.jobs import overview_store
from kalit.jobs.history import Overview
from kalit.kit import api, clock
from kalit.kit.caller import Staff
from kalit.kit.doors import Host


@api.get("/api/jobs/overview/", uses=overview_store.READ, host=Host(memory=1024, ticks=True))
def handler(caller: Staff) -> Overview:
    """How all queues, machines and schedules are doing: what whoever is on call looks at first."""
    return overview_store.overview(caller, clock.now())
