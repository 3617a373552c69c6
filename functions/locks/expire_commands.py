from datetime import datetime

from kalit.kit import schedules
from kalit.locks import command_store


@schedules.every(minutes=1, uses=command_store.EXPIRE)
def handler(at: datetime) -> None:
    """End commands that no lock answered in time; to whoever asks they are over already."""
    schedules.each(command_store.overdue(at), lambda row: command_store.expire(row, at))
