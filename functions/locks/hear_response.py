from datetime import datetime

from kalit.kit import topics
from kalit.locks import report_store
from kalit.locks.reports import ResponseReport


@topics.on("smartlock/+/response", otherwise=report_store.refuse, uses=report_store.ANSWER)
def handler(device: str, report: ResponseReport, at: datetime) -> None:
    """Take in what a lock did: an answer to a command, or what somebody did at the door."""
    report_store.hear(device, report, at)
