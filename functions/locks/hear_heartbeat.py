from datetime import datetime

from kalit.kit import topics
from kalit.locks import report_store
from kalit.locks.reports import HeartbeatReport


@topics.on("smartlock/+/heartbeat", otherwise=report_store.refuse, uses=report_store.HEAR)
def handler(device: str, report: HeartbeatReport, at: datetime) -> None:
    """Take in that a lock is there."""
    report_store.hear(device, report, at)
