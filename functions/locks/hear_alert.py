from datetime import datetime

from kalit.kit import topics
from kalit.locks import report_store
from kalit.locks.reports import AlertReport


@topics.on("smartlock/+/alert", otherwise=report_store.refuse, uses=report_store.HEAR)
def handler(device: str, report: AlertReport, at: datetime) -> None:
    """Take in that something is wrong with a lock."""
    report_store.hear(device, report, at)
