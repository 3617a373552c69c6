from datetime import datetime

from kalit.jobs import schedule_store
from kalit.kit import schedules


@schedules.every(minutes=1, uses=schedule_store.CLAIM)
def handler(at: datetime) -> None:
    """Begin the runs of schedules with an expression that are due."""
    schedule_store.claim_recurring(at)
