from datetime import datetime

from kalit.campaigns import import_store
from kalit.campaigns.imports import Checked, Order
from kalit.kit import steps
from kalit.kit.doors import Host
from kalit.kit.resources import Machine


@steps.task(Machine.IMPORT, uses=import_store.CHECK, host=Host(memory=1769, timeout=120))
def handler(order: Order, at: datetime) -> Checked:
    """Check an import's file as a whole, and tell which pages of clients are to be made."""
    return import_store.check(order, at)
