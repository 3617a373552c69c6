from datetime import datetime

from kalit.campaigns import import_store
from kalit.campaigns.imports import PageOrder
from kalit.kit import steps
from kalit.kit.doors import Host


# Several at once, so not each of them is kept in the history of the one job that they are.
@steps.task(uses=import_store.MAKE, host=Host(memory=1769, timeout=120))
def handler(order: PageOrder, at: datetime) -> None:
    """Make the clients of one page of an import, or those that are left of them."""
    import_store.make(order)
