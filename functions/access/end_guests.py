from datetime import datetime

from kalit.kit import schedules
from kalit.locks.access import code_store


@schedules.cron("rate(1 hour)", uses=code_store.END)
def handler(at: datetime) -> None:
    """Let the codes of guests whose time is over be active no more; they open nothing since then."""
    schedules.each(code_store.ended(at), code_store.deactivate)
