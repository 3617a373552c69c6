from datetime import datetime

from kalit.kit import schedules
from kalit.locks import report_store


@schedules.every(minutes=1, uses=report_store.SILENT)
def handler(at: datetime) -> None:
    """Note which locks fell silent, and write to their owners."""
    schedules.each(report_store.silent(at), lambda thing: report_store.lose(thing, at))
