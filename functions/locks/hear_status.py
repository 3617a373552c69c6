from datetime import datetime

from kalit.kit import topics
from kalit.locks import report_store
from kalit.locks.reports import StatusReport


@topics.on("smartlock/+/status", otherwise=report_store.refuse, uses=report_store.HEAR)
def handler(device: str, report: StatusReport, at: datetime) -> None:
    """Take in how a lock is."""
    report_store.hear(device, report, at)
