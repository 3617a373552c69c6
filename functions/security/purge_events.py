from datetime import datetime

from kalit.kit import schedules
from kalit.kit.doors import Host
from kalit.kit.zones import TASHKENT
from kalit.security import alert_store


@schedules.cron("cron(0 3 * * ? *)", zone=TASHKENT, uses=alert_store.PURGE, host=Host(timeout=600))
def handler(at: datetime) -> None:
    """Forget resolved events older than ninety days, and their alerts; the audit log is kept."""
    schedules.each(alert_store.outlived(at), alert_store.purge)
