from uuid import UUID

from kalit.kit import api, clock
from kalit.kit.caller import Caller
from kalit.kit.v1 import Given
from kalit.locks.access import show_store, store
from kalit.locks.access.codes import CodeNotFound, Guest
from kalit.locks.access.kinds import NFC, PIN
from kalit.locks.devices import NotYourDevice


@api.get("/api/v1/access/guest/{id}/", uses=store.READ, raises=[CodeNotFound, NotYourDevice])
def handler(id: UUID, caller: Caller) -> Given[Guest]:
    """The access of a guest."""
    at = clock.now()
    held = store.found(id, [NFC, PIN], caller, at, guest=True)
    return Given(data=show_store.shown_guest(held, at))
