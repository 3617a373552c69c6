from uuid import UUID

from kalit.accounts import one_time_store
from kalit.accounts.one_time import Issued, NewManager
from kalit.kit import api, clock
from kalit.kit.caller import Admin
from kalit.kit.doors import Host


@api.post(
    "/api/manager/create/",
    also=[("POST", "/api/users/managers/create/")],
    uses=one_time_store.CREATE,
    status=201,
    once=True,
    secret=True,
    host=Host(memory=1024),
)
def handler(body: NewManager, caller: Admin, key: UUID | None) -> Issued:
    """Open a manager's account with a one-time password.

    It lets him in once, within 72 hours; then every request but the one that sets a password of his own is refused.
    """
    return one_time_store.create(body, caller, clock.now(), key)
