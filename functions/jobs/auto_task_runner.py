from datetime import datetime

from kalit.jobs import schedule_store
from kalit.kit import schedules
from kalit.kit.zones import TASHKENT


@schedules.cron("cron(0 0/2 * * ? *)", zone=TASHKENT, eager="rate(1 minute)", uses=schedule_store.CLAIM_DATED)
def handler(at: datetime) -> None:
    """Begin the runs of schedules that are due by date or status."""
    schedule_store.claim_dated(at)
