from datetime import datetime

from kalit.kit import schedules
from kalit.security import event_store


@schedules.every(minutes=15, uses=event_store.FIND)
def handler(at: datetime) -> None:
    """Find locks, accounts and addresses that failed too often of late, and keep an event of each."""
    schedules.each(event_store.attacks(at), event_store.record)
