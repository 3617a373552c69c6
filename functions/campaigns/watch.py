from datetime import datetime

from kalit.campaigns import run_store
from kalit.campaigns.runs import Next, RunOrder
from kalit.kit import steps
from kalit.kit.resources import Machine


@steps.task(Machine.CAMPAIGN, uses=run_store.WATCH)
def handler(order: RunOrder, at: datetime) -> Next:
    """End a run of which nothing is open, or tell when to look again."""
    return run_store.watch(order.run, at)
