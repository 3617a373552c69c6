from uuid import UUID

from kalit.kit import api, clock
from kalit.kit.api import Reply
from kalit.kit.caller import Caller
from kalit.locks.access import code_store, store
from kalit.locks.access.codes import CodeNotFound
from kalit.locks.access.kinds import NFC, PIN
from kalit.locks.devices import NotYourDevice


@api.delete("/api/v1/access/guest/{id}/", uses=code_store.DELETE, raises=[CodeNotFound, NotYourDevice], status=204)
def handler(id: UUID, caller: Caller) -> Reply:
    """End the access of a guest: his code opens nothing any more."""
    at = clock.now()
    code_store.delete(store.found(id, [NFC, PIN], caller, at, guest=True), at)
    return Reply("", status=204)
