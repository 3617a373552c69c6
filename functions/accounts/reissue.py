from uuid import UUID

from kalit.accounts import one_time_store
from kalit.accounts.one_time import Issued, NoManager
from kalit.kit import api, clock
from kalit.kit.caller import Admin
from kalit.kit.doors import Host
from kalit.kit.errors import Conflict


@api.post(
    "/api/manager/{username}/reissue/",
    uses=one_time_store.REISSUE,
    raises=[NoManager, Conflict],
    once=True,
    secret=True,
    host=Host(memory=1024),
)
def handler(username: str, caller: Admin, key: UUID | None) -> Issued:
    """Give a manager a new one-time password; his sessions end."""
    return one_time_store.reissue(username, caller, clock.now(), key)
