from uuid import UUID

from kalit.kit import api, clock
from kalit.kit.api import Reply
from kalit.kit.caller import Caller
from kalit.locks.access import code_store, store
from kalit.locks.access.codes import CodeNotFound
from kalit.locks.access.kinds import NFC
from kalit.locks.devices import NotYourDevice


@api.delete("/api/v1/access/nfc/{id}/", uses=code_store.DELETE, raises=[CodeNotFound, NotYourDevice], status=204)
def handler(id: UUID, caller: Caller) -> Reply:
    """Delete a card: it opens nothing any more."""
    at = clock.now()
    code_store.delete(store.found(id, [NFC], caller, at), at)
    return Reply("", status=204)
