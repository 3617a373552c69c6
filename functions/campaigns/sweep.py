from datetime import datetime

from kalit.campaigns import slot_store
from kalit.kit import schedules


@schedules.every(minutes=1, uses=slot_store.SWEEP)
def handler(at: datetime) -> None:
    """Hand over slots and look at runs that somebody should have looked at by now."""
    slot_store.sweep(at)
