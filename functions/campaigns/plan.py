from datetime import datetime

from kalit.campaigns import run_store
from kalit.campaigns.runs import Next, RunOrder
from kalit.kit import steps
from kalit.kit.doors import Host
from kalit.kit.resources import Machine


@steps.task(Machine.CAMPAIGN, uses=run_store.PLAN, host=Host(memory=1024, timeout=120))
def handler(order: RunOrder, at: datetime) -> Next:
    """Plan the next pages of a run's audience: who gets a message, and when."""
    return run_store.plan(order.run, at)
