from uuid import UUID

from kalit.accounts import people_store
from kalit.accounts.people import User
from kalit.kit import api, clock
from kalit.kit.api import Unread
from kalit.kit.caller import Caller
from kalit.kit.v1 import Done
from kalit.locks import share_store
from kalit.locks.devices import DeviceNotFound
from kalit.locks.sharing import AlreadyShared, NewShare, OwnerOnly, OwnersOwn, Shared, unknown_email


@api.post(
    "/api/v1/devices/{id}/sharing/",
    uses=[*share_store.ADD, *people_store.FIND, *people_store.SHOW],
    raises=[DeviceNotFound, OwnerOnly, OwnersOwn, AlreadyShared],
    status=201,
)
def handler(id: UUID, body: Unread[NewShare], caller: Caller) -> Done[Shared[User]]:
    """Share a lock of yours with an account, by its e-mail.

    An `ADMIN` may do all but delete it or share it on, a `MEMBER` opens, closes and reads its log, a `VIEWER` sees it.
    """
    lock, new = share_store.owned(id, caller), body.read()
    account = people_store.by_email(new.email)
    if account is None:
        raise unknown_email()
    shared = share_store.add(lock, new, account, caller, people_store.users, clock.now())
    return Done(message="Device shared successfully", data=shared)
