from datetime import datetime

from kalit.campaigns import slot_store
from kalit.campaigns.runs import Released, SlotOrder
from kalit.kit import steps
from kalit.kit.doors import Host
from kalit.kit.resources import Machine


@steps.task(Machine.SLOT, uses=slot_store.RELEASE_ALL, host=Host(timeout=30))
def handler(order: SlotOrder, at: datetime) -> Released:
    """Hand the next slots of a run over to the senders."""
    return slot_store.release_due(order, at)
