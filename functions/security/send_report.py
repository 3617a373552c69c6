from datetime import datetime

from kalit.accounts import people_store
from kalit.kit import schedules
from kalit.kit.zones import TASHKENT
from kalit.security import figure_store


@schedules.cron("cron(59 23 * * ? *)", zone=TASHKENT, uses=[*people_store.ADMINS, *figure_store.REPORT])
def handler(at: datetime) -> None:
    """Write to administrators what happened today; a tick that comes again writes to nobody twice."""
    letter = figure_store.letter(at)
    admins = (admin for admin in people_store.admins() if admin.email)
    schedules.each(admins, lambda admin: figure_store.send(letter, str(admin.id), admin.email))
