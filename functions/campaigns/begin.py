from datetime import datetime

from kalit.campaigns import run_store
from kalit.campaigns.runs import Next, RunOrder
from kalit.kit import steps
from kalit.kit.resources import Machine


@steps.task(Machine.CAMPAIGN, uses=run_store.BEGIN)
def handler(order: RunOrder, at: datetime) -> Next:
    """Begin a run whose time has come, by what its campaign says now."""
    return run_store.begin(order.run, at)
