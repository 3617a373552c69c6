from datetime import datetime

from kalit.kit import schedules
from kalit.locks import report_store


@schedules.cron("cron(0 */6 * * ? *)", zone="Asia/Tashkent", uses=report_store.CHARGE)
def handler(at: datetime) -> None:
    """Write to the owners of locks in use whose battery is low."""
    schedules.each(report_store.low(), lambda thing: report_store.warn(thing, at))
